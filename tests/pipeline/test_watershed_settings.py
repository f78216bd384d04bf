import math

import pytest

from pipeline.errors import InvalidSetting
from pipeline.watershed_settings import PRESETS, WatershedSettings, check_postprocessing, check_watershed


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("compartment", ["whole_cell", "nuclear"])
def test_every_named_set_is_one_that_can_be(preset, compartment):
    assert isinstance(WatershedSettings(**PRESETS[preset][compartment]), WatershedSettings)


def test_what_is_right_comes_back_with_numbers_of_their_kind():
    given = {"nuclear": {"preset": "paper", "interior_smooth_px": 1, "radius_px": 2}, "whole_cell": {}}
    checked = check_postprocessing(given)
    assert checked == given
    assert isinstance(checked["nuclear"]["interior_smooth_px"], float)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"radius": 2}, "the watershed has no parameter radius; known are preset, maxima_threshold"),
        ({"radius_px": 2.5}, "radius_px is 2.5; it must be a whole number"),
        ({"radius_px": True}, "radius_px is True; it must be a whole number"),
        ({"maxima_threshold": "high"}, "maxima_threshold is 'high'; it must be a number"),
        ({"maxima_smooth_px": math.inf}, "maxima_smooth_px is inf; it must be a number"),
        ({"maxima_smooth_px": 10**400}, "maxima_smooth_px is 1000"),
        ({"maxima_threshold": 1}, "maxima_threshold is 1.0; choose a number between 0 and 1"),
        ({"growth_px": 99}, "growth_px is 99; choose from 0 to 50"),
        ({"markers": "all"}, "markers is 'all'; choose 'h_maxima' or 'peaks'"),
        (["radius_px"], "give parameters by name"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(values, message):
    with pytest.raises(InvalidSetting, match=message):
        check_watershed(values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"cytoplasm": {}}, "postprocessing has no cytoplasm; known are whole_cell, nuclear"),
        (3, "postprocessing is 3; give parameters by compartment"),
        ({"nuclear": {"growth_px": -1}}, "postprocessing: nuclear: growth_px is -1"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_place(values, message):
    with pytest.raises(InvalidSetting, match=message):
        check_postprocessing(values)
