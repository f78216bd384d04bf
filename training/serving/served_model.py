"""A model's served form: made once after training, checked against Keras, loaded for predicting."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.dataset import load_split
from pipeline.metrics import pool_scores, score_labels
from pipeline.types import Image, LabelSet
from training.config import NetworkConfig
from training.errors import UnsupportedModel
from training.model_folder import (
    SERVED_GRAPH,
    SERVED_WEIGHTS,
    SERVING_FILE,
    add_files,
    read_description,
    read_model_folder,
    signed_files,
)
from training.network_predictor import NetworkPredictor
from training.serving.networks import FIXED_SIDE_PX, KerasNetwork, Network
from training.serving.openvino_network import FULL, OpenVinoNetwork, export_openvino, quick_precisions

N_CROPS = 4
IOU = 0.9
LEAST_F1 = 0.99
OPENVINO, KERAS = "openvino", "keras"
_GRAPH_FILES = (SERVED_GRAPH, SERVED_WEIGHTS)
# Fewer instances do not show whether a runtime is exact, so its maps have to be equal as well.
_FEW_INSTANCES = 20
_EQUAL_MAPS = 1e-3

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ServedModel:
    """What `serving/serving.json` says.

    runtime : `openvino`, or `keras` when nothing else could be made or none was exact enough
    precision : in which it computes, where the machine can; machines that cannot compute in `f32`
    side_px : side of the square the network takes; None when it takes any
    verified : crops, instances, and F1 against Keras per compartment at `iou`
    warning : why Keras serves; empty when it does not
    weights : how they are stored, `f16` or `f32`
    verified_in_full : as `verified`, computed in `f32`; empty where that is `precision`
    """

    runtime: str
    precision: str = ""
    side_px: int | None = None
    verified: dict[str, Any] = field(default_factory=dict)
    warning: str = ""
    weights: str = ""
    verified_in_full: dict[str, Any] = field(default_factory=dict)


def serve_trained_model(folder: Path, dataset_dir: Path) -> ServedModel:
    """Export a model that was just trained, verified on a few crops it was not fitted to; see `serve_model`.

    Parameters
    ----------
    dataset_dir
        The dataset version it was trained on; where that has no other crops, those of the training serve.
    """
    crops: list[Image] = []
    for split in ("val", "test", "train"):
        images, labels = load_split(dataset_dir, split)
        known = [image for image, truth in zip(images, labels, strict=True) if (truth > 0).any()]
        crops += known[: N_CROPS - len(crops)]
    return serve_model(folder, crops)


def serve_model(folder: Path, crops: Sequence[Image], *, exact: bool = False) -> ServedModel:
    """Export the network of a model folder to the fastest runtime that is exact enough, and sign the result.

    The exported network labels `crops`; F1 of its instances against those that Keras gives has to be 0.99 or
    more at IoU 0.9, in `f32` too, as another machine may know nothing quicker. Weights of half the size are
    tried first, and so is lower precision. When nothing passes, or the export fails, Keras goes on serving,
    and the record says why.

    Parameters
    ----------
    crops
        Real images, float32 (row, col, channel), intensities as stored.
    exact
        Compute in float32 alone, for a model whose figures have to hold on every machine.

    Raises
    ------
    InvalidModelFolder
        The folder is not what its checksums say.
    OutputNotWritten
        The disk is full; the model is as it was.
    """
    if crops:
        served, files = _export(folder, crops, (FULL,) if exact else quick_precisions())
    else:
        served, files = _kept("there are no crops to verify with"), {}
    if served.warning:
        log.warning("%s: %s", folder, served.warning)
    record = json.dumps(asdict(served), indent=1, allow_nan=False) + "\n"
    add_files(folder, {**files, SERVING_FILE: record.encode()})
    return served


def _export(
    folder: Path, crops: Sequence[Image], precisions: Sequence[str]
) -> tuple[ServedModel, dict[str, bytes]]:
    description = read_description(folder)
    side_px = FIXED_SIDE_PX[description.config.network]
    model, _ = read_model_folder(folder, shape_px=side_px)
    predict_with = partial(NetworkPredictor, config=description.config, compartments=description.compartments)
    try:
        keras = predict_with(KerasNetwork(model))
        expected = [keras.predict(crop) for crop in crops]
        for stored, files in export_openvino(model).items():
            tried = {}
            for precision in precisions:
                network = OpenVinoNetwork(*files, precision=precision, side_px=side_px)
                tried[precision] = compare_predictors(keras, predict_with(network), crops, expected)
            verified, fault = tried[FULL]
            if not fault:
                return _record(tried, stored, side_px=side_px), dict(zip(_GRAPH_FILES, files, strict=True))
    except (ImportError, RuntimeError, ValueError, TypeError, AttributeError) as error:
        # Exporters refuse networks with any of these; the model itself is fine, so it is served as it is.
        first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
        return _kept(f"it could not be exported ({first_line})"), {}
    return _kept(fault, verified), {}


def _record(
    tried: Mapping[str, tuple[dict[str, Any], str]], stored: str, *, side_px: int | None
) -> ServedModel:
    """Choose the quickest precision that is exact enough; float32 is."""
    precision = next(name for name, (_, fault) in tried.items() if not fault)
    in_full = {} if precision == FULL else tried[FULL][0]
    return ServedModel(
        OPENVINO, precision, side_px, tried[precision][0], weights=stored, verified_in_full=in_full
    )


def _kept(fault: str, verified: dict[str, Any] | None = None) -> ServedModel:
    return ServedModel(KERAS, verified=verified or {}, warning=f"Keras serves this model: {fault}.")


def compare_predictors(
    keras: NetworkPredictor,
    candidate: NetworkPredictor,
    crops: Sequence[Image],
    expected: Sequence[LabelSet],
) -> tuple[dict[str, Any], str]:
    """Compare the instances of two predictors.

    Parameters
    ----------
    expected
        What `keras` predicts for each crop.

    Returns
    -------
    verified, fault
        The figures, and what is wrong in words; empty when nothing is.
    """
    pairs = [(labels, candidate.predict(crop)) for labels, crop in zip(expected, crops, strict=True)]
    f1 = {name: _pooled_f1(pairs, name) for name in keras.compartments}
    n_instances = sum(int(plane.max(initial=0)) for labels, _ in pairs for plane in labels.values())
    verified: dict[str, Any] = {"n_crops": len(crops), "n_instances": n_instances, "iou": IOU, "f1": f1}
    wrong = {name: value for name, value in f1.items() if value < LEAST_F1}
    if wrong:
        return verified, f"F1 against Keras at IoU {IOU} is {wrong}, below {LEAST_F1}"
    if n_instances < _FEW_INSTANCES:
        verified["map_difference"] = max(_map_difference(keras, candidate, crop) for crop in crops)
        if verified["map_difference"] > _EQUAL_MAPS:
            return verified, f"on {n_instances} instances its maps differ by {verified['map_difference']:.2g}"
    return verified, ""


def find_served(folder: Path) -> ServedModel | None:
    """Return what a verified model folder says of its served form; None when it has none.

    Raises
    ------
    UnsupportedModel
        The record is not one of this version of the program.
    """
    if SERVING_FILE not in signed_files(folder):
        return None
    try:
        return ServedModel(**json.loads((folder / SERVING_FILE).read_text(encoding="utf-8")))
    except (TypeError, ValueError) as error:
        raise UnsupportedModel(
            f"{folder / SERVING_FILE} is not understood here ({error}). Use the program that wrote it."
        ) from error


def load_served_network(folder: Path, config: NetworkConfig) -> Network | None:
    """Load the served form of a verified model folder; None when Keras has to run the network.

    Raises
    ------
    UnsupportedModel
        The record is not one of this version, or the network it speaks of is no part of the model.
    """
    served = find_served(folder)
    if served is None or served.runtime != OPENVINO:
        return None
    unsigned = [name for name in _GRAPH_FILES if name not in signed_files(folder)]
    if unsigned:
        raise UnsupportedModel(
            f"{folder / SERVING_FILE} speaks of {' and '.join(unsigned)}, of which the folder has no "
            "checksum. Export the model again with `cytoloop export`."
        )
    try:
        graph, weights = (folder / SERVED_GRAPH).read_bytes(), (folder / SERVED_WEIGHTS).read_bytes()
        return OpenVinoNetwork(graph, weights, precision=served.precision, side_px=served.side_px)
    except (ImportError, RuntimeError) as error:
        log.warning("%s: OpenVINO cannot run this %s here, Keras does: %s", folder, config.network, error)
        return None


def _pooled_f1(pairs: Sequence[tuple[LabelSet, LabelSet]], name: str) -> float:
    scores = [score_labels(truth[name], found[name], iou=IOU) for truth, found in pairs]
    empty = all(not labels[name].any() for pair in pairs for labels in pair)
    return 1.0 if empty else float(pool_scores(scores).f1)


def _map_difference(keras: NetworkPredictor, candidate: NetworkPredictor, crop: Image) -> float:
    ours, theirs = (predictor.predict_maps(predictor.prepare(crop)) for predictor in (keras, candidate))
    return max(
        float(np.abs(one - other).max(initial=0.0))
        for name in ours
        for one, other in zip(ours[name], theirs[name], strict=True)
    )
