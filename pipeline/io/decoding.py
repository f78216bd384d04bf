"""The border to decoders: what they raise on bad bytes becomes one typed error."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from pipeline.errors import InputError, UnreadableImage

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
    """Turn what a decoder raises into `UnreadableImage`; errors of this package pass unchanged."""
    try:
        yield
    except InputError:
        raise
    except DECODER_ERRORS as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise UnreadableImage(
            f"the {what} cannot be read ({reason}). The file is damaged, cut short or not what its"
            " name says; export or copy it again.",
            path=path,
        ) from error
