"""View presets: how channels are shown, under a name; a project has some, each annotator may keep more."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from backend.errors import InvalidInput
from backend.services.names import clean_name
from backend.services.setting_values import check_distinct, field_of, is_number, read_fields, read_list

MOST_PRESETS = 50
MOST_PRESET_BYTES = 64 * 1024
SETTING = "view_presets"
_MOST_CHANNELS = 100
_GAMMAS = (0.1, 10.0)
_COLOR = re.compile(r"#[0-9a-f]{6}")
_LUT = re.compile(r"[a-z][a-z0-9_]{0,19}")
_DEFAULTS: Mapping[str, Any] = {
    "visible": True,
    "color": "#ffffff",
    "contrast": None,
    "gamma": 1.0,
    "inverted": False,
    "lut": "color",
}


def read_view_presets(value: object, *, setting: str = SETTING) -> list[dict[str, Any]]:
    """Check presets `{name, channels}` and fill in what their channels leave out.

    A channel is found by its name; `contrast` is [low, high] in stored intensities or None for automatic
    limits, `lut` is `color` or the name of a colour scale.

    Raises
    ------
    InvalidInput
        Naming the preset, the key and the value that cannot be, or what is too much.
    """
    entries = read_list(value, setting=setting, most=MOST_PRESETS)
    presets = [_read_preset(entry, where=f"{setting}[{index}]") for index, entry in enumerate(entries)]
    check_distinct([preset["name"] for preset in presets], setting=setting, what="name")
    n_bytes = len(json.dumps(presets).encode())
    if n_bytes > MOST_PRESET_BYTES:
        raise InvalidInput(
            f"{setting} takes {n_bytes} bytes, {MOST_PRESET_BYTES} are the most; remove some presets.",
            field=setting,
        )
    return presets


def _read_preset(value: object, *, where: str) -> dict[str, Any]:
    given = read_fields(value, known=("name", "channels"), needed=("name", "channels"), where=where)
    entries = read_list(given["channels"], setting=f"{where}.channels", most=_MOST_CHANNELS)
    channels = [
        _read_channel(entry, where=f"{where}.channels[{index}]") for index, entry in enumerate(entries)
    ]
    check_distinct([channel["name"] for channel in channels], setting=f"{where}.channels", what="name")
    return {"name": _read_name(given["name"], where=where), "channels": channels}


def _read_name(value: object, *, where: str) -> str:
    if not isinstance(value, str):
        raise _fault(where, "name", value, "a text")
    try:
        return clean_name(value, what="view preset", longest=60)
    except InvalidInput as fault:
        raise InvalidInput(f"{where}: {fault.message}", field=field_of(where)) from fault


def _read_channel(value: object, *, where: str) -> dict[str, Any]:
    given = read_fields(value, known=("name", *_DEFAULTS), needed=("name",), where=where)
    name = given["name"]
    if not isinstance(name, str) or not 0 < len(name) <= 200 or not name.isprintable():
        raise _fault(where, "name", name, "the name of a channel")
    channel = {**_DEFAULTS, **given}
    if isinstance(channel["color"], str):
        channel["color"] = channel["color"].lower()
    for key, (fits, wanted) in _CHECKS.items():
        if not fits(channel[key]):
            raise _fault(where, key, channel[key], wanted)
    return {"name": name, **{key: channel[key] for key in _DEFAULTS}}


def _is_contrast(value: object) -> bool:
    if value is None:
        return True
    pair = isinstance(value, list | tuple) and len(value) == 2 and all(map(is_number, value))
    return pair and value[0] < value[1]  # type: ignore[index]


_CHECKS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "visible": (lambda value: isinstance(value, bool), "true or false"),
    "color": (lambda value: isinstance(value, str) and bool(_COLOR.fullmatch(value)), "a colour as #4080ff"),
    "contrast": (_is_contrast, "[low, high] with low below high, or null"),
    "gamma": (
        lambda value: is_number(value) and _GAMMAS[0] <= value <= _GAMMAS[1],
        f"a number from {_GAMMAS[0]} to {_GAMMAS[1]}",
    ),
    "inverted": (lambda value: isinstance(value, bool), "true or false"),
    "lut": (
        lambda value: isinstance(value, str) and bool(_LUT.fullmatch(value)),
        "`color` or the name of a colour scale",
    ),
}


def _fault(where: str, key: str, value: object, wanted: str) -> InvalidInput:
    return InvalidInput(f"{where}.{key} is {value!r}; give {wanted}.", field=field_of(where))
