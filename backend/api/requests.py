"""What a request may hold before any schema looks at it: ids that fit their columns, storable texts.

JSON can write what neither a database nor a file can hold (half a character, NUL), and what Python refuses
to read (numbers of thousands of digits, brackets thousands deep). Only bodies with a sign of these are read
twice.
"""

import json
import re
from typing import Any

from flask import abort
from werkzeug.routing import IntegerConverter, Map

from backend.api.schemas.base import LARGEST_ID
from backend.api.uploads import UploadRequest
from backend.errors import InvalidInput
from backend.services.names import is_storable

# Python reads JSON up to about 900 brackets deep; a batch of 500 edits has fewer than this.
_MOST_BRACKETS = 600
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|\d{300}")


class IdConverter(IntegerConverter):
    """Ids in addresses: what no column can hold is as unknown as a missing row."""

    regex = r"\d{1,10}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


class ApiRequest(UploadRequest):
    """A request whose JSON can be read and stored."""

    def get_data(self, *options: Any, **named: Any) -> Any:
        """The body; raises `InvalidInput`, or answers 400, for JSON that nothing here can hold."""
        data = super().get_data(*options, **named)
        if self.is_json and isinstance(data, bytes) and _is_suspicious(data):
            _check_json(data)
        return data


def _is_suspicious(data: bytes) -> bool:
    return data.count(b"[") + data.count(b"{") > _MOST_BRACKETS or _SUSPICIOUS.search(data) is not None


def _check_json(data: bytes) -> None:
    try:
        is_plain = _is_plain(json.loads(data))
    except (ValueError, RecursionError):
        abort(400)
    if not is_plain:
        raise InvalidInput(
            "The request holds a text with NUL or with half a character (a lone surrogate). Send whole"
            " characters that can be stored."
        )


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, dict):
        return all(map(_is_plain, value)) and all(map(_is_plain, value.values()))
    return all(map(_is_plain, value)) if isinstance(value, list) else True
