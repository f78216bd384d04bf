"""The ways to run a network that are compared, and how each loads its file."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.model_folder import read_model_folder
from training.serving.networks import KerasNetwork, Network
from training.serving.openvino_network import FULL, HALF, OpenVinoNetwork

FloatArray = npt.NDArray[np.float32]

# Where exporters put their files, and where the model folder is copied to.
MODEL = "model"
LITE, LITE_DYNAMIC, LITE_INT8 = "f32.tflite", "dynamic.tflite", "int8.tflite"
ONNX, ONNX_INT8 = "f32.onnx", "int8.onnx"
GRAPH, GRAPH_SMALL, GRAPH_INT8 = "f32.xml", "f16.xml", "int8.xml"


@dataclass(frozen=True)
class Candidate:
    """A way to run a network.

    runtime, precision : as tables name them
    file : what it loads, by name; of an OpenVINO graph the XML
    load : makes a network of that file
    needs : modules that it is exported and run with, beyond those of an installation
    """

    runtime: str
    precision: str
    file: str
    load: Callable[[Path], Network]
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Runtime and precision."""
        return f"{self.runtime}, {self.precision}"


class _CalledNetwork:
    """A network that is a function of an image."""

    side_px: int | None = None

    def __init__(self, answer: Callable[[FloatArray], Mapping[str, Any]]) -> None:
        self._answer = answer

    def run(self, image: FloatArray) -> Mapping[str, FloatArray]:
        """Run it; see `training.serving.networks.Network`."""
        return {name: np.asarray(values, np.float32) for name, values in self._answer(image).items()}


def n_threads() -> int:
    """Return how many cores this process may use; every candidate gets as many threads."""
    return len(os.sched_getaffinity(0))


def _keras(folder: Path) -> Network:
    return KerasNetwork(read_model_folder(folder)[0])


def _tensorflow(folder: Path, *, compiled: bool) -> Network:
    model, _ = read_model_folder(folder)
    import tensorflow

    return _CalledNetwork(
        tensorflow.function(lambda image: model(image, training=False), jit_compile=compiled, autograph=False)
    )


def _lite(file: Path) -> Network:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=str(file), num_threads=n_threads())
    run = interpreter.get_signature_runner("serving_default")
    return _CalledNetwork(lambda image: run(image=image))


def _onnx(file: Path) -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = n_threads()
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    asked = session.get_inputs()[0].name
    names = [output.name for output in session.get_outputs()]
    return _CalledNetwork(lambda image: dict(zip(names, session.run(names, {asked: image}), strict=True)))


def _openvino(file: Path, *, precision: str = FULL) -> Network:
    network = OpenVinoNetwork(
        file.read_bytes(), file.with_suffix(".bin").read_bytes(), precision=precision, side_px=None
    )
    if network.precision != precision:
        raise RuntimeError(f"this machine does not compute in {precision}")
    return network


_LITE_PACKAGES = ("ai_edge_litert",)
_ONNX_PACKAGES = ("onnx", "onnxruntime", "tf2onnx")

CANDIDATES = (
    Candidate("Keras", "f32", MODEL, _keras),
    Candidate("TensorFlow graph", "f32", MODEL, partial(_tensorflow, compiled=False)),
    Candidate("TensorFlow, XLA", "f32", MODEL, partial(_tensorflow, compiled=True)),
    Candidate("LiteRT", "f32", LITE, _lite, _LITE_PACKAGES),
    Candidate("LiteRT", "int8 weights", LITE_DYNAMIC, _lite, _LITE_PACKAGES),
    Candidate("LiteRT", "int8", LITE_INT8, _lite, _LITE_PACKAGES),
    Candidate("ONNX Runtime", "f32", ONNX, _onnx, _ONNX_PACKAGES),
    Candidate("ONNX Runtime", "int8", ONNX_INT8, _onnx, _ONNX_PACKAGES),
    Candidate("OpenVINO", "f32", GRAPH, _openvino),
    Candidate("OpenVINO", "f32, weights f16", GRAPH_SMALL, _openvino),
    Candidate("OpenVINO", "bf16, weights f16", GRAPH_SMALL, partial(_openvino, precision=HALF)),
    Candidate("OpenVINO", "int8", GRAPH_INT8, _openvino, _ONNX_PACKAGES),
)
