"""Predicting an FOV of any size by tiles, with memory bounded by a row of tiles."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.compartments import NUCLEAR, WHOLE_CELL
from pipeline.matching import overlap_table
from pipeline.stitch import StitchedBands, stitch_bands
from pipeline.types import Image, Labels, LabelSet
from pipeline.windows import Window
from training.errors import InvalidConfig
from training.predictor import Predictor

ReadImage = Callable[[Window], Image]
Ints = npt.NDArray[np.int64]

# Tiles start at multiples of this: a network with strides, and an equalisation by regions of 128 px, answer
# alike only when they are shifted by whole strides and regions.
_ALIGNED_PX = 128


@dataclass(frozen=True)
class PredictedBand:
    """Whole rows of the answer.

    row : first row of the band
    labels : per compartment int32 (row, col), numbered over the whole FOV
    """

    row: int
    labels: LabelSet


def predict_image(
    predictor: Predictor,
    read: ReadImage,
    shape: tuple[int, int],
    *,
    tile_px: int = 1024,
    overlap_px: int = 256,
    progress: Callable[[float], None] | None = None,
) -> Iterator[PredictedBand]:
    """Predict an FOV and yield its label images band by band, from the top.

    Tiles are predicted with the intensities of the whole FOV, kept compressed, and stitched by maximum
    overlap; nuclei are matched to cells over the whole FOV. An FOV that fits into one tile is predicted as a
    whole.

    Parameters
    ----------
    predictor
        From `load_predictor`.
    read
        Gives the float32 (row, col, 2) image of a window; called twice for every pixel, or more in overlaps.
    shape
        Rows and columns of the FOV, each 1 or more.
    tile_px
        Side of a tile; a multiple of 128.
    overlap_px
        Pixels that neighbouring tiles share; a multiple of 128, at least twice the size of a large cell.
    progress
        Called with the share of the tiles that are predicted.

    Yields
    ------
    PredictedBand
        Bands without a gap; a nucleus and its cell share their label.

    Raises
    ------
    InvalidConfig
        The tiles do not fit the rules above, or the FOV has no pixels.
    """
    _check_tiles(shape, tile_px=tile_px, overlap_px=overlap_px)
    if max(shape) <= tile_px:
        yield PredictedBand(0, predictor.predict(read(Window(0, 0, *shape))))
        return
    pieces = (read(window) for window in plan_tiles(shape, tile_px=tile_px, overlap_px=0))
    calibrated = predictor.calibrated(pieces)
    windows = plan_tiles(shape, tile_px=tile_px, overlap_px=overlap_px)
    kept = _predict_tiles(calibrated, read, windows, progress=progress)
    stitched = {name: _stitch(kept, name, windows, shape) for name in predictor.compartments}
    yield from _matched_bands(stitched)


def plan_tiles(shape: tuple[int, int], *, tile_px: int, overlap_px: int) -> list[Window]:
    """Cover an image with tiles that start at multiples of their step; the last ones end at the border.

    A tile whose pixels the one before holds all is left out.
    """
    rows, cols = (_starts(size, tile_px=tile_px, overlap_px=overlap_px) for size in shape)
    return [
        Window(row, col, min(tile_px, shape[0] - row), min(tile_px, shape[1] - col))
        for row in rows
        for col in cols
    ]


def _starts(size: int, *, tile_px: int, overlap_px: int) -> list[int]:
    return [0, *range(tile_px - overlap_px, size - overlap_px, tile_px - overlap_px)]


def _check_tiles(shape: tuple[int, int], *, tile_px: int, overlap_px: int) -> None:
    if min(shape) < 1:
        raise InvalidConfig(f"the FOV has {shape[0]} x {shape[1]} px; give one with pixels.")
    aligned = tile_px % _ALIGNED_PX == 0 and overlap_px % _ALIGNED_PX == 0
    if not aligned or not 0 < overlap_px < tile_px:
        raise InvalidConfig(
            f"tile_px is {tile_px} and overlap_px {overlap_px}; choose multiples of {_ALIGNED_PX}, "
            "the overlap above 0 and below the tile."
        )


def _predict_tiles(
    predictor: Predictor,
    read: ReadImage,
    windows: Sequence[Window],
    *,
    progress: Callable[[float], None] | None,
) -> list[dict[str, bytes]]:
    """Predict every tile once; label images compress to a few per cent, so all of them are kept."""
    kept = []
    for n_done, window in enumerate(windows, start=1):
        labels = predictor.predict(read(window))
        kept.append({name: zlib.compress(plane.tobytes(), 1) for name, plane in labels.items()})
        if progress is not None:
            progress(n_done / len(windows))
    return kept


def _stitch(
    kept: list[dict[str, bytes]], name: str, windows: Sequence[Window], shape: tuple[int, int]
) -> StitchedBands:
    def read_tile(index: int) -> Labels:
        flat = np.frombuffer(zlib.decompress(kept[index][name]), np.int32)
        return flat.reshape(windows[index].shape)

    return stitch_bands(windows, read_tile, shape)


def _matched_bands(stitched: dict[str, StitchedBands]) -> Iterator[PredictedBand]:
    if len(stitched) < 2:
        for name, bands in stitched.items():
            for row, band in bands:
                yield PredictedBand(row, {name: band})
        return
    new_nuclei = _nuclei_by_cell(_row_aligned(stitched))
    for row, cells, nuclei in _row_aligned(stitched):
        yield PredictedBand(row, {WHOLE_CELL: cells, NUCLEAR: new_nuclei[nuclei]})


def _row_aligned(stitched: dict[str, StitchedBands]) -> Iterator[tuple[int, Labels, Labels]]:
    for (row, cells), (_, nuclei) in zip(stitched[WHOLE_CELL], stitched[NUCLEAR], strict=True):
        yield row, cells, nuclei


def _nuclei_by_cell(bands: Iterable[tuple[int, Labels, Labels]]) -> Labels:
    """Return the new label of each nucleus: that of its cell, or one that no cell has.

    Pairs are made one to one, those that share most pixels first, as `match_compartments` does.
    """
    tables = []
    n_cells = n_nuclei = 0
    for _, cells, nuclei in bands:
        tables.append(np.stack(overlap_table(cells, nuclei), axis=1))
        n_cells = max(n_cells, int(cells.max(initial=0)))
        n_nuclei = max(n_nuclei, int(nuclei.max(initial=0)))
    new = np.zeros(n_nuclei + 1, np.int32)
    taken = np.zeros(n_cells + 1, bool)
    for cell, nucleus in _strongest_first(np.concatenate(tables)):
        if not taken[cell] and new[nucleus] == 0:
            taken[cell] = True
            new[nucleus] = cell
    alone = np.flatnonzero(new[1:] == 0) + 1
    new[alone] = n_cells + 1 + np.arange(len(alone))
    return new


def _strongest_first(table: Ints) -> Ints:
    """Add up the counts of each pair over the bands, and sort the pairs by them."""
    pairs, place = np.unique(table[:, :2], axis=0, return_inverse=True)
    counts = np.bincount(place.ravel(), table[:, 2], minlength=len(pairs))
    return np.asarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0], -counts))], np.int64)
