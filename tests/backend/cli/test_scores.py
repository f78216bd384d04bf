import json

import numpy as np
import pytest

from pipeline.io.npz import write_npz
from pipeline.metrics import FIGURES, RATIOS


@pytest.fixture
def labels(tmp_path):
    """Write two images of one square cell each, and say where."""

    def write(name, *cols, compartment="nuclear"):
        y = np.zeros((len(cols), 20, 40, 1), np.int32)
        for image, col in zip(y, cols, strict=True):
            image[5:15, col : col + 10] = 1
        write_npz(tmp_path / f"{name}.npz", y=y, compartments=[compartment])
        return tmp_path / f"{name}.npz"

    return write


def test_score_prints_the_figures_of_each_compartment(call, labelled):
    image = labelled(2)
    scores = json.loads(call("score", "--true", image, "--pred", image, "--json").output)
    for values in scores.values():
        assert set(FIGURES) <= set(values)
        assert {values[name] for name in RATIOS} == {1.0}
        assert values["boundary_f1"] == 1
        assert values["mean_per_image"] == {"n_images": 1} | dict.fromkeys((*RATIOS, "boundary_f1"), 1.0)


def test_score_tells_pooled_from_the_mean_of_images(call, labels):
    true, pred = labels("true", 5, 5), labels("pred", 6, 25)
    scores = json.loads(call("score", "--true", true, "--pred", pred, "--json").output)["nuclear"]
    assert (scores["n_true"], scores["correct"], scores["f1"]) == (2, 1, 0.5)
    assert scores["dice"] == pytest.approx(2 * 90 / 400)
    assert scores["mean_per_image"]["dice"] == pytest.approx(0.9 / 2)
    text = call("score", "--true", true, "--pred", pred).output
    assert "mean of 2 images" in text
    assert f"boundary_f1  {scores['boundary_f1']:.4f}  {scores['mean_per_image']['boundary_f1']:.4f}" in text


def test_agreement_compares_all_pairs(call, labels):
    files = [f"{name}={labels(name, col)}" for name, col in (("first", 5), ("second", 6), ("model", 25))]
    found = json.loads(call("agreement", *files, "--json").output)
    assert [(row["first"], row["second"], row["f1"]) for row in found] == [
        ("first", "second", 1.0),
        ("first", "model", 0.0),
        ("second", "model", 0.0),
    ]
    assert (
        "first and second, nuclear: F1 1.0000 at IoU 0.6 (1 and 1 instances)"
        in call("agreement", *files).output
    )


def fails(result, words):
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert words in result.output


def test_agreement_refuses_what_cannot_be_compared(call, labels):
    one, two, cells = labels("one", 5), labels("two", 5, 5), labels("cells", 5, compartment="whole_cell")
    fails(call("agreement", f"a={one}", f"b={two}"), "different numbers of images")
    fails(call("agreement", f"a={one}", f"b={cells}"), "No two of these files have a compartment in common")
    fails(call("agreement", f"a={one}", f"a={two}"), "Two files are named 'a'")
    fails(call("agreement", "a=nowhere.npz"), "There is no file nowhere.npz")


def test_score_refuses_other_numbers_of_images_and_other_compartments(call, labels):
    one, two, cells = labels("one", 5), labels("two", 5, 5), labels("cells", 5, compartment="whole_cell")
    fails(call("score", "--true", one, "--pred", two), "has 2 images")
    fails(call("score", "--true", one, "--pred", cells), "shares no compartment")
