"""Model folders: written whole or not at all, read only when every checksum holds.

A folder holds `model.json` (format version, kind, config, input channels, compartments),
`weights.weights.h5`, `metrics.json` and `checksums.json` (sha256 of the others). Nothing in it is code: no
pickle, no lambda layer; the network is built from the config by this program, and the weights file holds
arrays only.
"""

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.compartments import COMPARTMENTS
from training.config import UNetConfig, config_from_dict, config_to_dict
from training.errors import (
    AlteredModelFile,
    InvalidConfig,
    MissingModelFile,
    ModelFileTooLarge,
    OutputExists,
    UnsupportedModel,
    WrongWeights,
)

FORMAT_VERSION = 1
KIND = "unet"
INPUT_CHANNELS = ("nuclear", "membrane")
MODEL_FILE = "model.json"
WEIGHTS_FILE = "weights.weights.h5"
METRICS_FILE = "metrics.json"
CHECKSUMS_FILE = "checksums.json"

_MAX_BYTES = {
    CHECKSUMS_FILE: 64 * 1024,
    MODEL_FILE: 1024**2,
    METRICS_FILE: 64 * 1024**2,
    WEIGHTS_FILE: 1024**3,
}
_SIGNED = (MODEL_FILE, WEIGHTS_FILE, METRICS_FILE)

# A Keras model.
Model = Any


@dataclass(frozen=True)
class ModelDescription:
    """What `model.json` and `metrics.json` say.

    compartments : those the model was trained on, whole_cell before nuclear; it predicts no others
    """

    config: UNetConfig
    compartments: tuple[str, ...]
    metrics: dict[str, Any]


def refuse_existing(out: Path) -> None:
    """Raise `OutputExists` if there is anything at `out` already."""
    if out.exists() or out.is_symlink():
        raise OutputExists(f"{out} is already there; choose another folder for the model, or remove it.")


def write_model_folder(
    out: Path,
    model: Model,
    *,
    config: UNetConfig,
    compartments: tuple[str, ...],
    metrics: Mapping[str, Any],
) -> None:
    """Write a model folder beside its place and move it there when it is complete.

    Raises
    ------
    OutputExists
        Something is at `out` already.
    """
    # Imported here because it imports Keras.
    from training.keras_backend import quiet_files

    refuse_existing(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.parent / f".{out.name}.{uuid.uuid4().hex}.part"
    draft.mkdir()
    try:
        description = {
            "format_version": FORMAT_VERSION,
            "kind": KIND,
            "input_channels": list(INPUT_CHANNELS),
            "compartments": list(compartments),
            "config": config_to_dict(config),
        }
        _write_json(draft / MODEL_FILE, description)
        _write_json(draft / METRICS_FILE, dict(metrics))
        with quiet_files():
            model.save_weights(draft / WEIGHTS_FILE)
        _write_json(draft / CHECKSUMS_FILE, {name: _sha256(draft / name) for name in _SIGNED})
        os.rename(draft, out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


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
    if kind != KIND or version != FORMAT_VERSION:
        raise UnsupportedModel(
            f"{folder / MODEL_FILE} is of kind {kind!r}, format version {version!r}; this program reads "
            f"kind {KIND!r}, format version {FORMAT_VERSION}. Use the program that wrote it, or train anew."
        )
    try:
        config = config_from_dict(
            UNetConfig, values.get("config", {}), where=f"{folder / MODEL_FILE}: config"
        )
    except InvalidConfig as error:
        raise UnsupportedModel(f"{error} Use the program that wrote it, or train anew.") from error
    compartments = tuple(name for name in COMPARTMENTS if name in values.get("compartments", []))
    if not compartments or not set(compartments) <= set(config.compartments):
        raise UnsupportedModel(
            f"{folder / MODEL_FILE} names the compartments {values.get('compartments')!r}; "
            f"they must be some of {config.compartments}."
        )
    return ModelDescription(config, compartments, _read_json(folder / METRICS_FILE))


def read_model_folder(folder: Path, *, shape_px: int | None = None) -> tuple[Model, ModelDescription]:
    """Verify a model folder, build its network and load its weights.

    Parameters
    ----------
    shape_px
        Side of the network's square input; None lets it vary.

    Raises
    ------
    InvalidModelFolder
        As `read_description`; or the weights belong to another config.
    """
    description = read_description(folder)
    # Imported here because they import Keras.
    from training.keras_backend import quiet_files
    from training.network import build_unet

    model = build_unet(description.config, shape_px=shape_px)
    try:
        with quiet_files():
            model.load_weights(folder / WEIGHTS_FILE)
    except (ValueError, KeyError, OSError) as error:
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WrongWeights(
            f"{folder / WEIGHTS_FILE} does not fit the network that {MODEL_FILE} describes ({first_line}). "
            "Copy both from the same training run."
        ) from error
    return model, description


def _verify(folder: Path) -> None:
    for name, limit in _MAX_BYTES.items():
        path = folder / name
        if not path.is_file():
            raise MissingModelFile(f"{path} is not there; a model folder holds {', '.join(_MAX_BYTES)}.")
        n_bytes = path.stat().st_size
        if n_bytes > limit:
            raise ModelFileTooLarge(
                f"{path} has {n_bytes} bytes, more than the {limit} allowed. It is not one of this program's."
            )
    checksums = _read_json(folder / CHECKSUMS_FILE)
    for name in _SIGNED:
        found = _sha256(folder / name)
        if checksums.get(name) != found:
            raise AlteredModelFile(
                f"{folder / name} is truncated or altered: its sha256 is {found}, {CHECKSUMS_FILE} says "
                f"{checksums.get(name)}. Copy the folder again from where it was trained."
            )


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise AlteredModelFile(
            f"{path} is truncated or altered: it is no JSON ({error}). Copy the folder again."
        ) from error
    if not isinstance(values, dict):
        raise AlteredModelFile(f"{path} is altered: it holds no JSON object. Copy the folder again.")
    return values


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
