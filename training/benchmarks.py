"""Speed and memory of predicting, against the plain way; `cytoloop bench` prints them.

The large network runs in Keras with the functions of scikit-image around it (`training.reference`); the light
one runs in the form in which models are served. Both have fresh weights, which are as fast as trained ones.
So that there are cells to find, the last step works on maps drawn from cells, the same for both.
"""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage as ndi

from pipeline.benchmarks import best_time_s, draw_cells, peak_growth_bytes
from training import reference
from training.config import MesmerConfig, NetworkConfig, UNetConfig
from training.model_folder import default_model_dir, write_model_folder
from training.network_predictor import NetworkPredictor
from training.postprocess import WatershedConfig, deep_watershed
from training.prediction import match_labels
from training.preprocess import preprocess_image
from training.serving.comparison.compare import RuntimeFigures, compare_runtimes
from training.serving.networks import KerasNetwork, Network
from training.serving.openvino_network import OpenVinoNetwork, export_openvino, quick_precisions
from training.targets import INTERIOR, TargetConfig, inner_distance_target, pixelwise_target

FloatArray = npt.NDArray[np.float32]
Maps = dict[str, tuple[FloatArray, FloatArray]]

_SMALL_PX = 512
_PLAIN_TILE_PX = 256


def draw_maps(size_px: int, n_cells: int, *, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Draw the inner distance and the interior of round cells as a network would see them: blurred, noisy.

    Returns
    -------
    maxima, interior
        Float32 (size_px, size_px).
    """
    labels = draw_cells(size_px, n_cells, seed=seed)
    noise = np.random.default_rng(seed).normal(0, 1, (2, *labels.shape))
    maxima = inner_distance_target(labels, config=TargetConfig())
    interior = pixelwise_target(labels, config=TargetConfig())[..., INTERIOR]
    blurred = [ndi.gaussian_filter(plane, 1.0) for plane in (maxima, interior, *noise)]
    return (
        (blurred[0] + 0.03 * blurred[2]).astype(np.float32),
        np.clip(blurred[1] + 0.09 * blurred[3], 0, 1).astype(np.float32),
    )


def bench_postprocess(size_px: int = 2048, n_cells: int = 8_000, *, n_runs: int = 3) -> dict[str, float]:
    """Post-process the maps of one compartment; gives ``postprocess_s``."""
    maxima, interior = draw_maps(size_px, n_cells)
    config = WatershedConfig.preset("whole_cell")
    work = partial(deep_watershed, maxima, interior, config=config)
    return {"postprocess_s": best_time_s(work, n_runs=n_runs)}


def bench_predictor(
    size_px: int = 1024,
    n_cells: int = 2_000,
    *,
    n_runs: int = 3,
    light: UNetConfig | None = None,
    large: MesmerConfig | None = None,
) -> dict[str, float]:
    """Compare the light network as it is served with the large one in Keras.

    Returns
    -------
    dict
        ``light_network_s_per_mpx`` and ``large_network_s_per_mpx``, the networks alone on 512 x 512;
        ``network_ratio`` of both; ``light_s_per_mpx`` and ``large_s_per_mpx``, everything from intensities to
        matched labels; ``end_to_end_ratio``; the most memory that is taken: ``predict_peak_mb`` by the light
        one, ``prepare_peak_mb``, ``network_peak_mb`` and ``postprocess_peak_mb`` by each of its stages alone,
        ``large_peak_mb`` by the large one.
    """
    light, large = light or UNetConfig(), large or MesmerConfig()
    image = np.random.default_rng(0).gamma(2.0, 200.0, (size_px, size_px, 2)).astype(np.float32)
    maps: Maps = {
        name: draw_maps(size_px, n_cells, seed=seed) for seed, name in enumerate(light.compartments)
    }
    served = _served(light)
    alone = {
        "light": _network_s(served, n_runs=n_runs),
        "large": _network_s(KerasNetwork(_fresh(large, side_px=_SMALL_PX)), n_runs=n_runs),
    }
    predictor = NetworkPredictor(served, config=light, compartments=light.compartments)
    mpx = size_px**2 / 1e6
    keras = _fresh(large, side_px=_PLAIN_TILE_PX)
    whole = {
        "light": best_time_s(lambda: _predict_light(predictor, image, maps), n_runs=n_runs) / mpx,
        "large": best_time_s(lambda: _predict_large(keras, image, maps, config=large), n_runs=1) / mpx,
    }
    prepared = preprocess_image(image, config=light.preprocess)
    stages: dict[str, Callable[[], object]] = {
        "predict": lambda: _predict_light(predictor, image, maps),
        "prepare": lambda: preprocess_image(image, config=light.preprocess),
        "network": lambda: predictor.predict_maps(prepared),
        "postprocess": lambda: _label_maps(maps, config=light),
        "large": lambda: _predict_large(keras, image, maps, config=large),
    }
    return {
        "light_network_s_per_mpx": alone["light"],
        "large_network_s_per_mpx": alone["large"],
        "network_ratio": alone["large"] / alone["light"],
        "light_s_per_mpx": whole["light"],
        "large_s_per_mpx": whole["large"],
        "end_to_end_ratio": whole["large"] / whole["light"],
        **{f"{name}_peak_mb": peak_growth_bytes(work) / 1e6 for name, work in stages.items()},
    }


def bench_runtimes(
    *, light: UNetConfig | None = None, default_model: Path | None = None, side_px: int = 512
) -> dict[str, list[RuntimeFigures]]:
    """Compare the runtimes that could serve, on the light network and on the model that comes along.

    Parameters
    ----------
    default_model
        Its folder; None is the one of this installation, which may have none.

    Returns
    -------
    dict
        By network, what `training.serving.comparison.compare.compare_runtimes` measured.
    """
    light = light or UNetConfig()
    default_model = default_model or default_model_dir()
    with tempfile.TemporaryDirectory(prefix="cytoloop-light-") as name:
        folder = Path(name) / "model"
        write_model_folder(folder, _fresh(light), config=light, compartments=light.compartments, metrics={})
        compared = {"light network, fresh weights": compare_runtimes(folder, side_px=side_px, trained=False)}
    if default_model is not None:
        compared["default model"] = compare_runtimes(default_model, side_px=side_px)
    return compared


def run_predictor_benchmarks() -> dict[str, float]:
    """Run all of them at their full size."""
    return bench_postprocess() | bench_predictor()


def _predict_light(predictor: NetworkPredictor, image: FloatArray, maps: Maps) -> object:
    prepared = preprocess_image(image, config=predictor.config.preprocess)
    predictor.predict_maps(prepared)
    return _label_maps(maps, config=predictor.config)


def _label_maps(maps: Maps, *, config: NetworkConfig) -> object:
    return match_labels(
        {name: deep_watershed(*planes, config=config.watershed(name)) for name, planes in maps.items()}
    )


def _predict_large(model: object, image: FloatArray, maps: Maps, *, config: MesmerConfig) -> object:
    reference.predict_maps(
        model, reference.prepare(image), tile_px=_PLAIN_TILE_PX, step_px=_PLAIN_TILE_PX * 3 // 4
    )
    return match_labels(
        {
            name: reference.label_instances(*planes, config=config.watershed(name))
            for name, planes in maps.items()
        }
    )


def _network_s(network: Network, *, n_runs: int) -> float:
    tile = np.random.default_rng(0).random((1, _SMALL_PX, _SMALL_PX, 2)).astype(np.float32)
    run: Callable[[], object] = partial(network.run, tile)
    return best_time_s(run, n_runs=n_runs) / _SMALL_PX**2 * 1e6


def _fresh(config: UNetConfig | MesmerConfig, *, side_px: int | None = None) -> object:
    # Imported here because it imports Keras.
    from training.network import build_network

    model = build_network(config, shape_px=side_px)
    model.compile(jit_compile=False)
    return model


def _served(config: UNetConfig) -> Network:
    files = next(iter(export_openvino(_fresh(config)).values()))
    return OpenVinoNetwork(*files, precision=quick_precisions()[0], side_px=None)
