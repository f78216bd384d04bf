"""Synthetic tissue with known labels: for demonstrations and tests, where no real image may be shipped.

Cells are the cells of a weighted, anisotropic Voronoi diagram with gaps, their nuclei lie inside them, and
`pipeline.microscope` looks at them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.spatial import cKDTree
from skimage.measure import label as connected_pieces

from pipeline.errors import InvalidSetting
from pipeline.microscope import CellLights, draw_illumination, interior, record, smooth_field
from pipeline.tissue_settings import TissueSettings
from pipeline.types import Floats, Labels, LabelSet

__all__ = ["SyntheticTissue", "TissueSettings", "synthetic_tissue"]

_N_CANDIDATES = 5
_MIN_CELL_PX = 30
_MIN_NUCLEUS_PX = 16


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
    lights: CellLights

    def moved(self, steps: Floats) -> _Cells:
        return replace(self, places=self.places + steps)


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
    # What only some tissues have is drawn from a stream of its own, which leaves that of the rest as it is.
    (extra,) = rng.spawn(1)
    cells = _place_cells((rng, extra), shape, settings)
    illumination = draw_illumination(rng, shape)
    images, whole, nuclear = [], [], []
    for _ in range(n_frames):
        cell_labels, nucleus_labels = _outline(rng, cells, shape, settings=settings)
        images.append(
            record(
                (rng, extra),
                cells.lights,
                (cell_labels, nucleus_labels),
                illumination=illumination,
                settings=settings,
            )
        )
        whole.append(cell_labels)
        nuclear.append(nucleus_labels)
        cells = cells.moved(rng.normal(0, settings.spacing_px / 12, cells.places.shape))
    labels = _number({"whole_cell": np.stack(whole), "nuclear": np.stack(nuclear)})
    image = np.stack(images)
    if n_frames == 1:
        return SyntheticTissue(image[0], {name: planes[0] for name, planes in labels.items()})
    return SyntheticTissue(image, labels)


def _place_cells(
    rngs: tuple[np.random.Generator, np.random.Generator], shape: tuple[int, int], settings: TissueSettings
) -> _Cells:
    rng, _ = rngs
    spacing = settings.spacing_px
    rows = np.arange(-spacing, shape[0] + spacing, spacing * 0.87)
    cols = np.arange(-spacing, shape[1] + spacing, spacing)
    grid = np.stack(np.meshgrid(rows, cols, indexing="ij"), axis=-1)
    # Every other row is shifted, as in a packing of spheres; the jitter hides it.
    grid[1::2, :, 1] += spacing / 2
    places = grid.reshape(-1, 2) + rng.normal(0, 0.24 * spacing, (grid.size // 2, 2))
    inside = np.clip(places.round().astype(int), 0, np.array(shape) - 1)
    density = smooth_field(rng, shape, scale_px=6 * spacing)[inside[:, 0], inside[:, 1]]
    sparse = density < np.quantile(density, settings.sparse_fraction)
    kept = rng.random(len(places)) > np.where(sparse, 0.62, 0.03)
    places, density = places[kept], density[kept]
    n = len(places)
    grain = smooth_field(rng, shape, scale_px=5 * spacing)
    inside = np.clip(places.round().astype(int), 0, np.array(shape) - 1)
    angle = grain[inside[:, 0], inside[:, 1]] * 1.5 + rng.normal(0, 0.35, n)
    body = {
        "radius": spacing * rng.lognormal(-0.47, 0.17, n),
        "stretch": 1 + (settings.elongation - 1) * rng.beta(1.2, 2.4, n),
        "angle": angle,
        "gap": rng.choice([0.0, 0.02, 0.10], n, p=[0.5, 0.3, 0.2]),
    }
    has_nucleus = rng.random(n) >= settings.no_nucleus_fraction
    nucleus_size = has_nucleus * rng.uniform(0.52, 0.8, n) * settings.nucleus_size
    nucleus_shift = rng.normal(0, 0.10, (n, 2))
    return _Cells(
        places, **body, nucleus_size=nucleus_size, nucleus_shift=nucleus_shift, lights=_draw_lights(rngs, n)
    )


def _draw_lights(rngs: tuple[np.random.Generator, np.random.Generator], n_cells: int) -> CellLights:
    rng, extra = rngs
    return CellLights(
        nuclear=rng.lognormal(-0.1, 0.5, n_cells),
        membrane=rng.lognormal(-0.15, 0.55, n_cells) * (rng.random(n_cells) > 0.08),
        cytoplasm=rng.uniform(0.04, 0.3, n_cells),
        clumps=extra.uniform(-1, 1, n_cells),
        fill=extra.lognormal(-0.1, 0.4, n_cells),
        dome=extra.random(n_cells),
    )


def _outline(
    rng: np.random.Generator, cells: _Cells, shape: tuple[int, int], *, settings: TissueSettings
) -> tuple[Labels, Labels]:
    """Label images of cells and nuclei, numbered by the rows of `cells` from 1."""
    spacing = settings.spacing_px
    wobble = np.stack([smooth_field(rng, shape, scale_px=spacing / 3) for _ in range(2)], axis=-1)
    reach = 1.1 * (spacing / 21)
    points = _points(wobble * reach * settings.roughness)
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
    # Nuclei are smoother than cells, the more so the smaller they are.
    smoother = min(settings.roughness, settings.nucleus_size, 1.0)
    return whole, _nuclei(cells, whole, _points(wobble * reach * smoother))


def _points(astray: Floats) -> Floats:
    """Places of the pixels of a field, row after row, each moved by `astray` (row, column, 2)."""
    rows, cols = np.indices(astray.shape[:2])
    return (np.stack([rows, cols], axis=-1) + astray).reshape(-1, 2)


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
    depth = ndimage.distance_transform_edt(interior(whole)).ravel()
    inside = (whole.ravel() > 0) & (distance < cells.nucleus_size[own]) & (depth > 1)
    nuclear = np.where(inside, whole.ravel(), 0).reshape(whole.shape).astype(np.int32)
    return _keep_largest_pieces(nuclear, smallest_px=_MIN_NUCLEUS_PX)


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
