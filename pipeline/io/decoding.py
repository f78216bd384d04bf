"""The border to decoders: what they raise on bad bytes becomes one typed error."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from pipeline.errors import InputError, UnreadableImage
from pipeline.io.errors import NoSpaceLeft, is_disk_full

# Decoders of damaged files raise nearly anything that is not an exit; imagecodecs derives from RuntimeError.
DECODER_ERRORS = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
    ElementTree.ParseError,
)


@contextmanager
def decoding(path: Path | str, what: str = "image") -> Iterator[None]:
    """Turn what a decoder raises into `UnreadableImage`; errors of this package pass unchanged.

    Decoders write as well, to unpack what must be read in windows: a full disk is `NoSpaceLeft`.
    """
    try:
        yield
    except (InputError, NoSpaceLeft):
        raise
    except DECODER_ERRORS as error:
        if is_disk_full(error):
            raise NoSpaceLeft(path, error) from error
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise UnreadableImage(
            f"the {what} cannot be read ({reason}). The file is damaged, cut short or not what its"
            " name says; export or copy it again.",
            path=path,
        ) from error
