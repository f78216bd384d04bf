"""Thresholds of quality control: defaults, settings, refusals."""

from __future__ import annotations

import pytest

from pipeline.errors import InvalidSetting
from pipeline.qc import QcThresholds


def test_settings_replace_defaults():
    thresholds = QcThresholds.from_settings({"min_area_px": 30, "size_z": 3.5})
    assert (thresholds.min_area_px, thresholds.size_z, thresholds.min_cells) == (30, 3.5, 20)
    assert QcThresholds.from_settings({}) == QcThresholds()


def test_unknown_names_are_refused_by_name():
    with pytest.raises(InvalidSetting, match="No QC threshold max_holes, min_size; there are min_area_px, "):
        QcThresholds.from_settings({"min_size": 3, "max_holes": 1, "min_cells": 2})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_area_px": -1}, "min_area_px is -1; give a whole number of 0 or more"),
        ({"min_cells": 2.5}, r"min_cells is 2\.5; give a whole number"),
        ({"size_z": "5"}, "size_z is '5'; give a number of 0 or more"),
        ({"shape_z": float("nan")}, "shape_z is nan; give a number"),
        ({"shape_z": float("inf")}, "shape_z is inf; give a number"),
        ({"size_z": 10**400}, "size_z is 1000"),
        ({"min_cells": True}, "min_cells is True; give a whole number"),
        ({"max_outside": 1.5}, r"max_outside is 1\.5; give a share from 0 to 1"),
    ],
)
def test_values_out_of_range(settings, message):
    with pytest.raises(InvalidSetting, match=message):
        QcThresholds.from_settings(settings)
