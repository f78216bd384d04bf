import gzip
import io

import numpy as np
import pytest
from flask import Flask

from backend.api.binary import binary_response, npy_bytes, npy_response

DATA = b"abcdefgh" * 1000


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.uint32])
def test_an_array_comes_back_as_it_was(dtype: type) -> None:
    array = np.arange(24, dtype=dtype).reshape(2, 3, 4).transpose(2, 0, 1)
    held = np.load(io.BytesIO(npy_bytes(array)), allow_pickle=False)
    assert held.dtype == array.dtype
    assert held.flags.c_contiguous
    np.testing.assert_array_equal(held, array)


def test_objects_are_refused() -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        npy_bytes(np.array([{}]))


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("gzip, br", True), ("br", False), ("gzip;q=0", False), ("", False)],
)
def test_compression_follows_what_the_client_accepts(accepted: str, packed: bool) -> None:
    with Flask("x").test_request_context(headers={"Accept-Encoding": accepted}):
        response = binary_response(DATA, mimetype="text/plain")
    assert (response.headers.get("Content-Encoding") == "gzip") == packed
    assert (gzip.decompress(response.data) if packed else response.data) == DATA
    assert response.headers["Vary"] == "Accept-Encoding"


def test_small_bodies_stay_as_they_are() -> None:
    with Flask("x").test_request_context(headers={"Accept-Encoding": "gzip"}):
        assert "Content-Encoding" not in binary_response(b"small", mimetype="text/plain").headers


def test_what_the_client_holds_is_not_sent_again() -> None:
    app = Flask("x")
    with app.test_request_context():
        first = npy_response(np.zeros(10))
    with app.test_request_context(headers={"If-None-Match": first.headers["ETag"]}):
        second = npy_response(np.zeros(10))
        other = npy_response(np.ones(10))
    assert (second.status_code, second.data) == (304, b"")
    assert other.status_code == 200


def test_the_compressed_body_has_a_tag_of_its_own() -> None:
    app = Flask("x")
    with app.test_request_context():
        plain = binary_response(DATA, mimetype="text/plain")
    with app.test_request_context(headers={"Accept-Encoding": "gzip"}):
        packed = binary_response(DATA, mimetype="text/plain")
    assert plain.headers["ETag"] != packed.headers["ETag"]
