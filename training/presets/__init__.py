"""Named configs, frozen in files beside this module, and configs from files and single settings."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from training.config import NetworkConfig, config_to_dict, network_config_from_dict
from training.errors import InvalidConfig

DEFAULT_PRESET = "unet"
_FOLDER = Path(__file__).parent


def preset_names() -> tuple[str, ...]:
    """Return the names of all presets, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))


def load_preset(name: str = DEFAULT_PRESET) -> NetworkConfig:
    """Return the config of a preset.

    Raises
    ------
    InvalidConfig
        There is no such preset.
    """
    if name not in preset_names():
        raise InvalidConfig(f"there is no preset {name!r}; choose one of {', '.join(preset_names())}.")
    return load_config(_FOLDER / f"{name}.json")


def load_config(path: Path) -> NetworkConfig:
    """Read a config from a JSON file; what it leaves out has the network's defaults.

    Raises
    ------
    InvalidConfig
        The file cannot be read, is no JSON, or says what the config does not know.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidConfig(f"{path} cannot be read as JSON ({error}). Write it like a preset.") from error
    return network_config_from_dict(values, where=str(path))


def change_config(config: NetworkConfig, settings: Iterable[str]) -> NetworkConfig:
    """Return a config with single settings changed.

    Parameters
    ----------
    settings
        Texts such as `fit.learning_rate=0.001` or `filters=[16,32]`: a path of names, and a value as JSON; a
        value that is no JSON is a text.

    Raises
    ------
    InvalidConfig
        A setting is unknown, has no value, or its value does not fit.
    """
    values = config_to_dict(config)
    for setting in settings:
        names, equals, text = setting.partition("=")
        if not equals:
            raise InvalidConfig(f"{setting!r} has no value; write it as key=value, fit.epochs=10 for one.")
        _put(values, names.split("."), _parse(text), setting=setting)
    return network_config_from_dict(values, where="the settings")


def _put(values: Mapping[str, Any], names: list[str], value: Any, *, setting: str) -> None:
    inner: Any = values
    for name in names[:-1]:
        inner = inner.get(name) if isinstance(inner, dict) else None
    if not isinstance(inner, dict) or names[-1] not in inner:
        known = sorted(inner) if isinstance(inner, dict) else sorted(values)
        raise InvalidConfig(f"{setting!r} names no setting; known ones are {known}.")
    inner[names[-1]] = value


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
