"""Errors that only reading and writing images can raise; they hang in the tree of `pipeline.errors`.

::

    PipelineError
    ├── InputError
    │   ├── UnnamedChannel      the user must say which channel is the nuclear (or membrane) one
    │   └── UnnamedAcquisition  the user must say which of the acquisitions of a file to read
    └── NoSpaceLeft             the disk is full; the file that is read is none the worse
"""

import errno
from pathlib import Path

from pipeline.errors import InputError, PipelineError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_disk_full(error: BaseException) -> bool:
    """Whether something could not be written because there is no more room for it."""
    return isinstance(error, OSError) and error.errno in _FULL


class NoSpaceLeft(PipelineError):
    """The disk is full.

    Parameters
    ----------
    path : Path or str
        What was read or written meanwhile.
    """

    def __init__(self, path: Path | str, error: BaseException) -> None:
        self.path = Path(path)
        reason = getattr(error, "strerror", None) or str(error)
        super().__init__(f"{path}: the disk is full ({reason}). Free some space, then try again.")


class UnnamedChannel(InputError):
    """No channel, or more than one, could have the role, or the one named does not exist.

    Parameters
    ----------
    choices : tuple of str
        Names of the channels of the image.
    role : str
        ``"nuclear"`` or ``"membrane"``.
    """

    def __init__(
        self, message: str, *, choices: tuple[str, ...], role: str, path: Path | str | None = None
    ) -> None:
        super().__init__(message, path=path)
        self.choices = choices
        self.role = role


class UnnamedAcquisition(InputError):
    """The file holds several acquisitions, or not the one named.

    Parameters
    ----------
    choices : tuple of str
        Their numbers.
    """

    def __init__(self, message: str, *, choices: tuple[str, ...], path: Path | str | None = None) -> None:
        super().__init__(message, path=path)
        self.choices = choices
