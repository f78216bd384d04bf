"""The tree of errors: what is caught together, what an error carries."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from pipeline import errors


@pytest.mark.parametrize(
    "name", ["UnreadableImage", "AmbiguousAxes", "UnsafeArchive", "TooLarge", "InvalidLabels", "InvalidImage"]
)
def test_bad_data_is_an_input_error_that_names_its_file(name):
    error = getattr(errors, name)("It is cut short; copy it again.", path="a/b.tif")
    assert isinstance(error, errors.InputError)
    assert isinstance(error, errors.PipelineError)
    assert isinstance(error, ValueError)
    assert str(error) == "a/b.tif: It is cut short; copy it again."
    assert error.path == Path("a/b.tif")


@pytest.mark.parametrize(
    "name", ["InvalidSetting", "InvalidWindow", "InvalidDiff", "DivergingDiff", "CropMismatch"]
)
def test_bad_arguments_are_no_input_errors(name):
    error = getattr(errors, name)("No.")
    assert isinstance(error, errors.PipelineError)
    assert not isinstance(error, errors.InputError)


def test_errors_keep_their_data_when_they_are_rebuilt_elsewhere():
    axes = errors.AmbiguousAxes("Name the axes.", choices=("CYX", "ZYX"), path="x.tif")
    diverging = errors.DivergingDiff("Load again.", row=1, col=2, expected=3, found=4)
    read, other = copy.deepcopy((axes, diverging))
    assert (read.choices, read.path, str(read)) == (("CYX", "ZYX"), Path("x.tif"), str(axes))
    assert (other.row, other.col, other.expected, other.found) == (1, 2, 3, 4)
