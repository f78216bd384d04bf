"""A simple microscope: what it records of drawn cells with known outlines.

Blur, out-of-focus haze, uneven background, Poisson noise, debris; stains of nuclei, membranes and cytoplasm.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.tissue_settings import TissueSettings
from pipeline.types import Floats, Labels


@dataclass(frozen=True)
class CellLights:
    """Brightness of the parts of cells, one entry for each cell.

    clumps : how much brighter (below 0: darker) the clumps of the chromatin are than the rest
    fill : of a stain of the cytoplasm
    dome : how much dimmer a stain of the cytoplasm is where the cell is thin, 0 to 1
    """

    nuclear: Floats
    membrane: Floats
    cytoplasm: Floats
    clumps: Floats
    fill: Floats
    dome: Floats


@dataclass(frozen=True)
class Illumination:
    """Uneven illumination around 1 (row, column), and background light (row, column, channel)."""

    gain: Floats
    veil: Floats


def smooth_field(rng: np.random.Generator, shape: tuple[int, int], *, scale_px: float) -> Floats:
    """Return a random field of mean 0 and deviation 1 that varies over about `scale_px`."""
    steps = []
    for n in shape:
        place = (np.arange(n) + rng.uniform(0, scale_px)) / scale_px
        cell = place.astype(np.int64)
        along = place - cell
        # The smooth step 3 t^2 - 2 t^3 has no slope at the nodes, so the field has no creases there.
        steps.append((cell, along * along * (3 - 2 * along)))
    (row, down), (col, right) = steps
    noise = rng.normal(size=(int(row[-1]) + 2, int(col[-1]) + 2))
    bands = noise[row] * (1 - down)[:, np.newaxis] + noise[row + 1] * down[:, np.newaxis]
    field = bands[:, col] * (1 - right) + bands[:, col + 1] * right
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-9), np.float64)


def interior(labels: Labels) -> npt.NDArray[np.bool_]:
    """Return the pixels of cells that do not touch another label."""
    largest = ndimage.maximum_filter(labels, 3, mode="nearest")
    smallest = ndimage.minimum_filter(labels, 3, mode="nearest")
    return np.asarray((labels > 0) & (largest == smallest), np.bool_)


def draw_illumination(rng: np.random.Generator, shape: tuple[int, int]) -> Illumination:
    """Draw how unevenly a field of two channels is lit."""
    gain = 1 + 0.13 * smooth_field(rng, shape, scale_px=max(shape) / 2)
    veil = [0.16 + 0.06 * smooth_field(rng, shape, scale_px=max(shape) / 3) for _ in range(2)]
    return Illumination(np.clip(gain, 0.45, None), np.clip(np.stack(veil, axis=-1), 0.02, None))


def record(
    rngs: tuple[np.random.Generator, np.random.Generator],
    lights: CellLights,
    labels: tuple[Labels, Labels],
    *,
    illumination: Illumination,
    settings: TissueSettings,
) -> npt.NDArray[np.uint16]:
    """Record cells and nuclei.

    Parameters
    ----------
    rngs
        Of what every tissue has, and of stains that only some have.
    labels
        Whole cells and nuclei, int32 (row, column), numbered by the entries of `lights` from 1.

    Returns
    -------
    ndarray
        uint16 (row, column, 2), nuclear and membrane.
    """
    rng, extra = rngs
    whole, nuclear = labels
    grain = 1 + 0.28 * smooth_field(rng, whole.shape, scale_px=settings.spacing_px / 7)
    nuclei = _by_label(lights.nuclear, nuclear) * np.clip(grain, 0.2, None)
    if settings.clumps:
        nuclei *= _clumps(extra, lights, nuclear, settings=settings)
    depth = ndimage.distance_transform_edt(interior(whole))
    edge = np.where((whole > 0) & (depth < settings.membrane_px), 1.0, 0.0)
    edge *= settings.membrane * _by_label(lights.membrane, whole)
    patchy = np.clip(
        1 + 0.45 * smooth_field(rng, whole.shape, scale_px=3 * settings.spacing_px / 7), 0.05, None
    )
    membranes = 1.5 * edge * patchy + _by_label(lights.cytoplasm, whole)
    if settings.cytoplasm:
        membranes += _fill(extra, lights, labels, depth=depth, settings=settings)
    debris = _debris(rng, whole.shape, settings=settings)
    planes = []
    blurs = (settings.nuclear_blur_px, settings.membrane_blur_px)
    for index, (plane, blur) in enumerate(zip((nuclei, membranes), blurs, strict=True)):
        sharp = ndimage.gaussian_filter(plane + debris[index], blur)
        astray = 0.35 * ndimage.gaussian_filter(plane, 9.0) + illumination.veil[..., index]
        mean = settings.photons * illumination.gain * (sharp + settings.background * astray)
        counts = rng.poisson(np.clip(mean, 0, None)) + rng.normal(0, 1.0, mean.shape) * settings.camera_noise
        planes.append(np.clip(np.rint((counts + settings.camera_offset) * 40), 0, 65535).astype(np.uint16))
    return np.stack(planes, axis=-1)


def _clumps(
    rng: np.random.Generator, lights: CellLights, nuclear: Labels, *, settings: TissueSettings
) -> Floats:
    """Factor of the brightness of nuclei: clumps of two sizes, bright in some nuclei and dark in others."""
    coarse = smooth_field(rng, nuclear.shape, scale_px=settings.spacing_px / 6)
    fine = smooth_field(rng, nuclear.shape, scale_px=settings.spacing_px / 14)
    strength = settings.clumps * _by_label(lights.clumps, nuclear)
    return np.asarray(np.exp(strength * np.clip(0.7 * coarse + 0.5 * fine, -2, 2)), np.float64)


def _fill(
    rng: np.random.Generator,
    lights: CellLights,
    labels: tuple[Labels, Labels],
    *,
    depth: Floats,
    settings: TissueSettings,
) -> Floats:
    """Light of a stain that fills cells: uneven, dimmer where they are thin, another one over nuclei."""
    whole, nuclear = labels
    deepest = np.maximum(ndimage.maximum(depth, whole, np.arange(len(lights.fill) + 1)), 1.0)
    thickness = np.sqrt(np.clip((depth + 1) / (deepest[whole] + 1), 0, 1))
    dome = _by_label(lights.dome, whole)
    uneven = np.clip(1 + 0.3 * smooth_field(rng, whole.shape, scale_px=settings.spacing_px / 4), 0.1, None)
    over_nucleus = np.where(nuclear > 0, rng.uniform(0.4, 1.1), 1.0)
    light = settings.cytoplasm * _by_label(lights.fill, whole) * (1 - dome + dome * thickness)
    return np.asarray(light * uneven * over_nucleus, np.float64)


def _by_label(values: Floats, labels: Labels) -> Floats:
    return np.r_[0.0, values][labels]


def _debris(rng: np.random.Generator, shape: tuple[int, int], *, settings: TissueSettings) -> Floats:
    """Bright specks, (channel, row, column); half of them show in both channels."""
    planes = np.zeros((2, *shape))
    for _ in range(rng.poisson(settings.debris_per_mpx * shape[0] * shape[1] / 1e6)):
        row, col = rng.integers(0, shape[0]), rng.integers(0, shape[1])
        height, width = rng.integers(1, 5, 2)
        brightness = rng.uniform(1.5, 6.0)
        channels = (0, 1) if rng.random() < 0.5 else (int(rng.integers(2)),)
        for channel in channels:
            planes[channel, row : row + height, col : col + width] += brightness
    return planes
