import json

import pytest

from training.config import FitConfig, UNetConfig, config_from_dict, config_to_dict
from training.errors import InvalidConfig
from training.postprocess import WatershedConfig


@pytest.mark.parametrize(
    "config",
    [
        UNetConfig(),
        UNetConfig(
            compartments=("nuclear",),
            filters=(8, 16),
            nuclear=WatershedConfig.preset("paper"),
            fit=FitConfig(learning_rate=1e-4),
        ),
    ],
)
def test_a_config_survives_json(config):
    assert config_from_dict(UNetConfig, json.loads(json.dumps(config_to_dict(config)))) == config


def test_absent_settings_keep_their_defaults():
    assert config_from_dict(UNetConfig, {}) == UNetConfig()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"filter": [8]}, r"unknown settings \['filter'\]"),
        ({"fit": {"lr": 1}}, r"the config: fit has unknown settings \['lr'\]"),
        ({"fit": 3}, "the config: fit is int; it must be an object"),
        ({"filters": 8}, "filters is 8; it must be a list"),
        ({"filters": ["8"]}, "filters is '8'; it must be int"),
        ({"filters": []}, "there must be 1 to 8 levels"),
        ({"head_filters": True}, "head_filters is True; it must be int"),
        ({"compartments": ["nuclear", "whole_cell"]}, "in this order"),
        ({"compartments": ["cytoplasm"]}, "choose from"),
        ({"fit": {"crop_px": 100}}, "crop_px is 100; choose a multiple of 16"),
        ({"fit": {"learning_rate": 0}}, "learning_rate is 0.0"),
        ({"fit": {"batch_size": 0}}, "batch_size is 0; choose 1 or more"),
        ({"fit": {"max_zoom": 9}}, "max_zoom is 9.0"),
        ({"fit": {"fine_tune_rate": 2}}, "fine_tune_rate is 2.0; choose a number above 0, at most 1"),
        ({"n_channels": 10**6}, "n_channels is 1000000; choose from 1 to 256"),
        ({"filters": [8] * 9}, "there must be 1 to 8 levels"),
        ({"head_filters": 1025}, "head_filters 1025; each must be 1 to 1024"),
        ({"targets": {"alpha": 0}}, "alpha is 0.0; choose a number above 0"),
        ({"targets": {"beta": float("nan")}}, "beta is nan; choose a number above 0"),
        ({"targets": {"beta": 10**400}}, "targets: beta is 1000.*; it must be float"),
        ({"targets": {"erosion_px": 51}}, "erosion_px is 51; choose from 0 to 50"),
        ({"targets": {"dilation_px": -1}}, "dilation_px is -1; choose from 0 to 50"),
        ({"nuclear": {"markers": "seeds"}}, "markers is 'seeds'"),
        ({"nuclear": {"maxima_threshold": 1.0}}, "maxima_threshold is 1.0"),
        ({"nuclear": {"radius_px": 0}}, "radius_px is 0"),
        ({"nuclear": {"small_objects_px": -1}}, "small_objects_px is -1"),
    ],
)
def test_wrong_settings_are_refused_by_name(values, message):
    with pytest.raises(InvalidConfig, match=message):
        config_from_dict(UNetConfig, values)


def test_the_paper_and_mesmer_are_presets():
    paper, mesmer = WatershedConfig.preset("paper"), WatershedConfig.preset("mesmer_nuclear")
    assert (paper.maxima_threshold, paper.interior_threshold, paper.radius_px) == (0.1, 0.3, 3)
    assert (mesmer.maxima_threshold, mesmer.interior_threshold, mesmer.interior_smooth_px) == (0.1, 0.2, 2)
