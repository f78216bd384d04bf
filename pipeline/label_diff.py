"""Label diffs: one reversible change of pixels, as the editor and the server exchange it.

The bytes are those of docs/architecture.md, "Label diff, version 1": unsigned LEB128 varints, each in its
shortest form and below 2**32, that give ``version compartment frame row col height width`` and then runs of
``skip length old new`` until the end. There is one canonical form for each change; everything else is
refused, so equal changes have equal bytes and equal checksums in every language.

Laws: ``decode(encode(d))`` is d; ``apply(x, diff(x, y))`` is y; ``apply(reverse(d))`` undoes ``apply(d)``.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np

from pipeline.compartments import COMPARTMENTS
from pipeline.errors import DivergingDiff, InvalidDiff, InvalidLabels
from pipeline.types import AnyArray, Ints
from pipeline.windows import Window

VERSION = 1
_LIMIT = 2**32
_MAX_VARINT_BYTES = 5
_HEADER = ("version", "compartment", "frame", "row", "col", "height", "width")


@dataclass(frozen=True, eq=False)
class LabelDiff:
    """A change of pixels inside a rectangle of one compartment and frame.

    Runs go through the rectangle in row-major order: run i starts ``skips[i]`` pixels after the end of the
    run before it and covers ``lengths[i]`` pixels, which held ``olds[i]`` and become ``news[i]``.

    Parameters
    ----------
    compartment : str
        One of `COMPARTMENTS`.
    frame : int
    window : Window
        The tightest rectangle around the changed pixels.
    skips, lengths, olds, news : int64, (n_runs,)
    """

    compartment: str
    frame: int
    window: Window
    skips: Ints
    lengths: Ints
    olds: Ints
    news: Ints

    @property
    def n_px(self) -> int:
        """Number of changed pixels."""
        return int(self.lengths.sum())

    @property
    def starts(self) -> Ints:
        """First pixel of each run, as a flat index into the rectangle."""
        return np.cumsum(self.skips + self.lengths) - self.lengths


def diff_labels(old: AnyArray, new: AnyArray, *, compartment: str, frame: int = 0) -> LabelDiff | None:
    """Describe how one label image becomes another.

    Parameters
    ----------
    old, new : integer arrays, (row, col), of one shape, labels from 0 to 2**32 - 1
    compartment : str
        The compartment they outline.
    frame : int
        The frame they are, from 0.

    Returns
    -------
    LabelDiff or None
        None when no pixel differs.

    Raises
    ------
    InvalidLabels
        When the arrays are no such label images.
    InvalidDiff
        When the compartment or the frame cannot be.
    """
    _check_place(compartment, frame=frame)
    _check_planes(old, new)
    changed = old != new
    rows, cols = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if len(rows) == 0:
        return None
    window = Window(rows[0], cols[0], rows[-1] - rows[0] + 1, cols[-1] - cols[0] + 1)
    before = old[window.slices].reshape(-1).astype(np.int64)
    after = new[window.slices].reshape(-1).astype(np.int64)
    place = np.flatnonzero(before != after)
    held, wanted = before[place], after[place]
    same_run = (np.diff(place) == 1) & (np.diff(held) == 0) & (np.diff(wanted) == 0)
    first = np.concatenate(([0], np.flatnonzero(~same_run) + 1))
    lengths = np.diff(first, append=len(place))
    ends = place[first] + lengths
    skips = place[first] - np.concatenate(([0], ends[:-1]))
    return LabelDiff(compartment, frame, window, skips, lengths, held[first], wanted[first])


def _check_planes(old: AnyArray, new: AnyArray) -> None:
    for array in (old, new):
        if array.ndim != 2 or array.dtype.kind not in "iu":
            raise InvalidLabels(
                f"A diff needs integer label images (row, col), not {array.dtype} of shape {array.shape}."
            )
        if array.size and (array.min() < 0 or array.max() >= _LIMIT):
            raise InvalidLabels(
                f"A diff holds labels from 0 to {_LIMIT - 1}; found {array.min()} to {array.max()}."
            )
    if old.shape != new.shape:
        raise InvalidLabels(f"No diff between shapes {old.shape} and {new.shape}; give one crop twice.")


def _check_place(compartment: str, *, frame: int) -> None:
    if compartment not in COMPARTMENTS:
        raise InvalidDiff(f"No compartment {compartment!r}; it is one of {', '.join(COMPARTMENTS)}.")
    if not 0 <= frame < _LIMIT:
        raise InvalidDiff(f"No frame {frame}; frames count from 0.")


def reverse_diff(diff: LabelDiff) -> LabelDiff:
    """Give the diff that undoes `diff`."""
    return replace(diff, olds=diff.news, news=diff.olds)


def apply_diff(labels: AnyArray, diff: LabelDiff) -> None:
    """Change the pixels of one frame of one compartment, in place.

    Everything is checked first: after an error no pixel has changed.

    Parameters
    ----------
    labels : uint32 or int32, (row, col)
        The plane that ``diff.compartment`` and ``diff.frame`` name.
    diff : LabelDiff

    Raises
    ------
    InvalidDiff
        When the rectangle passes the border or a new label does not fit the dtype.
    DivergingDiff
        When a pixel does not hold its old value; names the first one.
    """
    window = diff.window
    if labels.ndim != 2 or window.stop_row > labels.shape[0] or window.stop_col > labels.shape[1]:
        raise InvalidDiff(
            f"The diff covers rows {window.row} to {window.stop_row} and columns {window.col} to "
            f"{window.stop_col}, but the label image has shape {labels.shape}; load the crop again."
        )
    if int(diff.news.max()) > np.iinfo(labels.dtype).max:
        raise InvalidDiff(f"Label {int(diff.news.max())} does not fit {labels.dtype}; use a lower label.")
    pixels = np.repeat(diff.starts - np.cumsum(diff.lengths) + diff.lengths, diff.lengths)
    pixels += np.arange(len(pixels))
    rows, cols = window.row + pixels // window.width, window.col + pixels % window.width
    expected = np.repeat(diff.olds, diff.lengths)
    found = labels[rows, cols]
    wrong = np.flatnonzero(found != expected)
    if len(wrong):
        place = int(wrong[0])
        row, col = int(rows[place]), int(cols[place])
        raise DivergingDiff(
            f"The diff expects label {expected[place]} at row {row}, column {col}, where the label image "
            f"holds {found[place]}; load the crop again.",
            row=row,
            col=col,
            expected=int(expected[place]),
            found=int(found[place]),
        )
    labels[rows, cols] = np.repeat(diff.news, diff.lengths)


def encode_diff(diff: LabelDiff) -> bytes:
    """Give the canonical bytes of a diff.

    Raises
    ------
    InvalidDiff
        When the diff is not in canonical form.
    """
    _check_place(diff.compartment, frame=diff.frame)
    _check_runs(diff)
    window = diff.window
    header = [VERSION, COMPARTMENTS.index(diff.compartment), diff.frame]
    header += [window.row, window.col, window.height, window.width]
    runs = np.stack([diff.skips, diff.lengths, diff.olds, diff.news], axis=1).reshape(-1)
    return _encode_varints(np.concatenate((np.array(header, dtype=np.int64), runs)))


def decode_diff(data: bytes) -> LabelDiff:
    """Read a diff.

    Raises
    ------
    InvalidDiff
        When the bytes are anything but the canonical form of a diff; the message says what is wrong.
    """
    numbers = _decode_varints(data)
    n_header = len(_HEADER)
    if len(numbers) <= n_header or (len(numbers) - n_header) % 4:
        raise InvalidDiff(
            f"The diff holds {len(numbers)} numbers; send {n_header} and then 4 for each of 1 or more runs."
        )
    head = dict(zip(_HEADER, numbers[:n_header].tolist(), strict=True))
    if head["version"] != VERSION:
        raise InvalidDiff(f"The diff has version {head['version']}; this server reads version {VERSION}.")
    if head["compartment"] >= len(COMPARTMENTS):
        raise InvalidDiff(f"The diff names compartment {head['compartment']}; send 0 or 1.")
    if min(head["height"], head["width"]) < 1:
        raise InvalidDiff("The rectangle of the diff has no pixel; send no diff when nothing changed.")
    window = Window(head["row"], head["col"], head["height"], head["width"])
    skips, lengths, olds, news = np.ascontiguousarray(numbers[n_header:].reshape(-1, 4).T)
    diff = LabelDiff(COMPARTMENTS[head["compartment"]], head["frame"], window, skips, lengths, olds, news)
    _check_runs(diff)
    return diff


def _check_runs(diff: LabelDiff) -> None:
    starts, lengths = diff.starts, diff.lengths
    if len(starts) == 0:
        raise InvalidDiff("The diff has no run; send no diff when nothing changed.")
    if lengths.min() < 1:
        raise InvalidDiff("A run of the diff covers no pixel; leave it out.")
    if np.any(diff.olds == diff.news):
        raise InvalidDiff("A run of the diff changes nothing (old label equals new label); leave it out.")
    ends = starts + lengths
    if starts.min() < 0 or ends[-1] > diff.window.area:
        raise InvalidDiff(f"The runs end at pixel {ends[-1]} of a rectangle of {diff.window.area} px.")
    alike = (np.diff(diff.olds) == 0) & (np.diff(diff.news) == 0)
    if np.any(alike & (diff.skips[1:] == 0)):
        raise InvalidDiff("Two neighbouring runs of the diff change the same labels; join them.")
    if not _is_tight(starts, ends=ends, window=diff.window):
        raise InvalidDiff("The rectangle of the diff is larger than its changes; send the tightest one.")


def _is_tight(starts: Ints, *, ends: Ints, window: Window) -> bool:
    wraps = starts // window.width != (ends - 1) // window.width
    first_col = np.any(wraps | (starts % window.width == 0))
    last_col = np.any(wraps | (ends % window.width == 0))
    return bool(starts[0] < window.width and ends[-1] > window.area - window.width and first_col and last_col)


def _encode_varints(numbers: Ints) -> bytes:
    if numbers.min() < 0 or numbers.max() >= _LIMIT:
        raise InvalidDiff(
            f"A diff holds numbers from 0 to {_LIMIT - 1}; found {numbers.min()}, {numbers.max()}."
        )
    shifts = 7 * np.arange(_MAX_VARINT_BYTES)
    parts = numbers[:, None] >> shifts
    used = parts > 0
    used[:, 0] = True
    more = np.zeros_like(used)
    more[:, :-1] = used[:, 1:]
    return ((parts & 0x7F) | (more << 7)).astype(np.uint8)[used].tobytes()


def _decode_varints(data: bytes) -> Ints:
    octets = np.frombuffer(data, dtype=np.uint8)
    if len(octets) == 0 or octets[-1] >= 0x80:
        raise InvalidDiff("The diff ends in the middle of a number; send all of its bytes.")
    ends = np.flatnonzero(octets < 0x80)
    starts = np.concatenate(([0], ends[:-1] + 1))
    sizes = ends - starts + 1
    if sizes.max() > _MAX_VARINT_BYTES:
        raise InvalidDiff(f"A number of the diff takes {sizes.max()} bytes; numbers are below 2**32.")
    if np.any((octets[ends] == 0) & (sizes > 1)):
        raise InvalidDiff("A number of the diff is padded with zeros; send its shortest form.")
    shifts = 7 * (np.arange(len(octets)) - np.repeat(starts, sizes))
    numbers = np.add.reduceat((octets & 0x7F).astype(np.int64) << shifts, starts)
    if numbers.max() >= _LIMIT:
        raise InvalidDiff(f"The diff holds the number {numbers.max()}; numbers are below 2**32.")
    return numbers


def edit_checksum(data: bytes, marks: str = "") -> int:
    """Give the CRC-32 (zlib) of a diff's bytes, then those of the marks text in UTF-8; unsigned, 32 bits."""
    return zlib.crc32(marks.encode(), zlib.crc32(data)) if marks else zlib.crc32(data)


def labels_checksum(labels: AnyArray) -> int:
    """Give the CRC-32 of a label image: its little-endian uint32 values in C order, (frame, row, col).

    A label image (row, col) has the checksum of its one frame.
    """
    return zlib.crc32(np.ascontiguousarray(labels, dtype="<u4").data)
