"""Stitching: the laws on random label images, then examples by hand, then each refusal."""

from __future__ import annotations

import json
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from pipeline.errors import CropMismatch, InvalidLabels, InvalidSetting
from pipeline.labels import same_partition
from pipeline.stitch import stitch_bands, stitch_labels
from pipeline.windows import Window, plan_windows

EIGHT = np.ones((3, 3), dtype=int)


def random_windows(draw, shape):
    size_px = draw(st.integers(2, 12))
    overlap_px = draw(st.integers(1, size_px - 1))
    return plan_windows(shape, size_px=size_px, overlap=overlap_px / size_px), overlap_px


def connected_labels(draw, shape):
    """Draw regions of noise that touch one another, each 8-connected, from sparse to filling everything."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = generator.integers(0, draw(st.integers(2, 6)), shape)
    values = np.kron(values, np.ones((draw(st.integers(1, 4)),) * 2, dtype=int))[: shape[0], : shape[1]]
    labels = np.zeros(shape, dtype=np.int32)
    for value in range(draw(st.integers(0, 1)), values.max() + 1):
        parts, _ = ndimage.label(values == value, structure=EIGHT)
        labels[parts > 0] = parts[parts > 0] + labels.max()
    return labels


@st.composite
def cut_labels(draw):
    shape = draw(st.tuples(st.integers(1, 26), st.integers(1, 26)))
    windows, _ = random_windows(draw, shape)
    labels = connected_labels(draw, shape)
    return labels, windows


@st.composite
def scattered_labels(draw):
    """Draw instances in several pieces, each within a box no larger than the overlap."""
    shape = draw(st.tuples(st.integers(1, 26), st.integers(1, 26)))
    windows, overlap_px = random_windows(draw, shape)
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    labels = np.zeros(shape, dtype=np.int32)
    for label in range(1, draw(st.integers(1, 30)) + 1):
        row, col = generator.integers(0, shape[0]), generator.integers(0, shape[1])
        part = labels[row : row + overlap_px, col : col + overlap_px]
        part[(part == 0) & (generator.random(part.shape) < 0.5)] = label
    return labels, windows


@st.composite
def disputed_crops(draw):
    """Draw crops whose annotators each changed, erased, split or invented at random."""
    labels, windows = draw(cut_labels())
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    crops = []
    for window in windows:
        crop = labels[window.slices].copy()
        noise = generator.random(crop.shape)
        crop[noise < 0.05] = 0
        crop[noise > 0.95] = generator.integers(1, 9)
        crop[(crop == generator.integers(1, 9)) & (noise > 0.5)] = 1000
        crops.append((window, crop))
    return crops, labels.shape


def crop_all(labels, windows):
    return [(window, labels[window.slices].copy()) for window in windows]


def renumbered(labels, generator):
    """Give the same partition under random labels, some of them very high."""
    held = np.unique(labels[labels > 0])
    fresh = generator.choice(2**31 - 2, size=len(held), replace=False) + 1
    table = dict(zip(held.tolist(), fresh.tolist(), strict=True))
    return np.array([table.get(v, 0) for v in labels.ravel().tolist()], dtype=np.int32).reshape(labels.shape)


@given(cut_labels(), st.floats(0, 1))
def test_stitching_unchanged_crops_gives_the_original(case, min_overlap):
    labels, windows = case
    stitched, report = stitch_labels(crop_all(labels, windows), labels.shape, min_overlap=min_overlap)
    assert same_partition(stitched, labels)
    assert report.n_instances == len(np.unique(labels[labels > 0]))
    assert (report.n_conflicts, report.n_conflict_px, report.n_refused) == (0, 0, 0)


@given(scattered_labels())
def test_instances_in_pieces_come_back_when_they_fit_into_the_overlap(case):
    labels, windows = case
    stitched, report = stitch_labels(crop_all(labels, windows), labels.shape)
    assert same_partition(stitched, labels)
    assert report.n_conflicts == 0


@given(disputed_crops(), st.integers(0, 2**32 - 1))
def test_neither_the_order_of_crops_nor_their_labels_matter(case, seed):
    crops, shape = case
    generator = np.random.default_rng(seed)
    stitched, report = stitch_labels(crops, shape)
    shuffled = [(crops[k][0], renumbered(crops[k][1], generator)) for k in generator.permutation(len(crops))]
    again, second_report = stitch_labels(shuffled, shape)
    assert np.array_equal(stitched, again)
    assert report.merges == second_report.merges
    assert report.n_conflict_px == second_report.n_conflict_px
    assert [c.labels for c in report.conflicts] == [c.labels for c in second_report.conflicts]


@given(disputed_crops())
def test_two_cells_of_one_crop_stay_two(case):
    crops, shape = case
    stitched, _ = stitch_labels(crops, shape)
    covered = np.zeros(shape, dtype=int)
    for window, _ in crops:
        covered[window.slices] += 1
    for window, crop in crops:
        alone = (covered[window.slices] == 1) & (crop > 0) & (stitched[window.slices] > 0)
        pairs = np.unique(np.stack([stitched[window.slices][alone], crop[alone]]), axis=1)
        assert len(np.unique(pairs[0])) == pairs.shape[1]


@given(disputed_crops())
def test_bands_make_up_the_whole_and_crops_are_read_twice(case):
    crops, shape = case
    stitched, report = stitch_labels(crops, shape)
    reads = []

    def read_crop(number):
        reads.append(number)
        return crops[number][1]

    bands = stitch_bands([window for window, _ in crops], read_crop, shape)
    parts = list(bands)
    assert [row for row, _ in parts] == np.cumsum([0] + [len(band) for _, band in parts[:-1]]).tolist()
    assert np.array_equal(np.concatenate([band for _, band in parts]), stitched)
    assert bands.report == report
    assert sorted(reads) == sorted([*range(len(crops))] * 2)


@given(cut_labels(), st.integers(1, 3))
def test_frames_are_stitched_together(case, n_frames):
    labels, windows = case
    stack = np.stack([np.roll(labels, k, axis=0) for k in range(n_frames)])
    one_frame_each = np.where(stack > 0, stack + labels.max() * np.arange(n_frames)[:, None, None], 0)
    crops = [(w, one_frame_each[:, w.slices[0], w.slices[1]].astype(np.int32)) for w in windows]
    stitched, _ = stitch_labels(crops, labels.shape)
    assert stitched.shape == stack.shape
    for frame in range(n_frames):
        alone, _ = stitch_labels([(w, crop[frame]) for w, crop in crops], labels.shape)
        assert same_partition(stitched[frame], alone)


LEFT, RIGHT = Window(0, 0, 10, 12), Window(0, 8, 10, 12)


def two_crops(left=(), right=()):
    """Give two crops that share columns 8 to 11 of 10 x 20 px, with boxes (label, rows, cols) of the FOV."""
    crops = []
    for window, boxes in ((LEFT, left), (RIGHT, right)):
        fov = np.zeros((10, 20), dtype=np.int32)
        for label, rows, cols in boxes:
            fov[slice(*rows), slice(*cols)] = label
        crops.append((window, fov[window.slices]))
    return crops


def test_a_cut_cell_comes_from_the_neighbour_that_has_it_whole():
    # The left crop cuts the cell and draws it two rows higher than the right crop, which has all of it.
    crops = two_crops([(4, (1, 5), (9, 12))], [(7, (3, 8), (9, 16))])
    stitched, report = stitch_labels(crops, (10, 20))
    wanted = np.zeros((10, 20), dtype=np.int32)
    wanted[3:8, 9:16] = 1
    assert np.array_equal(stitched, wanted)
    assert (report.n_merges, report.merges[0].source, report.merges[0].n_crops) == (1, RIGHT, 2)
    assert (report.merges[0].row, report.merges[0].col) == (5, 12)
    # Only the left crop has 2 x 3 px above, only the right crop 3 x 3 px below.
    assert report.n_conflict_px == 15
    assert [(c.crop_labels, c.labels, c.n_px) for c in report.conflicts] == [
        ((0, 7), (0, 1), 9),
        ((4, 0), (1, 0), 6),
    ]
    assert [(c.row, c.col) for c in report.conflicts] == [(5, 9), (1, 9)]


def test_two_cells_that_touch_one_cell_of_the_neighbour_stay_two():
    crops = two_crops([(1, (0, 4), (6, 12)), (2, (4, 10), (6, 12))], [(5, (0, 10), (8, 14))])
    stitched, report = stitch_labels(crops, (10, 20))
    assert report.n_refused == 0
    assert report.n_instances == 2
    assert stitched[0, 6] != stitched[9, 6]
    assert 0 not in (stitched[0, 6], stitched[9, 6])
    assert report.n_conflict_px == 16
    # As strong a match for both: the first in the image wins and the other is refused.
    crops = two_crops([(1, (0, 5), (6, 12)), (2, (5, 10), (6, 12))], [(5, (0, 10), (8, 14))])
    assert stitch_labels(crops, (10, 20))[1].n_refused == 1


def test_a_crop_that_tells_two_cells_apart_outranks_one_that_does_not():
    # All of it lies in the strip, deeper in the right crop, whose one cell covers both cells of the left.
    crops = two_crops([(1, (1, 4), (9, 11)), (2, (4, 8), (9, 11))], [(5, (1, 8), (9, 11))])
    stitched, report = stitch_labels(crops, (10, 20))
    wanted = np.zeros((10, 20), dtype=np.int32)
    wanted[1:4, 9:11] = 1
    wanted[4:8, 9:11] = 2
    assert np.array_equal(stitched, wanted)
    assert report.n_conflict_px == 6
    mirrored = [(Window(0, 20 - w.stop_col, 10, 12), crop[:, ::-1]) for w, crop in crops]
    assert np.array_equal(stitch_labels(mirrored, (10, 20))[0], wanted[:, ::-1])


def test_a_touch_below_the_minimum_overlap_merges_nothing():
    crops = two_crops([(1, (0, 6), (9, 11))], [(1, (5, 10), (9, 11))])
    stitched, report = stitch_labels(crops, (10, 20), min_overlap=0.3)
    assert report.n_instances == 2
    assert stitched[0, 9] != stitched[9, 9]
    stitched, report = stitch_labels(crops, (10, 20), min_overlap=0.1)
    assert report.n_instances == 1


def test_a_cell_that_no_crop_has_whole_is_put_together_by_owner():
    crops = two_crops([(3, (2, 8), (4, 12))], [(9, (3, 9), (8, 17))])
    stitched, report = stitch_labels(crops, (10, 20))
    wanted = np.zeros((10, 20), dtype=np.int32)
    wanted[2:8, 4:10] = 1
    wanted[3:9, 10:17] = 1
    assert np.array_equal(stitched, wanted)
    assert report.merges[0].source is None


def test_a_version_that_reaches_a_little_further_does_not_break_the_whole_one():
    # Whole in the right crop; the left crop cuts it and draws it one column beyond the right crop's border.
    crops = two_crops([(3, (2, 9), (7, 12))], [(9, (2, 9), (9, 15))])
    stitched, report = stitch_labels(crops, (10, 20))
    assert report.merges[0].source == RIGHT
    assert np.argwhere(stitched)[:, 1].min() == 9


def test_a_sliver_at_a_border_gives_way_to_the_crop_that_sees_what_is_there():
    # The left crop cuts something that the right crop, in which it lies deeper, does not have.
    stitched, report = stitch_labels(two_crops([(3, (2, 9), (10, 12))]), (10, 20))
    assert not stitched.any()
    assert [(c.crop_labels, c.labels, c.n_px) for c in report.conflicts] == [((3, 0), (0, 0), 14)]
    # What only the left crop covers stays, up to the middle of the strip, and is counted.
    stitched, report = stitch_labels(two_crops([(3, (2, 9), (4, 12))]), (10, 20))
    assert np.argwhere(stitched).max(axis=0).tolist() == [8, 9]
    assert (report.n_instances, report.n_unmatched_cut) == (1, 1)


def test_a_pixel_as_deep_in_both_crops_belongs_to_the_first():
    left, right = Window(0, 0, 1, 8), Window(0, 5, 1, 8)
    wide, narrow = np.array([[0, 0, 1, 1, 1, 1, 1, 1]]), np.array([[0, 0, 2, 2, 2, 2, 0, 0]])
    stitched, _ = stitch_labels([(left, wide), (right, narrow)], (1, 13))
    assert np.flatnonzero(stitched).tolist() == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    stitched, _ = stitch_labels([(left, narrow[:, ::-1]), (right, wide[:, ::-1])], (1, 13))
    assert np.flatnonzero(stitched).tolist() == [2, 3, 4, 5, 7, 8, 9, 10]


def test_without_overlap_the_pieces_stay_apart_and_are_counted():
    labels = np.ones((6, 6), dtype=np.int32)
    windows = plan_windows((6, 6), size_px=3, overlap=0)
    stitched, report = stitch_labels(crop_all(labels, windows), (6, 6))
    assert report.n_instances == report.n_unmatched_cut == 4
    assert (stitched > 0).all()


def test_one_crop_is_returned_in_the_order_of_first_pixels():
    crop = np.array([[0, 70_000, 70_000], [2**31 - 1, 0, 3]])
    stitched, report = stitch_labels([(Window(0, 0, 2, 3), crop)], (2, 3))
    assert stitched.tolist() == [[0, 1, 1], [2, 0, 3]]
    assert stitched.dtype == np.int32
    assert report.n_merges == report.n_unmatched_cut == 0


def test_an_empty_fov():
    stitched, report = stitch_labels(crop_all(np.zeros((9, 5), int), plan_windows((9, 5), size_px=4)), (9, 5))
    assert not stitched.any()
    assert report.n_instances == 0


def test_the_report_is_json():
    _, report = stitch_labels(two_crops([(4, (1, 5), (9, 12))], [(7, (3, 8), (9, 16))]), (10, 20))
    read = json.loads(json.dumps(report.to_json()))
    assert read["n_conflict_px"] == 15
    assert read["merges"] == [{"label": 1, "n_crops": 2, "source": [0, 8, 10, 12], "row": 5, "col": 12}]
    assert read["conflicts"][0] == {
        "windows": [[0, 0, 10, 12], [0, 8, 10, 12]],
        "crop_labels": [0, 7],
        "labels": [0, 1],
        "frame": 0,
        "row": 5,
        "col": 9,
        "n_px": 9,
    }


@pytest.mark.parametrize(
    ("crops", "error", "message"),
    [
        ([], CropMismatch, "There is no crop to stitch; give all crops of the FOV"),
        ([LEFT], CropMismatch, "No crop covers row 0, column 12 of the FOV of 10 x 20 px"),
        ([LEFT, RIGHT, LEFT], CropMismatch, "Two crops have the window .*stitch one version"),
        ([LEFT, Window(0, 9, 10, 12)], CropMismatch, "passes the border of the FOV of 10 x 20 px"),
    ],
)
def test_windows_that_do_not_make_up_the_fov(crops, error, message):
    with pytest.raises(error, match=message):
        stitch_labels([(w, np.zeros(w.shape, int)) for w in crops], (10, 20))


@pytest.mark.parametrize(
    ("right", "error", "message"),
    [
        (
            np.zeros((12, 10), int),
            CropMismatch,
            r"shape \(12, 10\); its window needs \(row, col\) = \(10, 12\)",
        ),
        (np.zeros((2, 10, 12), int), CropMismatch, r"has frames \(2,\) and the first crop \(\)"),
        (np.full((10, 12), -1), InvalidLabels, "holds negative values"),
        (np.full((10, 12), np.nan), InvalidLabels, "not finite"),
    ],
)
def test_a_crop_that_does_not_fit(right, error, message):
    with pytest.raises(error, match=message):
        stitch_labels([(LEFT, np.zeros((10, 12), int)), (RIGHT, right)], (10, 20))


def test_min_overlap_out_of_range():
    with pytest.raises(
        InvalidSetting, match=r"A minimum overlap of 1\.5 cannot be; give a share from 0 to 1"
    ):
        stitch_labels(two_crops(), (10, 20), min_overlap=1.5)


def test_the_report_waits_for_the_last_band():
    bands = stitch_bands([Window(0, 0, 2, 2)], lambda _: np.zeros((2, 2), np.int32), (2, 2))
    with pytest.raises(CropMismatch, match="ready after the last band"):
        _ = bands.report


def test_a_band_that_was_taken_is_not_held_while_the_next_is_made():
    whole = np.arange(1, 401, dtype=np.int32).reshape(20, 20)
    windows = plan_windows(whole.shape, size_px=8, overlap=0.25)
    taken: list[weakref.ref[np.ndarray]] = []
    held = []

    def read(number: int) -> np.ndarray:
        held.append([ref() is not None for ref in taken])
        return whole[windows[number].slices]

    for _, band in stitch_bands(windows, read, whole.shape):
        taken.append(weakref.ref(band.base))
        del band
    assert len(taken) > 2
    assert not any(any(alive) for alive in held)
