from typing import Any

import pytest

from backend.errors import InvalidInput
from backend.services.view_presets import MOST_PRESETS, read_view_presets

FULL = {
    "name": "DAPI",
    "visible": False,
    "color": "#4080ff",
    "contrast": [120, 4000.5],
    "gamma": 0.5,
    "inverted": True,
    "lut": "viridis",
}


def test_presets_are_filled_in_and_reading_them_again_changes_nothing() -> None:
    given = [{"name": " Nuclei ", "channels": [FULL, {"name": "CD3", "color": "#FF0000"}]}]
    read = read_view_presets(given)
    left_out = {"visible": True, "contrast": None, "gamma": 1.0, "inverted": False, "lut": "color"}
    assert read == [{"name": "Nuclei", "channels": [FULL, {"name": "CD3", "color": "#ff0000", **left_out}]}]
    assert read_view_presets(read) == read


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "view_presets[0].channels[0].name is ''; give the name of a channel."),
        ({"name": "a\x00"}, "view_presets[0].channels[0].name is 'a\\x00'"),
        ({"visible": 1}, "view_presets[0].channels[0].visible is 1; give true or false."),
        ({"color": "blue"}, "view_presets[0].channels[0].color is 'blue'; give a colour as #4080ff."),
        ({"contrast": [3, 3]}, "contrast is [3, 3]; give [low, high] with low below high, or null."),
        ({"contrast": [0, float("inf")]}, "contrast is [0, inf]"),
        ({"contrast": 5}, "contrast is 5"),
        ({"gamma": 0}, "gamma is 0; give a number from 0.1 to 10.0."),
        ({"inverted": None}, "inverted is None; give true or false."),
        ({"lut": "../viridis"}, "lut is '../viridis'; give `color` or the name of a colour scale."),
        ({"opacity": 1}, "view_presets[0].channels[0] has no opacity; known are name, visible, color"),
    ],
)
def test_a_channel_that_cannot_be(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_view_presets([{"name": "a", "channels": [{**FULL, **changes}]}])
    assert message in caught.value.message
    assert caught.value.detail["field"] == "view_presets"


@pytest.mark.parametrize(
    ("presets", "message"),
    [
        ([{"name": 3, "channels": []}], "items[0].name is 3; give a text."),
        ([{"name": " ", "channels": []}], "items[0]: '' cannot be the name of a view preset"),
        ([{"name": "a", "channels": 1}], "items[0].channels is 1; give a list."),
        ([{"name": "a", "channels": [FULL, FULL]}], "items[0].channels has the name 'DAPI' twice"),
        ([{"name": "a", "channels": []}] * 2, "items has the name 'a' twice"),
        ([{"name": "a", "channels": [], "by": 1}], "items[0] has no by; known are name, channels."),
    ],
)
def test_presets_that_cannot_be(presets: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_view_presets(presets, setting="items")
    assert message in caught.value.message
    assert caught.value.detail["field"] == "items"


def test_the_number_and_the_size_of_presets_are_bounded() -> None:
    many = [{"name": str(k), "channels": []} for k in range(MOST_PRESETS + 1)]
    assert len(read_view_presets(many[1:])) == MOST_PRESETS
    with pytest.raises(InvalidInput, match="view_presets has 51 entries; 50 are the most"):
        read_view_presets(many)
    channels = [{"name": "x" * 190 + str(k)} for k in range(100)]
    with pytest.raises(InvalidInput, match="65536 are the most; remove some presets"):
        read_view_presets([{"name": str(k), "channels": channels} for k in range(5)])
