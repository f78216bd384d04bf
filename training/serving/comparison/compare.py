"""Every candidate on the same network and image: time, memory, size, and agreement with Keras."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.metrics import score_labels
from pipeline.synthetic import synthetic_tissue
from pipeline.types import LabelSet
from training.config import NetworkConfig
from training.model_folder import MODEL_FILE, WEIGHTS_FILE, ModelDescription, read_description
from training.postprocess import deep_watershed
from training.prediction import match_labels
from training.preprocess import preprocess_image
from training.serving.comparison.candidates import (
    CANDIDATES,
    GRAPH,
    GRAPH_INT8,
    GRAPH_SMALL,
    LITE,
    LITE_DYNAMIC,
    LITE_INT8,
    MODEL,
    ONNX,
    ONNX_INT8,
    Candidate,
)
from training.serving.comparison.child import ANSWER_FILE, CALIBRATION_FILE, IMAGE_FILE, MAPS_FILE
from training.targets import INTERIOR

FloatArray = npt.NDArray[np.float32]

IOU = 0.9
_SEED, _CALIBRATION_SEEDS = 7300, range(7301, 7305)
_EXPORTER_OF = {
    **dict.fromkeys((LITE, LITE_DYNAMIC, LITE_INT8), "LiteRT"),
    **dict.fromkeys((ONNX, ONNX_INT8, GRAPH_INT8), "ONNX"),
    **dict.fromkeys((GRAPH, GRAPH_SMALL), "OpenVINO"),
}
_MOST_S = 600


@dataclass(frozen=True)
class RuntimeFigures:
    """What was measured of a candidate.

    s_per_mpx : the quickest run of the network alone
    first_s : from a process with NumPy loaded to the first answer
    memory_mb : what that process grew by until then
    file_mb : the form that is loaded
    f1 : of its instances against those of Keras at IoU 0.9, by compartment; empty where it was not asked for
    map_difference : largest difference to the maps of Keras
    fault : why it was not measured; the rest is 0 then
    """

    runtime: str
    precision: str
    s_per_mpx: float = 0.0
    first_s: float = 0.0
    memory_mb: float = 0.0
    file_mb: float = 0.0
    f1: Mapping[str, float] = field(default_factory=dict)
    map_difference: float = 0.0
    fault: str = ""


def compare_runtimes(
    model_dir: Path,
    *,
    side_px: int = 512,
    trained: bool = True,
    candidates: Sequence[Candidate] = CANDIDATES,
) -> list[RuntimeFigures]:
    """Measure every candidate with the network of a model folder on an image of synthetic tissue.

    Parameters
    ----------
    model_dir
        Of a network that takes any shape.
    side_px
        Side of the image, a multiple of the network's strides.
    trained
        Whether there are instances worth comparing.
    candidates
        Those to measure; the first is what the others are compared with.
    """
    description = read_description(model_dir)
    with tempfile.TemporaryDirectory(prefix="cytoloop-runtimes-") as name:
        folder = Path(name)
        shutil.copytree(model_dir, folder / MODEL)
        np.save(folder / IMAGE_FILE, _image(description.config, _SEED, side_px=side_px)[None])
        images = [_image(description.config, seed, side_px=side_px) for seed in _CALIBRATION_SEEDS]
        np.save(folder / CALIBRATION_FILE, np.stack(images))
        trial = _Trial(folder, description, side_px**2 / 1e6, trained=trained)
        return [trial.measure(candidate) for candidate in candidates]


class _Trial:
    """Exports on demand, measures, and compares with the first candidate that was measured."""

    def __init__(self, folder: Path, description: ModelDescription, mpx: float, *, trained: bool) -> None:
        self._folder = folder
        self._trained = trained
        self._description = description
        self._mpx = mpx
        self._exported: dict[str, str] = {}
        self._expected: tuple[dict[str, FloatArray], LabelSet] | None = None

    def measure(self, candidate: Candidate) -> RuntimeFigures:
        named = (candidate.runtime, candidate.precision)
        fault = missing_packages(candidate) or self._export(candidate)
        answer: dict[str, Any] = (
            {"fault": fault} if fault else _in_child(self._folder, "measure", candidate.name)
        )
        if "fault" in answer:
            return RuntimeFigures(*named, fault=answer["fault"])
        with np.load(self._folder / MAPS_FILE, allow_pickle=False) as stored:
            maps = dict(stored)
        labels = self._label(maps) if self._trained else {}
        self._expected = self._expected or (maps, labels)
        true_maps, true_labels = self._expected
        return RuntimeFigures(
            *named,
            s_per_mpx=answer["run_s"] / self._mpx,
            first_s=answer["first_s"],
            memory_mb=answer["memory_mb"],
            file_mb=_bytes_of(self._folder / candidate.file) / 1e6,
            f1={name: score_labels(true, labels[name], iou=IOU).f1 for name, true in true_labels.items()},
            map_difference=max(float(np.abs(true_maps[name] - maps[name]).max()) for name in maps),
        )

    def _export(self, candidate: Candidate) -> str:
        """Export what it loads, unless that was done; the reason where that cannot be."""
        by = _EXPORTER_OF.get(candidate.file)
        if by is None:
            return ""
        if by not in self._exported:
            self._exported[by] = _in_child(self._folder, "export", by).get("fault", "")
        return self._exported[by]

    def _label(self, maps: Mapping[str, FloatArray]) -> LabelSet:
        config = self._description.config
        return match_labels(
            {
                name: deep_watershed(
                    maps[f"{name}_distance"][0, ..., 0],
                    maps[f"{name}_pixelwise"][0, ..., INTERIOR],
                    config=config.watershed(name),
                )
                for name in self._description.compartments
            }
        )[0]


def missing_packages(candidate: Candidate) -> str:
    """Say what a candidate needs and this installation lacks; empty when that is nothing."""
    missing = [name for name in candidate.needs if find_spec(name) is None]
    if not missing:
        return ""
    return f"{', '.join(missing)} not installed: `pip install -r requirements/bench.txt`, or `make bench`"


def _in_child(folder: Path, do: str, name: str) -> dict[str, Any]:
    answer = folder / ANSWER_FILE
    answer.unlink(missing_ok=True)
    command = [sys.executable, "-m", "training.serving.comparison.child", str(folder), do, name]
    try:
        ended = subprocess.run(command, check=False, capture_output=True, timeout=_MOST_S)
    except subprocess.TimeoutExpired:
        return {"fault": f"to {do} it took more than {_MOST_S} s; try again on a quiet machine"}
    if not answer.is_file():
        last = ended.stderr.decode(errors="replace").strip().splitlines()[-1:] or [""]
        return {"fault": f"the process that was to {do} it ended with {ended.returncode}: {last[0]}"}
    values: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return values


def _image(config: NetworkConfig, seed: int, *, side_px: int) -> FloatArray:
    tissue = synthetic_tissue(seed, shape=(side_px, side_px)).image.astype(np.float32)
    return preprocess_image(tissue, config=config.preprocess)


def _bytes_of(path: Path) -> int:
    if path.is_dir():
        return sum((path / name).stat().st_size for name in (MODEL_FILE, WEIGHTS_FILE))
    beside = path.with_suffix(".bin")
    return path.stat().st_size + (beside.stat().st_size if path.suffix == ".xml" else 0)
