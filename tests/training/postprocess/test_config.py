import pytest

from training.errors import InvalidConfig
from training.postprocess import WatershedConfig


def test_the_set_of_the_paper_is_that_of_its_benchmarks():
    paper = WatershedConfig.preset("paper")
    assert (paper.maxima_threshold, paper.maxima_smooth_px) == (0.1, 0.0)
    assert (paper.interior_threshold, paper.interior_smooth_px) == (0.3, 2.0)
    assert (paper.small_objects_px, paper.fill_holes_px, paper.radius_px) == (10, 10, 3)


def test_changes_keep_the_other_parameters():
    own = WatershedConfig.preset("nuclear")
    changed = own.changed({"maxima_threshold": 0.2, "interior_smooth_px": 3}, compartment="nuclear")
    assert (changed.maxima_threshold, changed.interior_smooth_px) == (0.2, 3.0)
    assert changed.growth_px == own.growth_px


def test_a_preset_replaces_all_that_is_not_named():
    own = WatershedConfig.preset("nuclear")
    changed = own.changed({"preset": "mesmer", "radius_px": 4}, compartment="nuclear")
    assert changed == WatershedConfig(maxima_threshold=0.1, interior_threshold=0.2, radius_px=4)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"maxima_treshold": 0.1}, "the watershed of nuclear has no parameter maxima_treshold; known are"),
        ({"preset": "best"}, "preset is 'best'; choose from default, mesmer, paper"),
        ({"radius_px": 0}, "radius_px is 0; choose from 1 to 50"),
    ],
)
def test_what_cannot_be_is_refused(values, message):
    with pytest.raises(InvalidConfig, match=message):
        WatershedConfig.preset("nuclear").changed(values, compartment="nuclear")


def test_a_value_out_of_range_is_refused_by_name():
    with pytest.raises(InvalidConfig, match="growth_px is -1; choose from 0 to 50"):
        WatershedConfig(growth_px=-1)
