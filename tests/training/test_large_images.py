import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage as ndi

from pipeline.metrics import score_labels
from pipeline.synthetic import synthetic_tissue
from pipeline.windows import Window
from tests.training import large_prediction
from tests.training.large_prediction import CELL_PX, PERIOD_PX
from training.baseline import BaselinePredictor
from training.errors import InvalidConfig, UnfinishedPrediction
from training.large_images import plan_tiles, predict_image
from training.prediction import Prediction, match_labels, mean_by_label
from training.predictor import load_predictor


class ThresholdPredictor:
    """Cells are the pieces above zero in the membrane channel, nuclei those in the nuclear channel."""

    name = "threshold"
    compartments = ("whole_cell", "nuclear")
    shrink = 1

    def __init__(self, compartments=("whole_cell", "nuclear")):
        self.compartments = compartments

    def seen_um(self, image_um):
        return None if image_um is None else 0.5

    def scaled(self):
        return self

    def choose_shrink(self, read, shape):
        return self.shrink

    def calibrated(self, pieces):
        self.n_pixels = sum(piece.shape[0] * piece.shape[1] for piece in pieces)
        return self

    def predict(self, image):
        planes = {"whole_cell": image[..., 1], "nuclear": image[..., 0]}
        return {name: ndi.label(planes[name] > 0)[0].astype(np.int32) for name in self.compartments}

    def predict_scored(self, image):
        """As sure of an instance as its channel is bright."""
        labels, leftovers = match_labels(self.predict(image))
        planes = {"whole_cell": image[..., 1], "nuclear": image[..., 0]}
        confidences = {name: mean_by_label(labels[name], planes[name]) for name in labels}
        return Prediction(labels, confidences, leftovers, {"network": 0.5})


def assembled(bands, shape):
    """Join bands, checking that they follow one another without a gap."""
    rows = 0
    planes = {}
    for band in bands:
        assert band.row == rows
        rows += next(iter(band.labels.values())).shape[0]
        for name, plane in band.labels.items():
            planes.setdefault(name, []).append(plane)
    assert rows == shape[0]
    return {name: np.concatenate(parts) for name, parts in planes.items()}


def reader(image):
    return lambda window: image[window.slices]


@given(
    st.tuples(st.integers(1, 900), st.integers(1, 900)), st.sampled_from([(256, 0), (256, 128), (384, 128)])
)
def test_tiles_cover_every_pixel_and_none_is_needless(shape, sizes):
    tile_px, overlap_px = sizes
    seen = np.zeros(shape, np.int32)
    tiles = plan_tiles(shape, tile_px=tile_px, overlap_px=overlap_px)
    for tile in tiles:
        seen[tile.slices] += 1
    assert (seen > 0).all()
    assert not any(a != b and a.contains(b) for a in tiles for b in tiles)
    if overlap_px == 0:
        assert (seen == 1).all()


def discs(shape, *, radius):
    rows, cols = np.indices(shape)
    return ((rows % 41 - 20) ** 2 + (cols % 43 - 20) ** 2 <= radius**2).astype(np.float32)


def test_instances_come_whole_and_matched_over_the_fov():
    shape = (500, 611)
    image = np.stack([discs(shape, radius=6), discs(shape, radius=14)], axis=-1)
    predictor = ThresholdPredictor()
    found = assembled(predict_image(predictor, reader(image), shape, tile_px=256, overlap_px=128), shape)
    whole = ThresholdPredictor().predict(image)
    assert predictor.n_pixels == 500 * 611
    for name in whole:
        assert score_labels(whole[name], found[name], iou=0.99).f1 == 1
    inside = found["nuclear"] > 0
    assert np.array_equal(found["nuclear"][inside], found["whole_cell"][inside])


def test_a_nucleus_without_a_cell_has_a_label_of_its_own():
    shape = (300, 300)
    image = np.stack([discs(shape, radius=6), discs(shape, radius=14)], axis=-1)
    image[:150, :, 1] = 0
    found = assembled(
        predict_image(ThresholdPredictor(), reader(image), shape, tile_px=256, overlap_px=128), shape
    )
    cells = set(np.unique(found["whole_cell"]))
    lonely = set(np.unique(found["nuclear"][:120])) - {0}
    assert lonely
    assert not lonely & cells


def test_one_compartment_is_stitched_alone():
    shape = (300, 300)
    image = np.stack([discs(shape, radius=6)] * 2, axis=-1)
    predictor = ThresholdPredictor(("nuclear",))
    found = assembled(predict_image(predictor, reader(image), shape, tile_px=256, overlap_px=128), shape)
    assert set(found) == {"nuclear"}


def shaded(shape):
    """Cells of which each has a brightness of its own, some without a nucleus."""
    labels = ndi.label(discs(shape, radius=14))[0]
    brightness = np.random.default_rng(0).uniform(0.1, 1.0, labels.max() + 1)
    nuclei = np.where(labels % 5, discs(shape, radius=6), 0)
    return np.stack([nuclei, np.where(labels, brightness[labels], 0)], axis=-1).astype(np.float32)


@pytest.mark.parametrize("compartments", [("whole_cell", "nuclear"), ("whole_cell",)])
def test_confidences_and_leftovers_are_those_of_the_whole_image(compartments):
    shape = (500, 611)
    image = shaded(shape)
    predictor = ThresholdPredictor(compartments)
    bands = predict_image(predictor, reader(image), shape, tile_px=256, overlap_px=128)
    found = assembled(bands, shape)
    assert bands.confidences.keys() == found.keys()
    for name, values in bands.confidences.items():
        assert len(values) == found[name].max() + 1
        plane = {"whole_cell": image[..., 1], "nuclear": image[..., 0]}[name]
        np.testing.assert_allclose(values, mean_by_label(found[name], plane), atol=1e-6)
    cells, nuclei = (set(np.unique(found.get(name, 0)).tolist()) - {0} for name in ("whole_cell", "nuclear"))
    lonely = {"whole_cell": cells - nuclei, "nuclear": nuclei - cells} if nuclei else {"whole_cell": set()}
    assert {name: set(values.tolist()) for name, values in bands.leftovers.items()} == lonely
    assert bands.seconds["network"] == 0.5 * 12
    assert bands.seconds.keys() >= {"read", "calibrate", "stitch"}


def test_what_is_known_at_the_end_is_not_told_before():
    image = shaded((100, 100))
    bands = predict_image(ThresholdPredictor(), reader(image), (100, 100))
    with pytest.raises(UnfinishedPrediction, match="take all bands first"):
        _ = bands.confidences
    (band,) = bands
    whole = ThresholdPredictor().predict_scored(image)
    assert np.array_equal(bands.confidences["nuclear"], whole.confidences["nuclear"])
    assert np.array_equal(bands.leftovers["whole_cell"], whole.leftovers["whole_cell"])
    assert np.array_equal(band.labels["nuclear"], whole.labels["nuclear"])


def test_an_fov_that_fits_a_tile_is_predicted_whole():
    image = synthetic_tissue(1, shape=(120, 90)).image.astype(np.float32)
    (band,) = predict_image(BaselinePredictor(), reader(image), (120, 90))
    whole = BaselinePredictor().predict(image)
    assert all(np.array_equal(band.labels[name], whole[name]) for name in whole)


def test_progress_counts_tiles():
    image = np.stack([discs((300, 300), radius=6)] * 2, axis=-1)
    seen = []
    list(
        predict_image(
            ThresholdPredictor(), reader(image), (300, 300), tile_px=256, overlap_px=128, progress=seen.append
        )
    )
    assert seen == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize(("kind", "iou", "least_f1"), [("baseline", 0.5, 0.93), ("unet", 0.9, 0.97)])
def test_prediction_by_tiles_is_prediction_whole(kind, iou, least_f1, trained):
    predictor = load_predictor("baseline" if kind == "baseline" else trained[0].folder)
    shape = (420, 512)
    image = synthetic_tissue(8, shape=shape).image.astype(np.float32)
    whole = predictor.predict(image)
    bands = predict_image(predictor, reader(image), shape, tile_px=384, overlap_px=128)
    found = assembled(bands, shape)
    for name in whole:
        assert score_labels(whole[name], found[name], iou=iou).f1 > least_f1


@pytest.mark.parametrize(
    ("shape", "tile_px", "overlap_px", "message"),
    [
        ((0, 5), 256, 128, "0 x 5 px"),
        ((500, 500), 250, 128, "tile_px is 250"),
        ((500, 500), 256, 100, "overlap_px 100"),
        ((500, 500), 256, 256, "below the tile"),
    ],
)
def test_tiles_that_cannot_be_are_refused(shape, tile_px, overlap_px, message):
    with pytest.raises(InvalidConfig, match=message):
        list(predict_image(BaselinePredictor(), reader, shape, tile_px=tile_px, overlap_px=overlap_px))


@pytest.mark.parametrize("pixel_size_um", [0.25, 0.8])
def test_an_image_of_another_pixel_size_is_seen_at_that_of_the_model(pixel_size_um):
    shape = (320, 261)
    labels = ndi.label(discs(shape, radius=14))[0]
    image = np.stack([labels > 0, labels > 0], axis=-1).astype(np.float32)
    seen = []

    class Sharp(ThresholdPredictor):
        def predict(self, image):
            seen.append(image.shape[:2])
            return super().predict((image > 0.5).astype(np.float32))

    bands = predict_image(Sharp(), reader(image), shape, pixel_size_um=pixel_size_um)
    found = assembled(bands, shape)
    assert seen == [(round(320 * pixel_size_um / 0.5), round(261 * pixel_size_um / 0.5))]
    for name, plane in found.items():
        assert plane.shape == shape
        assert score_labels(labels, plane, iou=0.85).f1 == 1
        assert len(bands.confidences[name]) == plane.max() + 1


def test_tiles_of_a_scaled_image_are_those_of_the_whole():
    shape = (700, 650)
    image = np.stack([discs(shape, radius=6), discs(shape, radius=14)], axis=-1)
    predictor = ThresholdPredictor()
    scale = {"pixel_size_um": 0.4}
    whole = assembled(predict_image(predictor, reader(image), shape, **scale), shape)
    tiled = predict_image(predictor, reader(image), shape, tile_px=256, overlap_px=128, **scale)
    found = assembled(tiled, shape)
    for name in whole:
        assert score_labels(whole[name], found[name], iou=0.99).f1 == 1


class Choosing(ThresholdPredictor):
    """Sees edges sharply, and notes what it was asked."""

    def __init__(self, shrink):
        super().__init__()
        self.shrink, self.shapes, self.n_asked = shrink, [], 0

    def choose_shrink(self, read, shape):
        assert read(Window(3, 4, 5, 6)).shape == (5, 6, 2)
        self.n_asked += 1
        return self.shrink

    def predict(self, image):
        self.shapes.append(image.shape[:2])
        return super().predict((image > 0.5).astype(np.float32))


@pytest.mark.parametrize("sizes", [{}, {"tile_px": 256, "overlap_px": 128}])
def test_an_fov_is_seen_shrunken_as_its_predictor_chose(sizes):
    shape = (1022, 901)
    labels = ndi.label(discs((1022, 901), radius=19))[0]
    image = np.stack([labels > 0, labels > 0], axis=-1).astype(np.float32)
    predictor = Choosing(2)
    bands = predict_image(predictor, reader(image), shape, **sizes)
    assert predictor.n_asked == 0
    found = assembled(bands, shape)
    assert predictor.n_asked == 1
    assert max(max(seen) for seen in predictor.shapes) <= min(511, sizes.get("tile_px", 511))
    for name, plane in found.items():
        assert score_labels(labels, plane, iou=0.9).f1 > 0.98
        assert len(bands.confidences[name]) == plane.max() + 1
    assert bands.seconds["scale"] > 0


def test_a_chosen_shrink_wins_over_the_estimate_and_over_pixel_sizes():
    image = shaded((100, 120))
    predictor = Choosing(8)
    list(predict_image(predictor, reader(image), (100, 120), shrink=4))
    list(predict_image(predictor, reader(image), (100, 120), shrink=4, pixel_size_um=0.25))
    list(predict_image(predictor, reader(image), (100, 120), shrink=1, pixel_size_um=0.25))
    assert (predictor.shapes, predictor.n_asked) == ([(25, 30), (25, 30), (100, 120)], 0)


def test_known_pixel_sizes_leave_nothing_to_estimate():
    predictor = Choosing(8)
    list(predict_image(predictor, reader(shaded((100, 120))), (100, 120), pixel_size_um=0.5))
    list(predict_image(predictor, reader(shaded((100, 120))), (100, 120), pixel_size_um=0.25))
    assert (predictor.shapes, predictor.n_asked) == ([(100, 120), (50, 60)], 0)


def test_a_shrink_that_cannot_be_is_refused():
    with pytest.raises(InvalidConfig, match="shrink is 3; choose one of"):
        predict_image(ThresholdPredictor(), reader, (100, 100), shrink=3)


@pytest.mark.parametrize("pixel_size_um", [None, 0.5, 0.505])
def test_an_image_of_the_pixel_size_of_the_model_is_seen_as_it_is(pixel_size_um):
    image = shaded((100, 100))
    (band,) = predict_image(ThresholdPredictor(), reader(image), (100, 100), pixel_size_um=pixel_size_um)
    assert np.array_equal(
        band.labels["nuclear"], ThresholdPredictor().predict_scored(image).labels["nuclear"]
    )


def test_twenty_thousand_pixels_square_are_predicted_in_bounded_memory():
    side_px, n_across = 20_000, -(-20_000 // PERIOD_PX)
    script = Path(large_prediction.__file__)
    done = subprocess.run(
        [sys.executable, script, str(side_px)],
        capture_output=True,
        check=True,
        cwd=script.parents[2],
        env={"PYTHONPATH": "."},
    )
    told = json.loads(done.stdout)
    lit_across = n_across * CELL_PX - max(0, (n_across - 1) * PERIOD_PX + CELL_PX - side_px)
    assert told["n_instances"] == n_across**2
    assert told["n_lit_px"] == lit_across**2
    assert told["least_confidence"] == 0.5
    assert told["peak_gb"] < 4
