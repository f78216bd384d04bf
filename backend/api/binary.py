"""Arrays and files as response bodies: `.npy`, an ETag, and gzip when the client takes it."""

import gzip
import hashlib
import io
from collections.abc import Iterator
from typing import IO

import numpy as np
import numpy.typing as npt
from flask import Response, request

from backend.ports import Storage

GZIP_LEVEL = 1
LEAST_GZIP_BYTES = 500
CHUNK_BYTES = 1 << 20


def npy_bytes(array: npt.NDArray[np.generic]) -> bytes:
    """The array as a `.npy` file, C order, without pickle."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
    return buffer.getvalue()


def binary_response(
    data: bytes,
    *,
    mimetype: str,
    cache: str = "private, no-cache",
    compress: bool = True,
    gzipped: bytes | None = None,
) -> Response:
    """The bytes, or 304 when the client holds them already; `gzipped` are the same ones, compressed before.

    `private, no-cache` lets a browser keep the bytes but ask, with its token, before it uses them again.
    The compressed body has an ETag of its own, as it is another sequence of bytes.
    """
    packed = compress and len(data) >= LEAST_GZIP_BYTES and request.accept_encodings.quality("gzip") > 0
    digest = hashlib.blake2b(data, digest_size=12).hexdigest()
    tag = f"{digest}-gz" if packed else digest
    response = Response(mimetype=mimetype)
    response.set_etag(tag)
    response.headers["Cache-Control"] = cache
    response.vary.add("Accept-Encoding")
    if tag in request.if_none_match:
        response.status_code = 304
        return response
    if packed:
        data = gzip.compress(data, GZIP_LEVEL, mtime=0) if gzipped is None else gzipped
        response.headers["Content-Encoding"] = "gzip"
    response.set_data(data)
    return response


def npy_response(array: npt.NDArray[np.generic], *, cache: str = "private, no-cache") -> Response:
    """An array on the wire."""
    return binary_response(npy_bytes(array), mimetype="application/octet-stream", cache=cache)


def stored_file_response(storage: Storage, key: str, *, name: str, mimetype: str) -> Response:
    """A stored object as a download that never lies whole in memory."""
    size = storage.size(key)

    def chunks() -> Iterator[bytes]:
        for start in range(0, size, CHUNK_BYTES):
            yield storage.get(key, start=start, stop=min(start + CHUNK_BYTES, size))

    response = Response(chunks(), mimetype=mimetype)
    response.content_length = size
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def file_response(file: IO[bytes], *, name: str, mimetype: str) -> Response:
    """An open file as a download that never lies whole in memory; closed when it was sent or nobody waits."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    response = Response(chunks(), mimetype=mimetype)
    # Also when the body was never asked for.
    response.call_on_close(file.close)
    response.content_length = size
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def text_download(parts: Iterator[str], *, name: str, mimetype: str) -> Response:
    """A text as a download, made while it is sent."""
    response = Response(parts, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response
