"""Between frozen config dataclasses and the plain values of a JSON file."""

import sys
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from training.errors import InvalidConfig

Config = TypeVar("Config")

# A whole number beyond it is no float.
_MOST = sys.float_info.max


def config_to_dict(config: Any) -> dict[str, Any]:
    """Turn a frozen config into JSON-able values."""
    return asdict(config)


def config_from_dict(kind: type[Config], values: Mapping[str, Any], *, where: str = "the config") -> Config:
    """Build a frozen config, refusing what it does not know.

    Parameters
    ----------
    kind
        A config dataclass; fields that are configs themselves take mappings, tuples take lists.
    values
        Settings by name; absent ones keep their defaults.
    where
        How the message names the place of a wrong setting.

    Raises
    ------
    InvalidConfig
        A key is unknown, a value has the wrong type or is out of range.
    """
    if not isinstance(values, Mapping):
        raise InvalidConfig(f"{where} is {type(values).__name__}; it must be an object of settings.")
    hints = get_type_hints(kind)
    names = [item.name for item in fields(kind)]  # type: ignore[arg-type]
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise InvalidConfig(f"{where} has unknown settings {unknown}; known ones are {names}.")
    arguments = {
        name: _convert(hints[name], value, where=f"{where}: {name}") for name, value in values.items()
    }
    return kind(**arguments)


def _convert(hint: Any, value: Any, *, where: str) -> Any:
    if is_dataclass(hint):
        return config_from_dict(hint, value, where=where)  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise InvalidConfig(f"{where} is {value!r}; it must be a list.")
        return tuple(_convert(get_args(hint)[0], item, where=where) for item in value)
    allowed = get_args(hint) or (hint,)
    if float in allowed and isinstance(value, int) and abs(value) <= _MOST and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        wanted = " or ".join(kind.__name__ for kind in allowed)
        raise InvalidConfig(f"{where} is {value!r}; it must be {wanted}.")
    return value
