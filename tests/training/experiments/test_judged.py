"""The experiments that judge a predictor: distortions, nuclear expansion, annotators."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.io.labelled import AnnotatedImage
from training.errors import UnusableDataset
from training.experiments.annotators import run_annotators
from training.experiments.distortions import DISTORTIONS, add_noise, blur, resample, run_distortions
from training.experiments.nuclear_expansion import run_nuclear_expansion, size_errors

RNG = np.random.default_rng(0)


def test_distortions_keep_the_shape_and_do_what_they_say(tissues):
    image = tissues[0].image
    for distort, _, strengths in DISTORTIONS.values():
        worse = distort(image, strengths[-1], np.random.default_rng(0))
        assert (worse.shape, worse.dtype) == (image.shape, np.float32)
    assert blur(image, 3, RNG).var() < blur(image, 1, RNG).var() < image.var()
    assert resample(image, 4, RNG).var() < image.var()
    top = np.percentile(image, 99.9, axis=(0, 1))
    noise = add_noise(image + 1e6, 0.1, np.random.default_rng(0)) - (image + 1e6)
    assert noise.std(axis=(0, 1)) == pytest.approx(
        0.1 * np.percentile(image + 1e6, 99.9, axis=(0, 1)), rel=0.05
    )
    assert (top > 0).all()


def test_distorted_images_score_worse(tissues, settings):
    given, reported = settings
    outcome = run_distortions(tissues[:1], settings=given)
    nuclear = [row for row in outcome.rows if row["compartment"] == "nuclear"]
    for name, (_, _, strengths) in DISTORTIONS.items():
        f1 = {row["strength"]: row["f1"] for row in nuclear if row["distortion"] == name}
        assert list(f1) == list(strengths)
        assert f1[strengths[-1]] < f1[strengths[0]]
    # The first strength of each leaves the image as it is.
    assert len({row["f1"] for row in nuclear if row["strength"] == DISTORTIONS[row["distortion"]][2][0]}) == 1
    assert "blur 5: nuclear" in outcome.finding
    assert reported[-1] == 1


def test_size_errors_take_the_best_partner():
    true = np.zeros((20, 30), np.int32)
    true[0:10, 0:10], true[12:20, 0:10], true[0:10, 20:30] = 1, 2, 3
    predicted = np.zeros_like(true)
    predicted[0:10, 0:8], predicted[0:10, 8:10] = 5, 6
    predicted[12:20, 0:20] = 7
    assert size_errors(true, predicted).tolist() == [[100, pytest.approx(-0.2)], [80, 1]]
    assert size_errors(true, np.zeros_like(true)).shape == (0, 2)


def test_nuclear_expansion_compares_both_ways_to_whole_cells(tissues, settings):
    given, reported = settings
    outcome = run_nuclear_expansion(tissues[:1], settings=given)
    grown, predicted = outcome.rows
    assert grown["n_true"] == predicted["n_true"] > 0
    assert 0 < grown["n_compared"] <= grown["n_true"]
    assert f"nuclei grown by 3 px: F1 {grown['f1']:.3f}" in outcome.finding
    assert reported == [1.0]


def test_nuclear_expansion_needs_whole_cells(tissues, settings):
    nuclei = replace(tissues[0], labels={"nuclear": tissues[0].labels["nuclear"]})
    with pytest.raises(
        UnusableDataset, match="0 of 1 images have whole cells, and baseline predicts whole_cell, nuclear"
    ):
        run_nuclear_expansion([nuclei], settings=settings[0])


def annotated(item, *names):
    makers = {name: np.roll(item.labels["nuclear"], place, axis=0) for place, name in enumerate(names)}
    return AnnotatedImage(item.image, "nuclear", makers)


def test_annotators_are_compared_with_each_other_and_with_predictors(tissues, settings):
    outcome = run_annotators([annotated(tissues[0], "one", "two")], settings=settings[0])
    pairs = [(row["first"], row["second"]) for row in outcome.rows]
    assert pairs == [("one", "two"), ("one", "baseline"), ("two", "baseline")]
    f1 = [row["f1"] for row in outcome.rows]
    assert f1[0] > max(f1[1:])
    assert f"people with one another {f1[0]:.3f} (pairs: 1); baseline with people" in outcome.finding


def test_annotators_need_two_people(tissues, settings):
    for images in ([annotated(tissues[0], "alone")], []):
        with pytest.raises(UnusableDataset, match=rf"labels of {len(images)} annotators were found, and no"):
            run_annotators(images, settings=settings[0])


def test_images_of_one_annotator_do_not_say_how_people_agree(tissues, settings):
    alone = annotated(tissues[1], "one")
    both = annotated(tissues[0], "one", "two")
    with_more, without = (run_annotators(images, settings=settings[0]) for images in ([both, alone], [both]))
    assert with_more.rows == without.rows
    assert with_more.finding == without.finding


def test_there_has_to_be_an_image_to_distort(settings):
    with pytest.raises(UnusableDataset, match="there is no labelled image to distort; give some"):
        run_distortions([], settings=settings[0])
