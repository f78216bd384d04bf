"""Files that cannot be used: each gets a typed error that names the file and says what to do."""

import errno
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile

from pipeline.errors import InputError, InvalidImage, TooLarge, UnreadableImage, UnsafeArchive
from pipeline.io.errors import NoSpaceLeft
from pipeline.io.limits import ReadLimits
from pipeline.io.open import open_image
from pipeline.windows import Window

RNG = np.random.default_rng(5)
IMAGE = RNG.integers(0, 4000, (300, 200)).astype(np.uint16)


def use(path: Path, **how: Any) -> None:
    """Open an image and read all of it."""
    with open_image(path, **how) as source:
        n_frames, n_channels, rows, cols = source.shape
        for frame in range(n_frames):
            for channel in range(n_channels):
                source.read(frame, channel, Window(0, 0, rows, cols))


def written(folder: Path, kind: str) -> Path:
    path = folder / f"a.{kind}"
    if kind == "png":
        path.write_bytes(imagecodecs.png_encode(IMAGE))
    elif kind == "jpg":
        path.write_bytes(imagecodecs.jpeg_encode((IMAGE >> 4).astype(np.uint8)))
    elif kind == "npy":
        np.save(path, IMAGE)
    elif kind == "npz":
        np.savez_compressed(path, X=IMAGE[None, ..., None])
    elif kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("dapi.png", imagecodecs.png_encode(IMAGE))
    elif kind == "tif":
        tifffile.imwrite(path, IMAGE)
    else:
        tifffile.imwrite(path, IMAGE, tile=(64, 64), compression="zlib")
    return path


KINDS = ("png", "jpg", "npy", "npz", "zip", "tif", "tiff")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.97])
def test_a_file_that_is_cut_short_is_refused(kind: str, share: float, tmp_path: Path) -> None:
    path = written(tmp_path, kind)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UnreadableImage, match=r"cut short|cannot be read|empty|no image|damaged") as caught:
        use(path)
    assert f"a.{kind}" in str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_in_place_of_a_file_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(RNG.bytes(3000))
    with pytest.raises(UnreadableImage, match=f"a.{kind}: "):
        use(path)


@pytest.mark.parametrize("kind", ["png", "npz", "zip", "tiff"])
def test_damaged_bytes_are_noticed_in_compressed_data(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 60] = bytes(60)
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableImage, match="export or copy it again"):
        use(path)


def test_any_single_damage_gives_an_image_or_a_typed_error(tmp_path: Path) -> None:
    path = written(tmp_path, "tiff")
    data = path.read_bytes()
    messages = []
    for position in [*range(0, 16), *range(len(data) - 300, len(data), 7)]:
        changed = bytearray(data)
        changed[position] ^= 0xFF
        path.write_bytes(bytes(changed))
        try:
            use(path, axes="YX")
        except InputError as error:
            messages.append(str(error))
    assert messages
    assert all("a.tiff: " in message for message in messages)


def test_damaged_ome_metadata_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.ome.tif"
    tifffile.imwrite(path, IMAGE, metadata={"axes": "YX"})
    path.write_bytes(path.read_bytes().replace(b"<Pixels", b"<Pix<ls"))
    with pytest.raises(UnreadableImage, match="not well-formed"):
        use(path)


def test_pages_that_differ_in_size_are_refused(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as tiff:
        tiff.write(IMAGE, metadata=None)
        tiff.write(IMAGE[:100], metadata=None)
    with pytest.raises(InvalidImage, match=r"pages differ in size.*\(300, 200\).*\(100, 200\)"):
        use(tmp_path / "a.tif")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused_with_their_place(value: float, tmp_path: Path) -> None:
    image = IMAGE.astype(np.float32)
    image[123, 45] = value
    tifffile.imwrite(tmp_path / "a.tif", image)
    with pytest.raises(InvalidImage, match="at row 123, column 45"):
        use(tmp_path / "a.tif")


@pytest.mark.parametrize("shape", [(0, 10), (1, 1), (1, 50)])
def test_images_without_room_are_refused(shape: tuple[int, int], tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros(shape, np.uint8))
    with pytest.raises(InvalidImage, match=r"no pixels|at least 2 px|name 2 dimensions"):
        use(tmp_path / "a.npy", axes="YX")
    np.savez(tmp_path / "a.npz", X=np.zeros((1, *shape, 1), np.uint8))
    with pytest.raises(InvalidImage, match=r"no pixels|at least 2 px"):
        use(tmp_path / "a.npz")


def test_numbers_that_are_no_intensities_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((5, 5), complex))
    with pytest.raises(InvalidImage, match="values of type complex128"):
        use(tmp_path / "a.npy")


@pytest.mark.parametrize("name", ["X", "y"])
def test_pickles_are_never_opened(name: str, tmp_path: Path) -> None:
    arrays: dict[str, Any] = {"X": IMAGE[None, ..., None], name: np.array([[1, "a"], None], dtype=object)}
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(UnsafeArchive, match=f"{name} holds pickled objects"):
        use(tmp_path / "a.npz")
    np.save(tmp_path / "a.npy", arrays[name])
    with pytest.raises(UnsafeArchive, match="pickled objects"):
        use(tmp_path / "a.npy")


def test_an_npz_without_an_image_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", y=np.zeros((1, 5, 5, 2), int))
    with pytest.raises(InvalidImage, match="labels \\(y\\) but no image"):
        use(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", other=IMAGE)
    with pytest.raises(InvalidImage, match="neither X nor y"):
        use(tmp_path / "a.npz")


def png_header(rows: int, cols: int) -> bytes:
    header = struct.pack(">IIBBBBB", cols, rows, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def test_a_png_that_claims_too_much_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png_header(1_000_000, 1_000_000))
    with pytest.raises(TooLarge, match="claims 1000000 x 1000000 px"):
        use(tmp_path / "a.png")


def test_a_jpeg_that_claims_too_much_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = written(tmp_path, "jpg")
    with pytest.raises(TooLarge, match="claims 300 x 200 px, more than 50,000"):
        use(path, limits=ReadLimits(max_raster_px=50_000))


def test_a_picture_with_too_many_bytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(bytes(2**20 + 9000))
    with pytest.raises(TooLarge, match="tiled OME-TIFF"):
        use(tmp_path / "a.png", limits=ReadLimits(max_raster_px=1000))


def test_an_array_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "tiff")
    with pytest.raises(TooLarge, match="60,000 pixels, more than the limit of 50,000"):
        use(path, limits=ReadLimits(max_plane_px=50_000))
    with pytest.raises(TooLarge, match="needs 120,000 bytes"):
        use(path, limits=ReadLimits(max_bytes=100_000))
    with pytest.raises(TooLarge, match="unpacks to 8,192 bytes"):
        use(path, limits=ReadLimits(max_chunk_bytes=8_000))


@pytest.mark.parametrize("kind", ["npz", "zip", "tiff"])
def test_decompression_bombs_are_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind}"
    zeros = np.zeros((1, 3000, 3000, 1), np.uint8)
    if kind == "npz":
        np.savez_compressed(path, X=zeros)
    elif kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("dapi.tif", zeros.tobytes())
    else:
        tifffile.imwrite(path, zeros[0, ..., 0], compression="zlib", tile=(512, 512))
    with pytest.raises(TooLarge, match="decompression bomb"):
        use(path, limits=ReadLimits(ratio_from_bytes=1_000_000))


def zip_with(folder: Path, name: str, *, mode: int = 0o100644) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, imagecodecs.png_encode(IMAGE))
    return path


@pytest.mark.parametrize(
    "name", ["../dapi.png", "/etc/dapi.png", "a/../../dapi.png", "..\\dapi.png", "C:/dapi.png"]
)
def test_paths_that_leave_the_zip_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnsafeArchive, match="leaves the folder"):
        use(zip_with(tmp_path, name))
    assert sorted(tmp_path.iterdir()) == [tmp_path / "a.zip"]


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeArchive, match="is a link or a device"):
        use(zip_with(tmp_path, "dapi.png", mode=stat.S_IFLNK | 0o777))


def test_zips_that_are_not_one_image_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidImage, match="holds no image"):
        use(zip_with(tmp_path, "notes.txt"))
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("1/dapi.png", "2/dapi.png"):
            archive.writestr(name, imagecodecs.png_encode(IMAGE))
    with pytest.raises(InvalidImage, match=r"several images.*2 files in 2 folders"):
        use(path)
    with pytest.raises(TooLarge, match="2 files, more than 1"):
        use(path, limits=ReadLimits(max_members=1))


def test_a_channel_folder_with_a_link_outside_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "TIFs"
    folder.mkdir()
    (folder / "dapi.png").symlink_to(written(tmp_path, "png"))
    with pytest.raises(UnsafeArchive, match="a link to a place outside"):
        use(folder)


def test_channel_folders_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "TIFs"
    folder.mkdir()
    with pytest.raises(InvalidImage, match="no TIFF or PNG files"):
        use(folder)
    tifffile.imwrite(folder / "dapi.tif", IMAGE)
    tifffile.imwrite(folder / "cd45.tif", IMAGE[:-1])
    with pytest.raises(InvalidImage, match=r"cd45.tif is \(299, 200\).*dapi.tif is \(300, 200\)"):
        use(folder)
    tifffile.imwrite(folder / "cd45.tif", np.stack([IMAGE] * 3), imagej=True, metadata={"axes": "CYX"})
    with pytest.raises(InvalidImage, match=r"cd45\.tif has 3 channels"):
        use(folder)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.svs", "export the region as OME-TIFF, with QuPath or bfconvert"),
        ("a.czi", "bfconvert"),
        ("a.doc", "'.doc' are not read. Give OME-TIFF"),
        ("a", r"\(none\)"),
    ],
)
def test_formats_that_are_not_read_are_refused_with_advice(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"something")
    with pytest.raises(UnreadableImage, match=message):
        use(tmp_path / name)


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImage, match="no such file or folder"):
        use(tmp_path / "a.tif")


def test_a_zarr_that_is_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zarr").mkdir()
    (tmp_path / "a.zarr" / "zarr.json").write_text('{"zarr_format": 3, "node_type": "group"}')
    with pytest.raises(InvalidImage, match="no multiscales metadata"):
        use(tmp_path / "a.zarr")
    (tmp_path / "a.zarr" / "zarr.json").write_text("nonsense")
    with pytest.raises(UnreadableImage, match="OME-Zarr cannot be read"):
        use(tmp_path / "a.zarr")


def test_a_full_disk_is_no_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What must be read in windows is unpacked to a passing file."""

    def full(*_args: object, **_values: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "a.npz"
    np.savez_compressed(path, X=IMAGE[None, :, :, None], channels=np.array(["DAPI"]))
    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(
        NoSpaceLeft, match=r"a\.npz: the disk is full \(No space left on device\)\. Free some"
    ):
        use(path)
