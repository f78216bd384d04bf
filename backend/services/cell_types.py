"""The cell types of a project: what annotators may call a cell."""

import re
from dataclasses import asdict, dataclass, fields
from typing import Any

from backend.errors import InvalidInput
from backend.services.names import clean_name
from backend.services.setting_values import check_distinct, is_whole, read_fields, read_list

MOST_CELL_TYPES = 30
_SETTING = "cell_types"
_ID = re.compile(r"[a-z0-9_-]{1,40}")
_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class CellType:
    """One class: an id for marks and exports, a name and a colour (`#rrggbb`) for people, a digit key."""

    id: str
    name: str
    color: str
    hotkey: int | None = None


def read_cell_types(value: object) -> list[dict[str, Any]]:
    """Check the cell types of a project and fill in what is left out.

    Raises
    ------
    InvalidInput
        Naming the entry, the key and the value that cannot be.
    """
    entries = read_list(value, setting=_SETTING, most=MOST_CELL_TYPES)
    types = [_read(entry, where=f"{_SETTING}[{index}]") for index, entry in enumerate(entries)]
    check_distinct([item.id for item in types], setting=_SETTING, what="id")
    check_distinct([item.name.casefold() for item in types], setting=_SETTING, what="name")
    check_distinct([item.hotkey for item in types if item.hotkey], setting=_SETTING, what="hotkey")
    return [asdict(item) for item in types]


def _read(value: object, *, where: str) -> CellType:
    known = [item.name for item in fields(CellType)]
    given = read_fields(value, known=known, needed=("id", "name", "color"), where=where)
    if not isinstance(given["id"], str) or not _ID.fullmatch(given["id"]):
        raise _fault(where, "id", given["id"], "1 to 40 of the characters a-z, 0-9, _ and -")
    if not isinstance(given["name"], str):
        raise _fault(where, "name", given["name"], "a text")
    color = given["color"].lower() if isinstance(given["color"], str) else ""
    if not _COLOR.fullmatch(color):
        raise _fault(where, "color", given["color"], "a colour such as #e6194b")
    hotkey = given.get("hotkey")
    if hotkey is not None and (not is_whole(hotkey) or not 1 <= hotkey <= 9):
        raise _fault(where, "hotkey", hotkey, "a digit from 1 to 9, or null")
    return CellType(given["id"], _name(given["name"]), color, hotkey)


def _name(text: str) -> str:
    try:
        return clean_name(text, what="cell type", longest=60)
    except InvalidInput as fault:
        raise InvalidInput(fault.message, field=_SETTING) from fault


def _fault(where: str, key: str, value: object, wanted: str) -> InvalidInput:
    return InvalidInput(f"{where}.{key} is {value!r}; give {wanted}.", field=_SETTING)
