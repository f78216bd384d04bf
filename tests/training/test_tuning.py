import numpy as np

from training.config import UNetConfig
from training.postprocess import WatershedConfig
from training.targets import INTERIOR, TargetConfig, inner_distance_target, pixelwise_target
from training.tuning import TuningSample, tune_watershed


def sample_of(labels, *, likely):
    """Maps of a network that finds the instances but is not sure of them."""
    distance = inner_distance_target(labels, config=TargetConfig())
    interior = pixelwise_target(labels, config=TargetConfig())[..., INTERIOR] * np.float32(likely)
    stack = np.stack([labels, np.full_like(labels, -1)], axis=-1)
    return TuningSample({"whole_cell": (distance, interior)}, stack)


def squares():
    rows, cols = np.indices((60, 60))
    labels = 1 + rows // 15 * 4 + cols // 15
    labels[(rows % 15 < 3) | (cols % 15 < 3)] = 0
    return labels.astype(np.int32)


def test_a_threshold_that_misses_the_instances_is_replaced():
    config, f1 = tune_watershed([sample_of(squares(), likely=0.25)], config=UNetConfig())
    assert config.whole_cell.interior_threshold == 0.2
    assert f1["whole_cell"] > 0.9


def test_what_cannot_be_improved_stays():
    config, f1 = tune_watershed([sample_of(squares(), likely=1.0)], config=UNetConfig())
    assert (config, set(f1)) == (UNetConfig(), {"whole_cell"})


def test_without_samples_nothing_is_chosen():
    assert tune_watershed([], config=UNetConfig()) == (UNetConfig(), {})
    assert UNetConfig().nuclear == WatershedConfig.preset("nuclear")
