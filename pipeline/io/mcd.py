"""IMC files (.mcd): one acquisition, read in windows.

An acquisition is a run of records, one for each pixel: X, Y, the time, and one value for each channel.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import InvalidImage, UnreadableImage
from pipeline.io.errors import UnnamedAcquisition
from pipeline.io.limits import ReadLimits, check_array_size
from pipeline.io.mcd_schema import Acquisition, read_acquisitions
from pipeline.io.opened import Opened

_N_PLACE = 3
_DTYPE = np.dtype("<f4")
_CHECK_RECORDS = 1 << 20


def open_mcd(
    path: Path, stack: ExitStack, limits: ReadLimits, acquisition: str | int | None = None
) -> Opened:
    """Open one acquisition of an IMC file.

    Parameters
    ----------
    acquisition
        Its number or its name; needed only where the file holds several.

    Raises
    ------
    UnnamedAcquisition
        When it must be named; carries the numbers of those that hold pixels.
    UnreadableImage
        When the file is corrupt or cut short.
    InvalidImage
        When the records are not those of an image.
    TooLarge
        When it claims more than `limits` allow.
    """
    every = read_acquisitions(path)
    recorded = [one for one in every if one.stop != one.start]
    if not recorded:
        raise InvalidImage("the file holds no recorded acquisition. Give one that was recorded.", path=path)
    chosen = _choose(recorded, acquisition, path=path)
    warnings = []
    if acquisition is None and len(recorded) < len(every):
        warnings.append(f"{len(every) - len(recorded)} acquisition(s) without pixels are left out")
    if chosen.row_distance_um not in (0, chosen.pixel_size_um):
        warnings.append(
            f"pixels are {chosen.row_distance_um:g} um high and {chosen.pixel_size_um:g} um wide; they are"
            " read as squares of their width"
        )
    pixels, axes = _map_pixels(chosen, path=path, limits=limits, warnings=warnings)
    return Opened(
        format=f"IMC file, acquisition {chosen.number}",
        levels=[pixels],
        axes=axes,
        channel_names=list(chosen.channels),
        pixel_size_um=chosen.pixel_size_um,
        warnings=warnings,
    )


def _choose(recorded: Sequence[Acquisition], wanted: str | int | None, *, path: Path) -> Acquisition:
    if wanted is None and len(recorded) == 1:
        return recorded[0]
    key = str(wanted).strip()
    matches = [one for one in recorded if str(one.number) == key] or [
        one for one in recorded if one.name.lower() == key.lower()
    ]
    if wanted is not None and len(matches) == 1:
        return matches[0]
    reason = "holds several acquisitions" if wanted is None else f"has no one acquisition {wanted!r}"
    listing = ", ".join(one.title for one in recorded[:40]) + (", ..." if len(recorded) > 40 else "")
    raise UnnamedAcquisition(
        f"the file {reason}. Name one of them by its number: {listing}.",
        choices=tuple(str(one.number) for one in recorded),
        path=path,
    )


def _map_pixels(
    acquisition: Acquisition, *, path: Path, limits: ReadLimits, warnings: list[str]
) -> tuple[npt.NDArray[Any], str]:
    """The pixels as they lie in the file, with their axes: (row, column, channel) or by columns."""
    n_records, n_values = _check_claims(acquisition, path=path, limits=limits)
    records = np.memmap(path, dtype=_DTYPE, mode="r", offset=acquisition.start, shape=(n_records, n_values))
    rows, cols = acquisition.rows, acquisition.cols
    by_columns = n_records > 1 and rows > 1 and records[1, 1] == 1
    line, n_lines = (rows, cols) if by_columns else (cols, rows)
    _check_places(records, acquisition, line=line, by_columns=by_columns, path=path)
    n_whole = n_records // line
    if n_whole < n_lines:
        what = "columns" if by_columns else "rows"
        if n_whole == 0:
            raise InvalidImage(
                f"acquisition {acquisition.title} was stopped before its first {what[:-1]} was full."
                " Choose another one.",
                path=path,
            )
        warnings.append(
            f"the acquisition was stopped early: {n_whole} of {n_lines} {what} were recorded, which are read"
        )
    pixels = records[: n_whole * line].reshape(n_whole, line, n_values)[..., _N_PLACE:]
    return pixels, "XYC" if by_columns else "YXC"


def _check_claims(acquisition: Acquisition, *, path: Path, limits: ReadLimits) -> tuple[int, int]:
    """Number of records and of values in each, once they cannot lead outside the file."""
    title = f"acquisition {acquisition.title}"
    n_values = len(acquisition.channels) + _N_PLACE
    if acquisition.value_type != ("Float", _DTYPE.itemsize):
        kind, n_bytes = acquisition.value_type
        raise InvalidImage(
            f"{title} holds values of type {kind!r} of {n_bytes} bytes; only Float of 4 bytes is read. Export"
            " it as OME-TIFF with MCD Viewer.",
            path=path,
        )
    if min(acquisition.rows, acquisition.cols) < 1 or not acquisition.channels:
        raise InvalidImage(
            f"{title} has {len(acquisition.channels)} channels: nothing to read. Choose another one.",
            path=path,
        )
    shape = (acquisition.rows, acquisition.cols, n_values)
    plane_px = acquisition.rows * acquisition.cols
    check_array_size(path, shape=shape, plane_px=plane_px, itemsize=_DTYPE.itemsize, limits=limits)
    size = path.stat().st_size
    if not 0 <= acquisition.start < acquisition.stop or acquisition.stop > size:
        raise UnreadableImage(
            f"{title} claims bytes {acquisition.start:,} to {acquisition.stop:,} of a file of {size:,}. The"
            " file is damaged or cut short; copy it again.",
            path=path,
        )
    n_bytes = acquisition.stop - acquisition.start
    # Some versions of the software give the last byte in place of the one after it.
    n_bytes += (n_bytes + 1) % (n_values * _DTYPE.itemsize) == 0
    n_records, rest = divmod(n_bytes, n_values * _DTYPE.itemsize)
    if rest or n_records > plane_px or acquisition.start + n_bytes > size:
        raise InvalidImage(
            f"{title} has {n_bytes:,} bytes, and {plane_px:,} pixels of {n_values} values need"
            f" {plane_px * n_values * _DTYPE.itemsize:,}. Export it as OME-TIFF with MCD Viewer.",
            path=path,
        )
    return n_records, n_values


def _check_places(
    records: npt.NDArray[Any], acquisition: Acquisition, *, line: int, by_columns: bool, path: Path
) -> None:
    """Refuse records that do not follow each other line by line, since each is read by its number."""
    along, across = (1, 0) if by_columns else (0, 1)
    for start in range(0, len(records), _CHECK_RECORDS):
        part = records[start : start + _CHECK_RECORDS]
        n_before, within = np.divmod(np.arange(start, start + len(part)), line)
        wrong = np.flatnonzero((part[:, along] != within) | (part[:, across] != n_before))
        if len(wrong):
            x, y = (float(value) for value in part[wrong[0], :2])
            raise InvalidImage(
                f"acquisition {acquisition.title}: record {start + int(wrong[0]):,} is of X {x:g}, Y {y:g},"
                " out of its order. Export it as OME-TIFF with MCD Viewer.",
                path=path,
            )
