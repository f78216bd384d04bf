"""Uploaded images: streamed to a private temporary folder, bounded, under a name of ours.

`UploadRequest` writes the parts of a form straight to files of that folder. `kept_upload` gives the file
its suffix back, because readers look at it; the rest of the client's name is only ever shown, see
`shown_name`, not used.
"""

import os
import re
import secrets
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from flask import Request, g, has_request_context, request
from werkzeug.datastructures import FileStorage
from werkzeug.utils import secure_filename

from backend.api.current import context

MOST_FORM_PARTS = 20
LONGEST_NAME = 120
LONGEST_SHOWN_NAME = 200
UPLOAD_ENDPOINTS = frozenset({"fovs.upload_fov", "fovs.preview_upload"})


class UploadRequest(Request):
    """A request whose uploaded files lie in a folder that goes away with it."""

    max_form_parts = MOST_FORM_PARTS

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        folder = g.get("upload_folder")
        if folder is None:
            folder = g.upload_folder = Path(tempfile.mkdtemp(prefix="cytoloop-upload-"))
        return (folder / f"part-{secrets.token_hex(8)}").open("xb+")


def set_upload_limit() -> None:
    """Let the calls that take images take more than the others; runs before every request."""
    if request.endpoint in UPLOAD_ENDPOINTS:
        request.max_content_length = context().settings.max_upload_bytes


@contextmanager
def kept_upload(file: FileStorage) -> Iterator[Path]:
    """The uploaded file under a safe name with its suffix, as long as the block runs."""
    stream: Any = file.stream
    stream.flush()
    target = Path(g.upload_folder) / safe_name(file.filename)
    os.replace(stream.name, target)
    yield target


def safe_name(name: str | None) -> str:
    """A plain file name: no folder, no control character, no leading dot, not too long.

    >>> safe_name("../../etc/pass wd.ome.TIF")
    'pass_wd.ome.TIF'
    """
    given = re.split(r"[/\\]", name or "")[-1].lstrip(".")
    stem, dot, suffix = given.partition(".")
    suffix = re.sub(r"[^A-Za-z0-9.]", "", suffix)[-20:]
    return f"{secure_filename(stem)[: LONGEST_NAME - 21] or 'image'}{dot}{suffix}"


def shown_name(name: str | None) -> str:
    """The file's own name, in whatever script, as the FOV is called after it: no folder, nothing invisible.

    >>> shown_name("C:/images/Größe 1.tif")
    'Größe 1.tif'
    """
    given = unicodedata.normalize("NFC", re.split(r"[/\\]", name or "")[-1])
    printable = "".join(character for character in given if character.isprintable())
    return printable.strip()[:LONGEST_SHOWN_NAME].rstrip() or safe_name(name)


def drop_uploads(_error: BaseException | None = None) -> None:
    """Remove what the request uploaded; runs after every request."""
    folder = g.pop("upload_folder", None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def without_upload_folder(message: str) -> str:
    """A message for the client, which has no business with our folders."""
    folder = g.get("upload_folder") if has_request_context() else None
    return message if folder is None else message.replace(f"{folder}/", "")
