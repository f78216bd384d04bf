"""Networks run by OpenVINO.

Its format is a graph of known operations as XML and an array of weights: data, no code. The graph is made
from a saved TensorFlow graph by the runtime's own reader; the converter in Python is not used, because it
reports its use over the network.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

# A Keras model.
Model = Any

HALF, FULL = "bf16", "f32"
SMALL = "f16"
_SAVED = "network"

# The contents of the XML and of the file of weights.
GraphFiles = tuple[bytes, bytes]


def export_openvino(model: Model) -> dict[str, GraphFiles]:
    """Turn a Keras model into OpenVINO graphs.

    Returns
    -------
    dict
        By how the weights are stored, the smallest first: `f16`, half as large and rounded to a relative
        2 ** -11, and `f32`, as they are. A graph with either computes in the precision it is loaded for.
    """
    import openvino

    # Imported here because it imports Keras.
    from training.keras_backend import quiet_files

    with tempfile.TemporaryDirectory(prefix="cytoloop-export-") as name:
        folder = Path(name)
        with quiet_files():
            model.export(folder / _SAVED, format="tf_saved_model", verbose=False)
        graph = openvino.Core().read_model(folder / _SAVED)
        files = {}
        for stored in (SMALL, FULL):
            openvino.save_model(graph, folder / f"{stored}.xml", compress_to_fp16=stored == SMALL)
            files[stored] = (folder / f"{stored}.xml").read_bytes(), (folder / f"{stored}.bin").read_bytes()
        # The reader keeps the file of weights open until the graph is gone.
        del graph
        return files


def quick_precisions() -> tuple[str, ...]:
    """Name the precisions in which this machine computes, the quickest first."""
    import openvino

    able = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return (HALF, FULL) if "BF16" in able else (FULL,)


class OpenVinoNetwork:
    """A network run by OpenVINO on the CPU.

    Parameters
    ----------
    graph, weights
        Files that `export_openvino` gives.
    precision
        To compute in: `f32`, or `bf16`, which machines that cannot compute in it take for `f32`.
    side_px
        Side of the square that the graph takes; None when it takes any.
    """

    def __init__(self, graph: bytes, weights: bytes, *, precision: str, side_px: int | None) -> None:
        import openvino

        self.side_px = side_px
        self.precision = precision if precision in quick_precisions() else FULL
        core = openvino.Core()
        read = core.read_model(graph, openvino.Tensor(np.frombuffer(weights, np.uint8)))
        hints = {"INFERENCE_PRECISION_HINT": self.precision, "PERFORMANCE_HINT": "LATENCY"}
        compiled = core.compile_model(read, "CPU", hints)
        self._names = [output.any_name for output in compiled.outputs]
        self._request = compiled.create_infer_request()

    def run(self, image: FloatArray) -> Mapping[str, FloatArray]:
        """Run it; see `training.serving.networks.Network`."""
        answers = self._request.infer([np.ascontiguousarray(image)])
        # The arrays belong to the request, which writes the next answers into them.
        return {name: np.array(answers[place]) for place, name in enumerate(self._names)}
