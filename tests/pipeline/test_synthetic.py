"""Synthetic tissue: reproducible, consistent, tissue-like, and not too easy."""

import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.segmentation import watershed

from pipeline.errors import InvalidSetting
from pipeline.metrics import score_labels
from pipeline.qc import run_qc
from pipeline.synthetic import SyntheticTissue, TissueSettings, synthetic_tissue

CULTURE = TissueSettings(
    spacing_px=40,
    sparse_fraction=0.8,
    nucleus_size=0.7,
    roughness=1.5,
    membrane=0.3,
    cytoplasm=0.7,
    background=0.2,
)
LARGE_NUCLEI = TissueSettings(spacing_px=60, nucleus_size=1.3, clumps=1.0)


def spread(values: np.ndarray) -> float:
    return float(values.std() / values.mean())


@pytest.fixture(scope="module")
def tissue() -> SyntheticTissue:
    return synthetic_tissue(11)


def test_the_same_seed_gives_the_same_tissue(tissue: SyntheticTissue) -> None:
    again = synthetic_tissue(11)
    np.testing.assert_array_equal(again.image, tissue.image)
    for name, labels in tissue.labels.items():
        np.testing.assert_array_equal(again.labels[name], labels)
    assert (synthetic_tissue(12).image != tissue.image).any()


def test_the_demo_tissue_stays_what_it_was() -> None:
    made = synthetic_tissue(5, shape=(96, 128), n_frames=2)
    checksums = {name: zlib.crc32(labels.astype("<i4").tobytes()) for name, labels in made.labels.items()}
    assert checksums == {"whole_cell": 2255361982, "nuclear": 1872834183}
    # Counts of photons are drawn: a processor that rounds otherwise may change single pixels.
    np.testing.assert_allclose(made.image.mean(axis=(0, 1, 2)), [1544.68, 1856.63], atol=0.5)
    assert made.image.std() == pytest.approx(1085.68, abs=0.5)


@given(
    seed=st.integers(0, 2**31),
    shape=st.tuples(st.integers(32, 130), st.integers(32, 130)),
    n_frames=st.integers(1, 3),
    settings=st.sampled_from([TissueSettings(), CULTURE, LARGE_NUCLEI]),
)
def test_nuclei_lie_in_their_cells_and_pieces_are_whole(
    seed: int, shape: tuple[int, int], n_frames: int, settings: TissueSettings
) -> None:
    made = synthetic_tissue(seed, shape=shape, n_frames=n_frames, settings=settings)
    frames = (n_frames,) if n_frames > 1 else ()
    assert made.image.shape == (*frames, *shape, 2)
    assert made.image.dtype == np.uint16
    whole, nuclear = (made.labels[name].reshape(n_frames, *shape) for name in ("whole_cell", "nuclear"))
    assert whole.dtype == nuclear.dtype == np.int32
    np.testing.assert_array_equal(whole[nuclear > 0], nuclear[nuclear > 0])
    present = np.unique(whole)
    np.testing.assert_array_equal(present[present > 0], np.arange(1, (present > 0).sum() + 1))
    for labels, smallest in ((whole, 30), (nuclear, 16)):
        for frame in labels:
            for label in np.unique(frame[frame > 0]):
                _, n_pieces = ndimage.label(frame == label)
                assert n_pieces == 1
                assert (frame == label).sum() >= smallest


def test_cells_keep_their_labels_from_frame_to_frame() -> None:
    labels = synthetic_tissue(2, shape=(128, 128), n_frames=2).labels["whole_cell"]
    both = (labels[0] > 0) & (labels[1] > 0)
    assert (labels[0][both] == labels[1][both]).mean() > 0.8


def test_the_tissue_is_like_tissue(tissue: SyntheticTissue) -> None:
    whole, nuclear = tissue.labels["whole_cell"], tissue.labels["nuclear"]
    areas = np.bincount(whole.ravel())[1:]
    assert 350 < len(areas) < 800
    assert 200 < np.median(areas) < 500
    without_nucleus = len(areas) - len(np.unique(nuclear)) + 1
    assert 0.03 < without_nucleus / len(areas) < 0.2
    inside = tissue.image[..., 0][nuclear > 0].mean()
    outside = tissue.image[..., 0][whole == 0].mean()
    assert inside > 1.5 * outside
    # Dense and sparse regions: the cover of 64 px squares varies.
    cover = (whole > 0).reshape(8, 64, 8, 64).mean(axis=(1, 3))
    assert cover.max() > 0.85
    assert cover.min() < 0.5


def test_cells_in_culture_are_filled_and_much_larger_than_their_nuclei() -> None:
    made = synthetic_tissue(3, shape=(256, 256), settings=CULTURE)
    whole, nuclear = made.labels["whole_cell"], made.labels["nuclear"]
    areas = [np.bincount(labels.ravel(), minlength=whole.max() + 1)[1:] for labels in (whole, nuclear)]
    both = areas[1] > 0
    widths = np.sqrt(areas[0][both] / areas[1][both])
    assert 1.8 < np.median(widths) < 3.5
    deep = ndimage.distance_transform_edt(whole > 0) > 6
    stained = made.image[..., 1][deep & (nuclear == 0)].mean() - made.image[..., 1][whole == 0].mean()
    edge = made.image[..., 1][(whole > 0) & ~deep].mean() - made.image[..., 1][whole == 0].mean()
    assert stained > 0.8 * edge


def test_clumps_make_nuclei_uneven_and_leave_outlines_alone() -> None:
    plain, clumped = (
        synthetic_tissue(3, shape=(256, 256), settings=replace(LARGE_NUCLEI, clumps=clumps, photons=500))
        for clumps in (0, 1)
    )
    for name in plain.labels:
        np.testing.assert_array_equal(plain.labels[name], clumped.labels[name])
    nuclei = plain.labels["nuclear"]
    uneven = [
        np.median([spread(made.image[..., 0][nuclei == label]) for label in np.unique(nuclei[nuclei > 0])])
        for made in (plain, clumped)
    ]
    assert uneven[1] > 1.2 * uneven[0]


def test_quality_rules_find_no_mistakes_in_the_truth(tissue: SyntheticTissue) -> None:
    rules = {finding.rule for finding in run_qc(tissue.labels) if finding.severity == "error"}
    assert rules == set()


def test_a_threshold_and_a_watershed_get_it_clearly_wrong(tissue: SyntheticTissue) -> None:
    nuclei = ndimage.gaussian_filter(tissue.image[..., 0].astype(float), 1)
    mask = nuclei > threshold_otsu(nuclei)
    depth = ndimage.gaussian_filter(ndimage.distance_transform_edt(mask), 1)
    peaks = peak_local_max(depth, min_distance=5, labels=mask.astype(int))
    seeds = np.zeros(mask.shape, int)
    seeds[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    found = watershed(-depth, seeds, mask=mask).astype(np.int32)
    f1 = score_labels(tissue.labels["nuclear"], found, iou=0.5).f1
    assert 0.3 < f1 < 0.8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"shape": (20, 100)}, "at least 32 x 32"), ({"n_frames": 0}, "1 frame")],
)
def test_arguments_that_cannot_be_are_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        synthetic_tissue(0, **arguments)  # type: ignore[arg-type]
