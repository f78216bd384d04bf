"""Model folders: written whole or not at all, read only when every checksum holds.

A folder holds `model.json` (format version, kind, config, input channels, compartments),
`weights.weights.h5`, `metrics.json` and `checksums.json` (sha256 of the others), and may hold `report.html`
and, below `serving/`, the network in the form in which it predicts fastest. Nothing in it is code: no pickle,
no lambda layer; the network is built from the config by this program, and the weights file holds arrays only.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.compartments import COMPARTMENTS
from pipeline.model_input import INPUT_CHANNELS
from training.config import NETWORKS, NetworkConfig, config_to_dict, network_config_from_dict
from training.errors import (
    AlteredModelFile,
    InvalidConfig,
    MissingModelFile,
    ModelFileTooLarge,
    OutputExists,
    OutputNotWritten,
    UnsupportedModel,
    WrongWeights,
)

FORMAT_VERSION = 2
# Version 1 knew one network, so its configs name none.
_READABLE_VERSIONS = (1, FORMAT_VERSION)
MODEL_FILE = "model.json"
WEIGHTS_FILE = "weights.weights.h5"
METRICS_FILE = "metrics.json"
REPORT_FILE = "report.html"
CHECKSUMS_FILE = "checksums.json"

_MAX_BYTES = {
    CHECKSUMS_FILE: 64 * 1024,
    MODEL_FILE: 1024**2,
    METRICS_FILE: 64 * 1024**2,
    WEIGHTS_FILE: 1024**3,
}
_SIGNED = (MODEL_FILE, WEIGHTS_FILE, METRICS_FILE)
SERVING_FILE = "serving/serving.json"
SERVED_GRAPH = "serving/model.xml"
SERVED_WEIGHTS = "serving/model.bin"
# These are part of a model only where its checksums name them.
_MAX_OPTIONAL_BYTES = {
    REPORT_FILE: 64 * 1024**2,
    SERVING_FILE: 64 * 1024,
    SERVED_GRAPH: 64 * 1024**2,
    SERVED_WEIGHTS: 1024**3,
}
_DEFAULT_MODEL = Path(__file__).parent / "default_model"

# A Keras model.
Model = Any


@dataclass(frozen=True)
class ModelDescription:
    """What `model.json` and `metrics.json` say.

    compartments : those the model was trained on, whole_cell before nuclear; it predicts no others
    input_channels : names of the channels it takes, in order
    """

    config: NetworkConfig
    compartments: tuple[str, ...]
    metrics: dict[str, Any]
    input_channels: tuple[str, ...]


def refuse_existing(out: Path) -> None:
    """Raise `OutputExists` if there is anything at `out` already."""
    if out.exists() or out.is_symlink():
        raise OutputExists(f"{out} is already there; choose another folder for the model, or remove it.")


def write_model_folder(
    out: Path,
    model: Model,
    *,
    config: NetworkConfig,
    compartments: tuple[str, ...],
    metrics: Mapping[str, Any],
    input_channels: Sequence[str] | None = None,
) -> None:
    """Write a model folder beside its place and move it there when it is complete.

    Parameters
    ----------
    input_channels
        Names of the channels it takes; None when nothing named them.

    Raises
    ------
    OutputExists
        Something is at `out` already.
    OutputNotWritten
        The disk is full, or the place may not be written to; nothing is left behind.
    """
    # Imported here because it imports Keras.
    from training.keras_backend import weights_bytes

    refuse_existing(out)
    description = {
        "format_version": FORMAT_VERSION,
        "kind": config.network,
        "input_channels": list(input_channels or channel_names(config)),
        "compartments": list(compartments),
        "config": config_to_dict(config),
    }
    draft = out.parent / f".{out.name}.{uuid.uuid4().hex}.part"
    try:
        draft.mkdir(parents=True)
        _write_json(draft / MODEL_FILE, description)
        _write_json(draft / METRICS_FILE, dict(metrics))
        (draft / WEIGHTS_FILE).write_bytes(weights_bytes(model))
        _write_json(draft / CHECKSUMS_FILE, {name: _sha256(draft / name) for name in _SIGNED})
        os.rename(draft, out)
    except OSError as error:
        raise OutputNotWritten(out, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def add_report(folder: Path, html: str) -> None:
    """Put a report into a model folder and sign it; see `add_files`."""
    add_files(folder, {REPORT_FILE: html.encode("utf-8")})


def add_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put optional files into a model folder and sign them; the model can be read at every moment.

    Parameters
    ----------
    files
        By name: a report, or what is below `serving/`.

    Raises
    ------
    InvalidModelFolder
        The folder is not what its checksums say.
    OutputNotWritten
        The disk is full, or the folder may not be written to; the model is as it was.
    """
    _verify(folder)
    kept = {name: value for name, value in signed_files(folder).items() if name not in files}
    draft = folder / f".{uuid.uuid4().hex}.part"
    try:
        # Until the files are signed they are no part of the model, so a kill in between does no harm.
        _write_json(folder / CHECKSUMS_FILE, kept, draft=draft)
        added = {}
        for name, data in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            draft.write_bytes(data)
            added[name] = _sha256(draft)
            os.replace(draft, folder / name)
        _write_json(folder / CHECKSUMS_FILE, {**kept, **added}, draft=draft)
    except OSError as error:
        raise OutputNotWritten(folder / next(iter(files)), error) from error
    finally:
        draft.unlink(missing_ok=True)


def signed_files(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file that is part of a model, by name."""
    checksums = _read_json(folder / CHECKSUMS_FILE)
    return {name: checksums[name] for name in (*_SIGNED, *_MAX_OPTIONAL_BYTES) if name in checksums}


def channel_names(config: NetworkConfig) -> tuple[str, ...]:
    """Name the channels a network of this config takes where nothing else names them."""
    others = range(len(INPUT_CHANNELS), config.n_channels)
    return (*INPUT_CHANNELS[: config.n_channels], *(f"channel {number}" for number in others))


def default_model_dir() -> Path | None:
    """Return the folder of the model that comes with the project, or None when it is not complete."""
    complete = all((_DEFAULT_MODEL / name).is_file() for name in _MAX_BYTES)
    return _DEFAULT_MODEL if complete else None


def read_description(folder: Path) -> ModelDescription:
    """Verify every file of a model folder and read its description; imports no Keras.

    Raises
    ------
    InvalidModelFolder
        A file is missing, too large, truncated or altered, or the model is of an unknown kind.
    """
    _verify(folder)
    values = _read_json(folder / MODEL_FILE)
    kind, version = values.get("kind"), values.get("format_version")
    if kind not in NETWORKS or version not in _READABLE_VERSIONS:
        raise UnsupportedModel(
            f"{folder / MODEL_FILE} is of kind {kind!r}, format version {version!r}; this program reads "
            f"kinds {NETWORKS}, format versions {_READABLE_VERSIONS}. Use the program that wrote it, or "
            "train anew."
        )
    try:
        config = network_config_from_dict(values.get("config", {}), where=f"{folder / MODEL_FILE}: config")
    except InvalidConfig as error:
        raise UnsupportedModel(f"{error} Use the program that wrote it, or train anew.") from error
    if config.network != kind:
        raise UnsupportedModel(
            f"{folder / MODEL_FILE} is of kind {kind!r}, but its config describes a {config.network!r}. "
            "Copy the folder again, or train anew."
        )
    named = values.get("compartments")
    compartments = tuple(name for name in COMPARTMENTS if isinstance(named, list) and name in named)
    if not compartments or not set(compartments) <= set(config.compartments):
        raise UnsupportedModel(
            f"{folder / MODEL_FILE} names the compartments {named!r}; "
            f"they must be some of {config.compartments}."
        )
    channels = values.get("input_channels")
    if not isinstance(channels, list) or not all(isinstance(name, str) for name in channels):
        channels = []
    if len(set(channels)) != config.n_channels or len(channels) != config.n_channels:
        raise UnsupportedModel(
            f"{folder / MODEL_FILE} names the input channels {values.get('input_channels')!r}; its network "
            f"takes {config.n_channels}, each of a name of its own."
        )
    return ModelDescription(config, compartments, _read_json(folder / METRICS_FILE), tuple(channels))


def read_model_folder(
    folder: Path, *, shape_px: int | tuple[int, int] | None = None
) -> tuple[Model, ModelDescription]:
    """Verify a model folder, build its network and load its weights.

    Parameters
    ----------
    shape_px
        Side of the network's square input, or its rows and columns; None lets them vary.

    Raises
    ------
    InvalidModelFolder
        As `read_description`; or the weights belong to another config.
    """
    description = read_description(folder)
    # Imported here because they import Keras.
    from training.keras_backend import load_weights
    from training.network import build_network

    model = build_network(description.config, shape_px=shape_px)
    try:
        load_weights(model, folder / WEIGHTS_FILE, most_bytes=_MAX_BYTES[WEIGHTS_FILE])
    except (ValueError, KeyError, OSError, RuntimeError) as error:
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WrongWeights(
            f"{folder / WEIGHTS_FILE} does not fit the network that {MODEL_FILE} describes ({first_line}). "
            "Copy both from the same training run."
        ) from error
    return model, description


def _verify(folder: Path) -> None:
    for name, limit in _MAX_BYTES.items():
        if not (folder / name).is_file():
            raise MissingModelFile(
                f"{folder / name} is not there; a model folder holds {', '.join(_MAX_BYTES)}."
            )
        _check_size(folder / name, limit=limit)
    checksums = _read_json(folder / CHECKSUMS_FILE)
    optional = {name: limit for name, limit in _MAX_OPTIONAL_BYTES.items() if name in checksums}
    for name, limit in optional.items():
        if (folder / name).is_file():
            _check_size(folder / name, limit=limit)
    for name in (*_SIGNED, *optional):
        found = _sha256(folder / name) if (folder / name).is_file() else "that of no file"
        if checksums.get(name) != found:
            raise AlteredModelFile(
                f"{folder / name} is truncated or altered: its sha256 is {found}, {CHECKSUMS_FILE} says "
                f"{checksums.get(name)}. Copy the folder again from where it was trained."
            )


def _check_size(path: Path, *, limit: int) -> None:
    n_bytes = path.stat().st_size
    if n_bytes > limit:
        raise ModelFileTooLarge(
            f"{path} has {n_bytes} bytes, more than the {limit} allowed. It is not one of this program's."
        )


def _write_json(path: Path, values: Mapping[str, Any], *, draft: Path | None = None) -> None:
    """Write a file, or a draft of it that replaces it at once."""
    text = json.dumps(values, indent=1, allow_nan=False) + "\n"
    (draft or path).write_text(text, encoding="utf-8")
    if draft is not None:
        os.replace(draft, path)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise AlteredModelFile(
            f"{path} is truncated or altered: it is no JSON ({error}). Copy the folder again."
        ) from error
    if not isinstance(values, dict):
        raise AlteredModelFile(f"{path} is altered: it holds no JSON object. Copy the folder again.")
    return values


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
