"""Errors of the numerics.

::

    PipelineError                   everything below; a ValueError
    ├── InputError                  bad data from outside; `path` is the file where there is one
    │   ├── UnreadableImage         corrupt, truncated or of no known format
    │   ├── AmbiguousAxes           the user must name the axes; `choices` are the possible ones
    │   ├── UnnamedChannel          the user must name a channel; lives in `pipeline.io.errors`
    │   ├── UnnamedAcquisition      the user must choose one of the file; lives there too
    │   ├── UnsafeArchive           a path that leaves its folder, a link, a pickle
    │   ├── TooLarge                more pixels or bytes than allowed (decompression bomb)
    │   ├── InvalidLabels           negative, fractional, not finite, too large, of the wrong shape
    │   └── InvalidImage            not finite, empty, of the wrong shape
    ├── InvalidSetting              an argument or a project setting out of its range, or unknown
    ├── InvalidWindow               a rectangle or crop plan that cannot be
    ├── InvalidDiff                 bytes that are no canonical label diff, or a rectangle out of bounds
    ├── DivergingDiff               the old values of a diff are not those of the label image
    ├── InvalidMarks                a text that is no list of changes of marks, or a value out of bounds
    ├── DivergingMark               the old value of a change is not that of the marks held
    └── CropMismatch                crops that do not fit each other or their FOV

Each message says what happened and what to do.
"""

from __future__ import annotations

from pathlib import Path


class PipelineError(ValueError):
    """Any error the numerics raise on purpose."""


class InputError(PipelineError):
    """Data from outside cannot be used.

    Parameters
    ----------
    message : str
        What happened and what to do.
    path : Path or str, optional
        The file; the message then starts with it.
    """

    def __init__(self, message: str, *, path: Path | str | None = None) -> None:
        super().__init__(message)
        self.path = None if path is None else Path(path)

    def __str__(self) -> str:
        message = str(self.args[0])
        return message if self.path is None else f"{self.path}: {message}"


class UnreadableImage(InputError):
    """The file is corrupt, truncated or of no known format."""


class AmbiguousAxes(InputError):
    """The file does not say what its axes mean.

    Parameters
    ----------
    choices : tuple of str
        The axes strings that fit, for example ``("CYX", "ZYX")``.
    """

    def __init__(
        self, message: str, *, choices: tuple[str, ...] = (), path: Path | str | None = None
    ) -> None:
        super().__init__(message, path=path)
        self.choices = choices


class UnsafeArchive(InputError):
    """The archive holds something that must not be opened."""


class TooLarge(InputError):
    """The file would unpack to more than is allowed."""


class InvalidLabels(InputError):
    """The array is no label image."""


class InvalidImage(InputError):
    """The array is no image."""


class InvalidSetting(PipelineError):
    """An argument or a setting is unknown or out of its range."""


class InvalidWindow(PipelineError):
    """A rectangle or a crop plan that cannot be."""


class InvalidDiff(PipelineError):
    """The bytes are no canonical label diff, or the diff does not fit the label image."""


class DivergingDiff(PipelineError):
    """The label image does not hold the old values that the diff expects.

    Parameters
    ----------
    row, col : int
        The first pixel that differs.
    expected, found : int
        The label in the diff and the label in the image.
    """

    def __init__(
        self, message: str, *, row: int = 0, col: int = 0, expected: int = 0, found: int = 0
    ) -> None:
        super().__init__(message)
        self.row = row
        self.col = col
        self.expected = expected
        self.found = found


class InvalidMarks(PipelineError):
    """The text is no list of changes of marks, or a mark does not fit the crop."""


class DivergingMark(PipelineError):
    """The marks do not hold the old value that a change expects; `key` names the mark."""

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class CropMismatch(PipelineError):
    """The crops do not fit each other or the FOV they are to be stitched to."""
