"""The microscope that looks at drawn cells."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.microscope import CellLights, Illumination, draw_illumination, interior, record, smooth_field
from pipeline.tissue_settings import TissueSettings

SHAPE = (60, 60)
DARK = TissueSettings(background=0, camera_noise=0, debris_per_mpx=0, membrane=0)


def cell_labels() -> tuple[np.ndarray, np.ndarray]:
    """One cell of 40 px with a nucleus of 10 px."""
    whole, nuclear = np.zeros(SHAPE, np.int32), np.zeros(SHAPE, np.int32)
    whole[10:50, 10:50] = 1
    nuclear[25:35, 25:35] = 1
    return whole, nuclear


def lights(**change: float) -> CellLights:
    usual = {"nuclear": 1, "membrane": 1, "cytoplasm": 0, "clumps": 0, "fill": 1, "dome": 0}
    return CellLights(**{name: np.array([float(value)]) for name, value in (usual | change).items()})


def look(settings: TissueSettings, seed: int = 0, **change: float) -> np.ndarray:
    even = Illumination(np.ones(SHAPE), np.full((*SHAPE, 2), 0.16))
    rng = np.random.default_rng(seed)
    image = record(
        (rng, rng.spawn(1)[0]), lights(**change), cell_labels(), illumination=even, settings=settings
    )
    return (image.astype(float) - 400) / 40


@given(
    seed=st.integers(0, 2**31),
    shape=st.tuples(st.integers(8, 90), st.integers(8, 90)),
    scale_px=st.floats(1.5, 60),
)
def test_a_smooth_field_has_mean_0_and_deviation_1(seed, shape, scale_px):
    field = smooth_field(np.random.default_rng(seed), shape, scale_px=scale_px)
    assert field.shape == shape
    assert field.mean() == pytest.approx(0, abs=1e-9)
    assert field.std() == pytest.approx(1)


def test_the_interior_is_what_touches_no_other_label():
    labels = np.zeros((7, 9), np.int32)
    labels[1:6, 1:5], labels[1:6, 5:8] = 1, 2
    expected = np.zeros((7, 9), bool)
    expected[2:5, 2:4] = expected[2:5, 6] = True
    np.testing.assert_array_equal(interior(labels), expected)


def test_light_is_uneven_but_never_gone():
    drawn = draw_illumination(np.random.default_rng(1), (80, 60))
    assert drawn.gain.shape == (80, 60)
    assert drawn.veil.shape == (80, 60, 2)
    assert drawn.gain.min() > 0.4
    assert drawn.veil.min() > 0


def test_nothing_is_recorded_where_nothing_shines():
    image = look(DARK)
    assert not image[:5].any()
    assert image[28:32, 28:32, 0].mean() > 30
    assert not image[..., 1].any()


def test_background_and_noise_of_the_camera_are_added_everywhere():
    assert look(replace(DARK, background=1))[:5].mean() == pytest.approx(0.16 * DARK.photons, rel=0.1)
    noisy = look(replace(DARK, background=1, photons=1e-3, camera_noise=2.0))
    assert noisy[..., 1].std() == pytest.approx(2.0, rel=0.1)


def test_thick_membranes_reach_further_into_the_cell():
    bright = [
        (look(replace(DARK, membrane=2, membrane_px=width, membrane_blur_px=0.1))[30, 10:25, 1] > 20).sum()
        for width in (1, 4)
    ]
    assert bright[0] <= 2
    assert 3 <= bright[1] <= 5


def test_a_stain_of_the_cytoplasm_fills_the_cell_and_is_dimmer_where_it_is_thin():
    flat, domed = (look(replace(DARK, cytoplasm=2, photons=300), dome=dome)[..., 1] for dome in (0, 1))
    assert (flat[14:46, 14:46] > 60).all()
    assert not flat[:5].any()
    rim, deep = (slice(14, 46), slice(13, 16)), (slice(14, 24), slice(25, 35))
    at_rim, in_the_middle = (domed[where].mean() / flat[where].mean() for where in (rim, deep))
    assert at_rim < 0.5 < in_the_middle


def test_clumps_are_brighter_or_darker_than_the_rest_of_a_nucleus():
    settings = replace(DARK, clumps=1, photons=300, nuclear_blur_px=0.5, spacing_px=40)
    plain, clumped = (look(settings, clumps=strength)[25:35, 25:35, 0] for strength in (0, 1))
    assert (clumped > 1.2 * plain).any()
    assert (clumped < 0.9 * plain).any()
