"""What drawn tissue can be like, and what not."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InvalidSetting
from pipeline.tissue_settings import TissueSettings

NAMES = [field.name for field in fields(TissueSettings)]


@given(name=st.sampled_from(NAMES), value=st.floats(max_value=0, exclude_max=True) | st.just(np.nan))
def test_no_setting_is_below_zero(name: str, value: float) -> None:
    with pytest.raises(InvalidSetting, match=f"The {name} of a tissue is .*give a number of 0 or more"):
        TissueSettings(**{name: value})


@pytest.mark.parametrize("change", [{"spacing_px": 3}, {"photons": 0}, {"elongation": 0.9}])
def test_settings_that_cannot_be_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(InvalidSetting, match="cannot be; give at least 6, at least 1 and more than 0"):
        TissueSettings(**change)
