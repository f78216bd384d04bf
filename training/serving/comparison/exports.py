"""How a Keras network becomes the files that the candidates load.

LiteRT and ONNX get a network for images of one shape, which is the quickest for them; OpenVINO gets the one
that serves, for any shape. The int8 forms are calibrated on images that are not measured.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.model_folder import read_model_folder
from training.serving.comparison.candidates import (
    GRAPH_INT8,
    LITE,
    LITE_DYNAMIC,
    LITE_INT8,
    ONNX,
    ONNX_INT8,
)
from training.serving.openvino_network import export_openvino

FloatArray = npt.NDArray[np.float32]

_SAVED = "saved"
_OPSET = 18


def export_for_openvino(model_dir: Path, out: Path, images: Sequence[FloatArray]) -> None:
    """Write the graphs that `training.serving` makes, as `f16.xml` and `f32.xml` with their weights."""
    for stored, (graph, weights) in export_openvino(read_model_folder(model_dir)[0]).items():
        (out / f"{stored}.xml").write_bytes(graph)
        (out / f"{stored}.bin").write_bytes(weights)


def export_for_lite(model_dir: Path, out: Path, images: Sequence[FloatArray]) -> None:
    """Write flatbuffers: as it is, with int8 weights, and int8 throughout; TensorFlow has the converter."""
    from training.keras_backend import quiet_files

    model = _of_shape(model_dir, images[0].shape)
    import tensorflow

    with quiet_files():
        asked = tensorflow.TensorSpec(images[0].shape, "float32", name="image")
        model.export(out / _SAVED, format="tf_saved_model", verbose=False, input_signature=[asked])
        for name in (LITE, LITE_DYNAMIC, LITE_INT8):
            converter = tensorflow.lite.TFLiteConverter.from_saved_model(str(out / _SAVED))
            if name != LITE:
                converter.optimizations = [tensorflow.lite.Optimize.DEFAULT]
            if name == LITE_INT8:
                converter.representative_dataset = lambda: ([image] for image in images)
            (out / name).write_bytes(converter.convert())


def export_for_onnx(model_dir: Path, out: Path, images: Sequence[FloatArray]) -> None:
    """Write protobuf graphs, as it is and int8 throughout, and the latter for OpenVINO too."""
    from training.keras_backend import quiet_files

    model = _of_shape(model_dir, images[0].shape)
    with quiet_files():
        import openvino
        import tensorflow
        import tf2onnx
        from onnxruntime.quantization import quantize_static

        asked = [tensorflow.TensorSpec(images[0].shape, "float32", name="image")]
        run = tensorflow.function(lambda image: model(image, training=False), asked, autograph=False)
        tf2onnx.convert.from_function(run, asked, opset=_OPSET, output_path=str(out / ONNX))
        calibration: Any = _Images(images)
        quantize_static(out / ONNX, out / ONNX_INT8, calibration, per_channel=True)
        openvino.save_model(
            openvino.Core().read_model(out / ONNX_INT8), out / GRAPH_INT8, compress_to_fp16=False
        )


class _Images:
    """Images in the way in which ONNX Runtime asks for them."""

    def __init__(self, images: Sequence[FloatArray]) -> None:
        self._left = list(images)

    def get_next(self) -> dict[str, FloatArray] | None:
        """Return the next image by the name of the input, None after the last."""
        return {"image": self._left.pop(0)} if self._left else None


def _of_shape(model_dir: Path, shape: tuple[int, ...]) -> Any:
    return read_model_folder(model_dir, shape_px=(shape[1], shape[2]))[0]


EXPORTERS = {
    "OpenVINO": export_for_openvino,
    "LiteRT": export_for_lite,
    "ONNX": export_for_onnx,
}
