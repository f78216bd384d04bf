from typing import Any

import pytest

from backend.errors import InvalidInput
from backend.services.submit_checks import read_submit_checks


def test_thresholds_left_out_take_their_defaults() -> None:
    defaults = read_submit_checks({})
    assert defaults == {"min_area_px": 15, "min_covered": 0.5, "min_bright_area_px": 80}
    assert read_submit_checks({"min_covered": 0}) == {**defaults, "min_covered": 0}
    assert read_submit_checks(defaults) == defaults


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"min_area_px": -1}, "submit_checks.min_area_px is -1; give a whole number of pixels from 0 to"),
        ({"min_area_px": 1.5}, "submit_checks.min_area_px is 1.5"),
        ({"min_bright_area_px": 0}, "submit_checks.min_bright_area_px is 0; give a whole number"),
        ({"min_covered": 1.5}, "submit_checks.min_covered is 1.5; give a share from 0 to 1."),
        ({"min_covered": None}, "submit_checks.min_covered is None"),
        ({"max_area_px": 3}, "submit_checks has no max_area_px; known are min_area_px, min_covered"),
        ([], "submit_checks is []; give an object"),
    ],
)
def test_a_threshold_that_cannot_be(values: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_submit_checks(values)
    assert message in caught.value.message
    assert caught.value.detail["field"] == "submit_checks"
