"""Errors that only reading and writing images can raise; they hang in the tree of `pipeline.errors`.

::

    InputError
    ├── UnnamedChannel      the user must say which channel is the nuclear (or membrane) one
    └── UnnamedAcquisition  the user must say which of the acquisitions of a file to read
"""

from pathlib import Path

from pipeline.errors import InputError


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
