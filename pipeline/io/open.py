"""Opening any image as one FOV."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from pipeline.errors import InvalidImage, InvalidLabels, InvalidSetting
from pipeline.io.axes import Layout, choose_layout, make_layout, plausible_axes
from pipeline.io.formats import open_format
from pipeline.io.lazy import LazyArray
from pipeline.io.lazy_image import ChannelInfo
from pipeline.io.limits import DEFAULT_LIMITS, ReadLimits
from pipeline.io.opened import Opened, StoredLabels
from pipeline.io.roles import assign_roles
from pipeline.io.sidecar import Sidecar, read_sidecar
from pipeline.io.source import ImageSource, LabelImage

_SMALLEST_SIDE_PX = 2


def open_image(
    path: Path,
    *,
    axes: str | None = None,
    acquisition: str | int | None = None,
    nuclear: str | int | None = None,
    membrane: str | int | None = None,
    pixel_size_um: float | None = None,
    limits: ReadLimits = DEFAULT_LIMITS,
) -> ImageSource:
    """Open an image file, a folder of channels, a zip or an OME-Zarr for reading in windows.

    What the arguments say wins over the JSON file beside the image, and that over the metadata of the file.

    Parameters
    ----------
    path
        File or folder.
    axes
        One letter for each dimension (T, Z, C, Y, X); needed only where the file leaves them open.
    acquisition
        Number or name of one of the acquisitions of an IMC file; needed only where it has several.
    nuclear, membrane
        Name or number (from 0) of the channel; needed only where the names leave it open.
    pixel_size_um
        Micrometres per pixel.
    limits
        Checked against headers, before anything is decoded.

    Returns
    -------
    ImageSource
        A context manager; close it.

    Raises
    ------
    UnreadableImage, UnsafeArchive, TooLarge, InvalidImage, InvalidLabels
        The file cannot be used; the message names it and says what to do.
    AmbiguousAxes
        The axes must be named; carries the choices.
    UnnamedChannel
        The nuclear channel must be named; carries the names.
    UnnamedAcquisition
        The acquisition must be named; carries the numbers.
    """
    path = Path(path)
    _check_pixel_size(pixel_size_um)
    with ExitStack() as stack:
        sidecar = read_sidecar(path)
        opened = open_format(path, stack, limits, acquisition=acquisition)
        layout = image_layout(opened, sidecar, axes=axes, path=path)
        names = channel_names(opened, sidecar, n_channels=layout.n_channels, path=path)
        roles, role_warnings = assign_roles(
            names,
            path=path,
            nuclear=nuclear if nuclear is not None else sidecar.nuclear_channel,
            membrane=membrane if membrane is not None else sidecar.membrane_channel,
        )
        return ImageSource(
            _levels(opened, layout),
            channels=[ChannelInfo(name, role) for name, role in zip(names, roles, strict=True)],
            pixel_size_um=pixel_size_um or sidecar.pixel_size_um or opened.pixel_size_um,
            path=path,
            format=opened.format,
            label_images=_label_images(opened, layout, sidecar, path=path),
            alternatives=opened.alternatives,
            compartments=sidecar.compartments,
            group=sidecar.group,
            warnings=[*opened.warnings, *role_warnings],
            resources=stack.pop_all(),
        )


def _check_pixel_size(pixel_size_um: float | None) -> None:
    if pixel_size_um is not None and not 0 < pixel_size_um < float("inf"):
        raise InvalidSetting(f"A pixel size of {pixel_size_um} um cannot be; give a positive number.")


def image_layout(opened: Opened, sidecar: Sidecar, *, axes: str | None, path: Path) -> Layout:
    """Layout of the image (see `pipeline.io.axes.choose_layout`), refused when it has no room for cells."""
    shape = tuple(int(n) for n in opened.levels[0].shape)
    if 0 in shape:
        raise InvalidImage(f"the image is {shape}: it has no pixels. Export it again.", path=path)
    n_named = len(sidecar.channels) if sidecar.channels else None
    layout = choose_layout(
        opened.axes, shape, path=path, axes=axes if axes is not None else sidecar.axes, n_channels=n_named
    )
    if min(layout.rows, layout.cols) < _SMALLEST_SIDE_PX:
        raise InvalidImage(
            f"the image is {layout.rows} x {layout.cols} px; it must be at least {_SMALLEST_SIDE_PX} px on"
            " each side. If it is larger than that, name its axes.",
            path=path,
        )
    return layout


def channel_names(opened: Opened, sidecar: Sidecar, *, n_channels: int, path: Path) -> list[str]:
    """Names of the channels: from the JSON file, else from the image, else by number.

    Raises
    ------
    InvalidImage
        When the JSON file or the user's axes give another number of channels than there are names.
    """
    if sidecar.channels is not None:
        if len(sidecar.channels) != n_channels:
            raise InvalidImage(
                f"the image has {n_channels} channels and {sidecar.path} names {len(sidecar.channels)}:"
                f" {list(sidecar.channels)}. Correct the file, or name the axes.",
                path=path,
            )
        return list(sidecar.channels)
    for names in (opened.channel_names, opened.default_names):
        if names is not None and len(names) == n_channels:
            return _unique(names)
    return [f"channel {index}" for index in range(n_channels)]


def _unique(names: Sequence[str]) -> list[str]:
    """Names where a repeated one gets its number, so that each names one channel."""
    repeated = {name for name in names if list(names).count(name) > 1}
    return [f"{name} ({i})" if name in repeated else name for i, name in enumerate(names)]


def _levels(opened: Opened, layout: Layout) -> list[tuple[LazyArray, Layout]]:
    """Levels whose other dimensions are those of the first one."""
    levels = []
    for array in opened.levels:
        shape = tuple(int(n) for n in array.shape)
        alike = len(shape) == len(layout.shape) and all(
            size == full or axis in "YX"
            for axis, size, full in zip(layout.axes, shape, layout.shape, strict=True)
        )
        if alike:
            levels.append((array, Layout(layout.axes, shape)))
    return levels


def _label_images(opened: Opened, layout: Layout, sidecar: Sidecar, *, path: Path) -> dict[str, LabelImage]:
    named = list(sidecar.compartments or ())
    images: dict[str, LabelImage] = {}
    for index, (compartment, stored) in enumerate(opened.labels):
        name = compartment or (named[index] if index < len(named) else None)
        if name is None:
            raise InvalidLabels("nothing says which compartment the labels outline. Name it.", path=path)
        own = _label_layout(stored, layout, path=path)
        expected = (layout.n_frames, layout.rows, layout.cols)
        if (own.n_frames, own.rows, own.cols) != expected:
            raise InvalidLabels(
                f"labels of {name!r} are {(own.n_frames, own.rows, own.cols)} (frames, rows, columns) and the"
                f" image is {expected}. Save both from the same image.",
                path=path,
            )
        images[name] = LabelImage(stored.array, own, stored.plane, path, name)
    return images


def _without_channels(axes: str) -> str:
    """Axes of labels that have no axis where the image has that of its channels, even of a single one."""
    before, _, after = axes.rpartition("C" if "C" in axes else "_")
    return before + after


def _label_layout(stored: StoredLabels, layout: Layout, *, path: Path) -> Layout:
    shape = tuple(int(n) for n in stored.array.shape)
    if stored.axes is None:
        follows = layout.axes if len(shape) == len(layout.axes) else _without_channels(layout.axes)
        return make_layout(follows, shape, path=path)
    readings = plausible_axes(stored.axes, shape)
    return make_layout(readings[0] if readings else stored.axes, shape, path=path)
