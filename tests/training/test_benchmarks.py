import numpy as np

from pipeline.metrics import score_labels
from training import benchmarks, reference
from training.config import MesmerConfig, UNetConfig
from training.fit_config import FitConfig
from training.model_folder import default_model_dir, read_description
from training.postprocess import WatershedConfig, deep_watershed
from training.preprocess import PreprocessConfig, preprocess_image


def test_every_figure_is_measured(monkeypatch):
    monkeypatch.setattr(benchmarks, "_SMALL_PX", 64)
    light = UNetConfig(filters=(4, 6), head_filters=4)
    large = MesmerConfig(
        blocks=(1, 1, 1, 1), width=4, pyramid_filters=4, upsample_filters=4, head_filters=4, levels="finest",
        fit=FitConfig(crop_px=32),
    )  # fmt: skip
    measured = benchmarks.bench_predictor(128, 20, n_runs=1, light=light, large=large)
    measured |= benchmarks.bench_postprocess(128, 20, n_runs=1)
    assert set(measured) == {
        "light_network_s_per_mpx", "large_network_s_per_mpx", "network_ratio", "light_s_per_mpx",
        "large_s_per_mpx", "end_to_end_ratio", "postprocess_s", "predict_peak_mb", "prepare_peak_mb",
        "network_peak_mb", "postprocess_peak_mb", "large_peak_mb",
    }  # fmt: skip
    assert min(measured.values()) >= 0


def test_runtimes_are_compared_on_the_light_network_and_on_the_model_that_comes_along(
    monkeypatch, tiny_config
):
    asked = []

    def compare(folder, *, side_px, trained=True):
        asked.append((read_description(folder).config, side_px, trained))
        return []

    monkeypatch.setattr(benchmarks, "compare_runtimes", compare)
    assert set(benchmarks.bench_runtimes(light=tiny_config)) == {
        "light network, fresh weights",
        "default model",
    }
    assert asked == [(tiny_config, 512, False), (read_description(default_model_dir()).config, 512, True)]


def test_runtimes_are_compared_without_a_model_that_comes_along(monkeypatch, tiny_config):
    monkeypatch.setattr(benchmarks, "default_model_dir", lambda: None)
    monkeypatch.setattr(benchmarks, "compare_runtimes", lambda folder, **how: [])
    assert list(benchmarks.bench_runtimes(light=tiny_config)) == ["light network, fresh weights"]


def test_the_plain_way_finds_the_same_instances():
    maxima, interior = benchmarks.draw_maps(300, 170)
    config = WatershedConfig.preset("mesmer_whole_cell")
    plain = reference.label_instances(maxima, interior, config=config)
    assert plain.max() > 150
    assert score_labels(plain, deep_watershed(maxima, interior, config=config), iou=0.95).f1 == 1


def test_the_plain_way_prepares_the_same_intensities():
    image = np.random.default_rng(0).gamma(2.0, 200.0, (150, 170, 2)).astype(np.float32)
    image -= image.min(axis=(0, 1))
    ours = preprocess_image(image, config=PreprocessConfig())
    np.testing.assert_allclose(ours, reference.prepare(image), atol=1e-3)
