"""Synthetic tissue with known labels: for demonstrations and tests, where no real image may be shipped.

Cells are the cells of a weighted, anisotropic Voronoi diagram with gaps, their nuclei lie inside them, and a
simple microscope looks at them: blur, out-of-focus haze, uneven background, Poisson noise, debris.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.spatial import cKDTree
from skimage.measure import label as connected_pieces

from pipeline.errors import InvalidSetting
from pipeline.types import Floats, Labels, LabelSet

_N_CANDIDATES = 5
_MIN_CELL_PX = 30
_MIN_NUCLEUS_PX = 16


@dataclass(frozen=True)
class TissueSettings:
    """What the tissue and the microscope are like.

    Attributes
    ----------
    spacing_px
        Mean distance of neighbouring cells where they are dense.
    sparse_fraction
        Share of the area where cells stand apart.
    elongation
        Largest ratio of the axes of a cell before its neighbours press on it.
    no_nucleus_fraction
        Share of cells whose nucleus is out of the plane.
    nuclear_blur_px, membrane_blur_px
        Standard deviation of the blur.
    photons
        Photons of an average nucleus: fewer are noisier.
    debris_per_mpx
        Bright specks in a million pixels.
    """

    spacing_px: float = 21.0
    sparse_fraction: float = 0.3
    elongation: float = 2.2
    no_nucleus_fraction: float = 0.07
    nuclear_blur_px: float = 1.7
    membrane_blur_px: float = 1.2
    photons: float = 60.0
    debris_per_mpx: float = 140.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not np.isfinite(value) or value < 0:
                raise InvalidSetting(f"The {field.name} of a tissue is {value}; give a number of 0 or more.")
        if self.spacing_px < 6 or self.elongation < 1 or self.photons <= 0:
            raise InvalidSetting(
                f"A tissue with spacing_px {self.spacing_px}, elongation {self.elongation} and photons"
                f" {self.photons} cannot be; give at least 6, at least 1 and more than 0."
            )


@dataclass(frozen=True)
class SyntheticTissue:
    """An image and the truth about it.

    Attributes
    ----------
    image
        uint16 (row, column, 2), or (frame, row, column, 2) for several frames.
    labels
        ``whole_cell`` and ``nuclear``, int32 (row, column) or (frame, row, column); a nucleus has the
        label of its cell, and a cell keeps its label from frame to frame.
    channels
        Names of the two channels.
    """

    image: npt.NDArray[np.uint16]
    labels: LabelSet
    channels: tuple[str, str] = ("nuclear", "membrane")


@dataclass(frozen=True)
class _Cells:
    """One row for each cell: place (row, column), axes, angle, nucleus and brightness."""

    places: Floats
    radius: Floats
    stretch: Floats
    angle: Floats
    gap: Floats
    nucleus_size: Floats
    nucleus_shift: Floats
    nuclear_light: Floats
    membrane_light: Floats
    cytoplasm_light: Floats

    def moved(self, steps: Floats) -> _Cells:
        return _Cells(self.places + steps, *(getattr(self, field.name) for field in fields(self)[1:]))


def synthetic_tissue(
    seed: int,
    *,
    shape: tuple[int, int] = (512, 512),
    n_frames: int = 1,
    settings: TissueSettings | None = None,
) -> SyntheticTissue:
    """Make a field of tissue; the same arguments give the same arrays.

    Parameters
    ----------
    seed
        Of the random generator.
    shape
        (row, column), at least 32 px on each side.
    n_frames
        Number of time points; cells drift a little from one to the next.
    settings
        What the tissue is like; `TissueSettings()` by default.

    Returns
    -------
    SyntheticTissue

    Raises
    ------
    InvalidSetting
        When the shape or the number of frames is too small.
    """
    if min(shape) < 32 or n_frames < 1:
        raise InvalidSetting(
            f"A tissue of {shape} px and {n_frames} frames cannot be; give at least 32 x 32 and 1 frame."
        )
    settings = settings or TissueSettings()
    rng = np.random.default_rng(seed)
    cells = _place_cells(rng, shape, settings)
    light = _illumination(rng, shape)
    images, whole, nuclear = [], [], []
    for _ in range(n_frames):
        cell_labels, nucleus_labels = _outline(rng, cells, shape)
        images.append(_look(rng, cells, (cell_labels, nucleus_labels), light=light, settings=settings))
        whole.append(cell_labels)
        nuclear.append(nucleus_labels)
        cells = cells.moved(rng.normal(0, settings.spacing_px / 12, cells.places.shape))
    labels = _number({"whole_cell": np.stack(whole), "nuclear": np.stack(nuclear)})
    image = np.stack(images)
    if n_frames == 1:
        return SyntheticTissue(image[0], {name: planes[0] for name, planes in labels.items()})
    return SyntheticTissue(image, labels)


def _smooth_field(rng: np.random.Generator, shape: tuple[int, int], *, scale_px: float) -> Floats:
    """Random field of mean 0 and deviation 1 that varies over about `scale_px`."""
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


def _place_cells(rng: np.random.Generator, shape: tuple[int, int], settings: TissueSettings) -> _Cells:
    spacing = settings.spacing_px
    rows = np.arange(-spacing, shape[0] + spacing, spacing * 0.87)
    cols = np.arange(-spacing, shape[1] + spacing, spacing)
    grid = np.stack(np.meshgrid(rows, cols, indexing="ij"), axis=-1)
    # Every other row is shifted, as in a packing of spheres; the jitter hides it.
    grid[1::2, :, 1] += spacing / 2
    places = grid.reshape(-1, 2) + rng.normal(0, 0.24 * spacing, (grid.size // 2, 2))
    inside = np.clip(places.round().astype(int), 0, np.array(shape) - 1)
    density = _smooth_field(rng, shape, scale_px=6 * spacing)[inside[:, 0], inside[:, 1]]
    sparse = density < np.quantile(density, settings.sparse_fraction)
    kept = rng.random(len(places)) > np.where(sparse, 0.62, 0.03)
    places, density = places[kept], density[kept]
    n = len(places)
    grain = _smooth_field(rng, shape, scale_px=5 * spacing)
    inside = np.clip(places.round().astype(int), 0, np.array(shape) - 1)
    angle = grain[inside[:, 0], inside[:, 1]] * 1.5 + rng.normal(0, 0.35, n)
    return _Cells(
        places=places,
        radius=spacing * rng.lognormal(-0.47, 0.17, n),
        stretch=1 + (settings.elongation - 1) * rng.beta(1.2, 2.4, n),
        angle=angle,
        gap=rng.choice([0.0, 0.02, 0.10], n, p=[0.5, 0.3, 0.2]),
        nucleus_size=np.where(rng.random(n) < settings.no_nucleus_fraction, 0.0, rng.uniform(0.52, 0.8, n)),
        nucleus_shift=rng.normal(0, 0.10, (n, 2)),
        nuclear_light=rng.lognormal(-0.1, 0.5, n),
        membrane_light=rng.lognormal(-0.15, 0.55, n) * (rng.random(n) > 0.08),
        cytoplasm_light=rng.uniform(0.04, 0.3, n),
    )


def _outline(rng: np.random.Generator, cells: _Cells, shape: tuple[int, int]) -> tuple[Labels, Labels]:
    """Label images of cells and nuclei, numbered by the rows of `cells` from 1."""
    wobble = [_smooth_field(rng, shape, scale_px=7.0) for _ in range(2)]
    rows, cols = np.meshgrid(np.arange(shape[0]), np.arange(shape[1]), indexing="ij")
    points = np.stack([rows + 1.1 * wobble[0], cols + 1.1 * wobble[1]], axis=-1).reshape(-1, 2)
    k = min(_N_CANDIDATES, len(cells.places))
    _, near = cKDTree(cells.places).query(points, k=k)
    near = near.reshape(len(points), k)
    distance = _distance(cells, points, near)
    # Ties go to the lower row, so that equal arguments give equal labels on every machine.
    order = np.argsort(distance, axis=1, kind="stable")[:, :2]
    picked = np.take_along_axis(near, order, axis=1)[:, 0]
    nearest = np.take_along_axis(distance, order, axis=1)
    margin = nearest[:, 1] - nearest[:, 0] if k > 1 else np.ones(len(points))
    is_cell = (nearest[:, 0] < 1) & (margin > cells.gap[picked])
    whole = np.where(is_cell, picked + 1, 0).reshape(shape).astype(np.int32)
    whole = _keep_largest_pieces(whole, smallest_px=_MIN_CELL_PX)
    nuclear = _nuclei(cells, whole, points)
    return whole, nuclear


def _distance(cells: _Cells, points: Floats, near: npt.NDArray[np.intp], *, shift: bool = False) -> Floats:
    """Distance of points to cells in units of the cells' own axes."""
    places = cells.places
    if shift:
        places = places + cells.nucleus_shift * cells.radius[:, np.newaxis]
    away = points[:, np.newaxis, :] - places[near]
    cos, sin = np.cos(cells.angle)[near], np.sin(cells.angle)[near]
    along = cos * away[..., 0] + sin * away[..., 1]
    across = cos * away[..., 1] - sin * away[..., 0]
    root = np.sqrt(cells.stretch)[near]
    return np.asarray(np.hypot(along / root, across * root) / cells.radius[near], np.float64)


def _nuclei(cells: _Cells, whole: Labels, points: Floats) -> Labels:
    own = np.maximum(whole.ravel() - 1, 0)
    distance = _distance(cells, points, own[:, np.newaxis], shift=True)[:, 0]
    # A nucleus keeps off the membrane of its cell.
    depth = ndimage.distance_transform_edt(_interior(whole)).ravel()
    inside = (whole.ravel() > 0) & (distance < cells.nucleus_size[own]) & (depth > 1)
    nuclear = np.where(inside, whole.ravel(), 0).reshape(whole.shape).astype(np.int32)
    return _keep_largest_pieces(nuclear, smallest_px=_MIN_NUCLEUS_PX)


def _interior(labels: Labels) -> npt.NDArray[np.bool_]:
    """Pixels of cells that do not touch another label."""
    largest = ndimage.maximum_filter(labels, 3, mode="nearest")
    smallest = ndimage.minimum_filter(labels, 3, mode="nearest")
    return np.asarray((labels > 0) & (largest == smallest), np.bool_)


def _keep_largest_pieces(labels: Labels, *, smallest_px: int) -> Labels:
    """Keep the largest 4-connected piece of each label, and none below a number of pixels."""
    pieces = connected_pieces(labels, background=0, connectivity=1)
    areas = np.bincount(pieces.ravel())
    owner = np.zeros(len(areas), np.int64)
    owner[pieces.ravel()] = labels.ravel()
    areas[0] = 0
    # By label, then area, then the number of the piece: the last of each label is the one kept.
    order = np.lexsort((-np.arange(len(areas)), areas, owner))
    last = np.r_[owner[order][1:] != owner[order][:-1], True]
    kept = np.zeros(len(areas), bool)
    kept[order[last]] = True
    kept &= areas >= smallest_px
    kept[0] = False
    return np.where(kept[pieces], labels, 0).astype(np.int32)


def _number(labels: LabelSet) -> LabelSet:
    """Renumber cells from 1 without holes, nuclei alike."""
    present = np.unique(labels["whole_cell"])
    present = present[present > 0]
    numbers = np.zeros(int(present.max(initial=0)) + 1, np.int32)
    numbers[present] = np.arange(1, len(present) + 1)
    return {name: numbers[planes] for name, planes in labels.items()}


def _illumination(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """Uneven illumination around 1, and background light for each of the two channels (row, column, 2)."""
    gain = 1 + 0.13 * _smooth_field(rng, shape, scale_px=max(shape) / 2)
    veil = [0.16 + 0.06 * _smooth_field(rng, shape, scale_px=max(shape) / 3) for _ in range(2)]
    return np.clip(gain, 0.45, None), np.clip(np.stack(veil, axis=-1), 0.02, None)


def _look(
    rng: np.random.Generator,
    cells: _Cells,
    labels: tuple[Labels, Labels],
    *,
    light: tuple[Floats, Floats],
    settings: TissueSettings,
) -> npt.NDArray[np.uint16]:
    """What the microscope records of cells and nuclei, (row, column, 2)."""
    whole, nuclear = labels
    gain, veil = light
    grain = 1 + 0.28 * _smooth_field(rng, whole.shape, scale_px=3.0)
    nuclei = _by_label(cells.nuclear_light, nuclear) * np.clip(grain, 0.2, None)
    interior = _interior(whole)
    edge = np.where((whole > 0) & ~interior, 1.0, 0.0) * _by_label(cells.membrane_light, whole)
    patchy = np.clip(1 + 0.45 * _smooth_field(rng, whole.shape, scale_px=9.0), 0.05, None)
    membranes = 1.5 * edge * patchy + _by_label(cells.cytoplasm_light, whole)
    debris = _debris(rng, whole.shape, settings=settings)
    planes = []
    blurs = (settings.nuclear_blur_px, settings.membrane_blur_px)
    for index, (plane, blur) in enumerate(zip((nuclei, membranes), blurs, strict=True)):
        sharp = ndimage.gaussian_filter(plane + debris[index], blur)
        haze = ndimage.gaussian_filter(plane, 9.0)
        mean = settings.photons * gain * (sharp + 0.35 * haze + veil[..., index])
        counts = rng.poisson(np.clip(mean, 0, None)) + rng.normal(0, 2.0, mean.shape)
        planes.append(np.clip(np.rint(counts * 40 + 400), 0, 65535).astype(np.uint16))
    return np.stack(planes, axis=-1)


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
