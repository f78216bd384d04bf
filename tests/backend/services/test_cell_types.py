from typing import Any

import pytest

from backend.errors import InvalidInput
from backend.services.cell_types import MOST_CELL_TYPES, read_cell_types

T_CELL = {"id": "t_cell", "name": "T cell", "color": "#E6194B", "hotkey": 1}


def test_cell_types_are_filled_in_and_reading_them_again_changes_nothing() -> None:
    read = read_cell_types([T_CELL, {"id": "other", "name": " Other ", "color": "#808080"}])
    assert read == [
        {**T_CELL, "color": "#e6194b"},
        {"id": "other", "name": "Other", "color": "#808080", "hotkey": None},
    ]
    assert read_cell_types(read) == read
    assert read_cell_types(()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "T cell"}, "cell_types[0].id is 'T cell'; give 1 to 40 of the characters a-z, 0-9, _ and -."),
        ({"id": 3}, "cell_types[0].id is 3"),
        ({"name": ""}, "'' cannot be the name of a cell type: give 1 to 60 characters"),
        ({"name": None}, "cell_types[0].name is None; give a text."),
        ({"color": "red"}, "cell_types[0].color is 'red'; give a colour such as #e6194b."),
        ({"color": None}, "cell_types[0].color is None"),
        ({"hotkey": 0}, "cell_types[0].hotkey is 0; give a digit from 1 to 9, or null."),
        ({"hotkey": True}, "cell_types[0].hotkey is True"),
        ({"shape": "round"}, "cell_types[0] has no shape; known are id, name, color, hotkey."),
    ],
)
def test_a_cell_type_that_cannot_be(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_cell_types([{**T_CELL, **changes}])
    assert message in caught.value.message
    assert caught.value.detail["field"] == "cell_types"


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"name": "B"}, "cell_types has the id 't_cell' twice"),
        ({"id": "b", "name": "t Cell"}, "cell_types has the name 't cell' twice"),
        ({"id": "b", "name": "B"}, "cell_types has the hotkey 1 twice"),
    ],
)
def test_two_cell_types_that_cannot_be_told_apart(second: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_cell_types([T_CELL, {**T_CELL, **second}])
    assert message in caught.value.message


def test_too_many_cell_types() -> None:
    many = [{"id": f"a{k}", "name": f"a {k}", "color": "#000000"} for k in range(MOST_CELL_TYPES + 1)]
    assert len(read_cell_types(many[1:])) == MOST_CELL_TYPES
    with pytest.raises(InvalidInput, match="cell_types has 31 entries; 30 are the most"):
        read_cell_types(many)
