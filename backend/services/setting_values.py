"""Checks that the settings of a project share; every fault names the setting and the value."""

import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeGuard

from backend.errors import InvalidInput


def is_whole(value: object) -> TypeGuard[int]:
    """Whether the value is a whole number, which True and False are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> TypeGuard[float]:
    """Whether the value is a finite number."""
    # Compared, not `math.isfinite`: that refuses whole numbers that are too large for a float.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -sys.float_info.max <= value <= sys.float_info.max


def field_of(where: str) -> str:
    """The setting that a place such as `cell_types[2]` lies in."""
    return where.partition("[")[0].partition(".")[0]


def read_list(value: object, *, setting: str, most: int) -> Sequence[Any]:
    """The value when it is a list of at most `most` entries."""
    if not isinstance(value, list | tuple):
        raise InvalidInput(f"{setting} is {value!r}; give a list.", field=field_of(setting))
    if len(value) > most:
        raise InvalidInput(
            f"{setting} has {len(value)} entries; {most} are the most.", field=field_of(setting)
        )
    return value


def read_fields(
    value: object, *, known: Collection[str], needed: Collection[str] = (), where: str
) -> Mapping[str, Any]:
    """The value when it is an object with the `needed` keys and no others than the `known` ones.

    Parameters
    ----------
    where : str
        Names the place in the message, such as `cell_types[2]`.
    """
    field = field_of(where)
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{where} is {value!r}; give an object with {', '.join(known)}.", field=field)
    unknown = sorted(str(key) for key in set(value) - set(known))
    if unknown:
        raise InvalidInput(f"{where} has no {', '.join(unknown)}; known are {', '.join(known)}.", field=field)
    missing = [key for key in needed if key not in value]
    if missing:
        raise InvalidInput(f"{where} lacks {', '.join(missing)}; give it.", field=field)
    return value


def check_distinct(values: Sequence[object], *, setting: str, what: str) -> None:
    """Raise `InvalidInput` naming the first value that is there twice."""
    seen: set[object] = set()
    for value in values:
        if value in seen:
            raise InvalidInput(
                f"{setting} has the {what} {value!r} twice; give each its own.", field=field_of(setting)
            )
        seen.add(value)
