"""Which reader opens a path."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from pipeline.errors import InvalidImage, UnreadableImage, UnsafeArchive
from pipeline.io.archive import unpack_zip
from pipeline.io.axes import choose_layout
from pipeline.io.lazy import DecodedWhole, OnePlane, StackedPlanes
from pipeline.io.limits import ReadLimits
from pipeline.io.mcd import open_mcd
from pipeline.io.numpy_files import open_npy, open_npz
from pipeline.io.opened import Opened, Opener
from pipeline.io.raster import open_raster
from pipeline.io.tiff import open_tiff
from pipeline.io.zarr_source import is_zarr, open_zarr

PLANE_SUFFIXES = frozenset({".tif", ".tiff", ".png"})
_OPENERS: dict[str, Opener] = {
    **dict.fromkeys((".tif", ".tiff", ".btf", ".tf2", ".tf8", ".qptiff", ".lsm"), open_tiff),
    **dict.fromkeys((".png", ".jpg", ".jpeg"), open_raster),
    ".npy": open_npy,
    ".npz": open_npz,
    ".mcd": open_mcd,
}
_BIOFORMATS = (
    "export it as OME-TIFF from the maker's software, or convert it with bfconvert or bioformats2raw"
)
_VENDOR = {
    ".svs": "export the region as OME-TIFF, with QuPath or bfconvert",
    **dict.fromkeys(
        (".czi", ".lif", ".nd2", ".oib", ".oif", ".vsi", ".ims", ".dv", ".scn", ".mrxs", ".im3", ".qpdata"),
        _BIOFORMATS,
    ),
}
IMAGE_SUFFIXES = frozenset({*_OPENERS, ".zip"})


def open_format(
    path: Path, stack: ExitStack, limits: ReadLimits, *, acquisition: str | int | None = None
) -> Opened:
    """Open a file or folder with the reader for it.

    Raises
    ------
    UnreadableImage
        When there is nothing, or nothing of a known format.
    InvalidImage
        When an acquisition is named and the file is of a format that has none.
    """
    if acquisition is not None and path.suffix.lower() not in (".mcd", ".zip"):
        raise InvalidImage(
            f"holds no acquisition {acquisition!r}: only IMC files (.mcd) do. Leave the acquisition out.",
            path=path,
        )
    if is_zarr(path):
        return open_zarr(path, stack, limits)
    if path.is_dir():
        return open_channel_folder(path, stack, limits)
    if not path.is_file():
        raise UnreadableImage("there is no such file or folder. Check the path.", path=path)
    if path.stat().st_size == 0:
        raise UnreadableImage("the file is empty. Copy or export it again.", path=path)
    if path.suffix.lower() == ".zip":
        return _open_zip(path, stack, limits, acquisition)
    if path.suffix.lower() == ".mcd":
        return open_mcd(path, stack, limits, acquisition)
    opener = _OPENERS.get(path.suffix.lower())
    if opener is None:
        raise UnreadableImage(refusal(path), path=path)
    return opener(path, stack, limits)


def refusal(path: Path) -> str:
    """Why a file of this extension is not read, and what to do."""
    advice = _VENDOR.get(path.suffix.lower())
    if advice is not None:
        return f"{path.suffix} is a format of its maker that is not read here; {advice}."
    return (
        f"files with the extension {path.suffix or '(none)'!r} are not read. Give OME-TIFF, TIFF, PNG, JPEG,"
        " .npy, .npz, .mcd, OME-Zarr, or a folder or zip of them."
    )


def plane_files(folder: Path) -> list[Path]:
    """Files of a folder that may be planes of one image, in the order of their names.

    Raises
    ------
    UnsafeArchive
        When one is a link to a place outside the folder.
    """
    files = sorted(
        file for file in folder.iterdir() if file.suffix.lower() in PLANE_SUFFIXES and file.name[0] != "."
    )
    for file in files:
        if not file.resolve().is_relative_to(folder.resolve()):
            raise UnsafeArchive(
                f"{file.name!r} is a link to a place outside the folder. Put the file itself there.",
                path=folder,
            )
    return files


def open_channel_folder(folder: Path, stack: ExitStack, limits: ReadLimits) -> Opened:
    """Open a folder with one file for each channel; the names of the files name the channels.

    Raises
    ------
    InvalidImage
        When there are no images, or they differ in size or type, or one has several planes.
    """
    files = [file for file in plane_files(folder) if file.is_file()]
    if not files:
        raise InvalidImage(
            "the folder holds no TIFF or PNG files. Give a folder with one file for each channel.",
            path=folder,
        )
    planes = [_open_plane(file, folder=folder, stack=stack, limits=limits) for file in files]
    first, kind = planes[0], planes[0].levels[0]
    for file, plane in zip(files, planes, strict=True):
        array = plane.levels[0]
        if array.shape != kind.shape or array.dtype != kind.dtype:
            raise InvalidImage(
                f"the channels differ in size or type: {files[0].name} is {tuple(kind.shape)} {kind.dtype},"
                f" {file.name} is {tuple(array.shape)} {array.dtype}. Export all channels alike.",
                path=folder,
            )
    return Opened(
        format="one file per channel",
        levels=[StackedPlanes([plane.levels[0] for plane in planes])],
        axes=f"C{first.axes}",
        channel_names=[channel_name(file) for file in files],
        pixel_size_um=first.pixel_size_um,
        warnings=sorted({text for plane in planes for text in plane.warnings}),
    )


def channel_name(file: Path) -> str:
    """Name of the channel that a file holds."""
    stem = file.stem
    return stem[:-4] if stem.lower().endswith(".ome") else stem


def _open_plane(file: Path, *, folder: Path, stack: ExitStack, limits: ReadLimits) -> Opened:
    opener = _OPENERS[file.suffix.lower()]
    opened = opener(file, stack, limits)
    array = opened.levels[0]
    layout = choose_layout(opened.axes, array.shape, path=file)
    if layout.n_frames * layout.n_channels != 1:
        raise InvalidImage(
            f"{file.name} has {layout.n_channels} channels and {layout.n_frames} frames; in a folder each"
            " file is one channel. Give files with several channels one by one.",
            path=folder,
        )
    if opener is open_raster:
        # Channels of a folder are held one at a time.
        array = DecodedWhole(array, decode=lambda: open_raster(file, stack, limits).levels[0])
    opened.levels = [OnePlane(array, axes=layout.axes)]
    opened.axes = "YX"
    return opened


def _open_zip(path: Path, stack: ExitStack, limits: ReadLimits, acquisition: str | int | None) -> Opened:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cytoloop-")))
    unpack_zip(path, folder, limits=limits)
    return open_format(_image_within(folder, path=path), stack, limits, acquisition=acquisition)


def _image_within(folder: Path, *, path: Path) -> Path:
    """The one image that an unpacked zip holds: an OME-Zarr, a file, or a folder of channels."""
    if is_zarr(folder):
        return folder
    below = sorted(folder.rglob("*"))
    roots = [place for place in below if is_zarr(place)]
    tops = [place for place in roots if not any(other in place.parents for other in roots)]
    files = [
        file
        for file in below
        if file.is_file()
        and file.suffix.lower() in _OPENERS
        and not any(root in file.parents for root in tops)
    ]
    folders = sorted({file.parent for file in files})
    if len(tops) == 1 and not files:
        return tops[0]
    if not tops and len(files) == 1:
        return files[0]
    if not tops and len(folders) == 1:
        return folders[0]
    if not tops and not files:
        raise InvalidImage("the zip holds no image. Zip the images or one folder of channels.", path=path)
    raise InvalidImage(
        f"the zip holds several images ({len(tops)} OME-Zarr, {len(files)} files in {len(folders)} folders)."
        " Zip each FOV on its own: one folder with one file for each channel.",
        path=path,
    )
