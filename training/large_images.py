"""Predicting an FOV of any size by tiles, with memory bounded by a row of tiles."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.compartments import NUCLEAR, WHOLE_CELL
from pipeline.matching import overlap_table
from pipeline.stitch import StitchedBands, stitch_bands
from pipeline.types import Floats, Ints, Labels, LabelSet
from pipeline.windows import Window
from training.errors import InvalidConfig, UnfinishedPrediction
from training.kept_tiles import KeptTiles
from training.object_scale import check_shrink
from training.prediction import Confidences, Prediction, StageClock, means_of
from training.predictor import Predictor
from training.rescale import BandsBroughtBack, ReadImage, Scaling, plan_scaling, plan_shrink

# Tiles start at multiples of this: a network with strides, and an equalisation by regions of 128 px, answer
# alike only when they are shifted by whole strides and regions.
_ALIGNED_PX = 128

ChooseScaling = Callable[[], Scaling | None]


@dataclass(frozen=True)
class PredictedBand:
    """Whole rows of the answer.

    row : first row of the band
    labels : per compartment int32 (row, col), numbered over the whole FOV
    """

    row: int
    labels: LabelSet


@dataclass(frozen=True)
class _Plan:
    shape: tuple[int, int]
    tile_px: int
    overlap_px: int
    progress: Callable[[float], None] | None


class PredictedBands:
    """The label images of an FOV, band by band from the top; see `predict_image`.

    Iterating predicts. Bands have no gap; a nucleus and its cell share their label.
    """

    def __init__(self, predictor: Predictor, read: ReadImage, plan: _Plan, choose: ChooseScaling) -> None:
        self._predictor = predictor.scaled()
        self._read = read
        self._plan = plan
        self._choose = choose
        self._clock = StageClock()
        self._summary: Prediction | None = None
        self._scaling: Scaling | None = None

    def __iter__(self) -> Iterator[PredictedBand]:
        self._clock = StageClock()
        with self._clock.stage("scale"):
            self._scaling = self._choose()
        if self._scaling is None:
            yield from self._bands(self._read, self._plan)
            return
        plan = replace(self._plan, shape=self._scaling.scaled)
        brought_back = BandsBroughtBack(self._scaling)
        for band in self._bands(self._scaling.reader(self._read), plan):
            for row, labels in self._clock.each("scale", brought_back.add(band.labels)):
                yield PredictedBand(row, labels)

    def _bands(self, read: ReadImage, plan: _Plan) -> Iterator[PredictedBand]:
        if max(plan.shape) <= plan.tile_px:
            with self._clock.stage("read"):
                image = read(Window(0, 0, *plan.shape))
            found = self._predictor.predict_scored(image)
            self._clock.add(found.seconds)
            yield PredictedBand(0, found.labels)
            self._summary = found
            return
        kept = self._predict_tiles(read, plan)
        stitched = {}
        for name in self._predictor.compartments:
            with self._clock.stage("stitch"):
                stitched[name] = stitch_bands(kept.windows, kept.reader(name), plan.shape)
        yield from self._clock.each("stitch", self._join(kept, stitched))

    @property
    def confidences(self) -> dict[str, Confidences]:
        """As `Prediction.confidences`, by the labels of the whole FOV, once every band has been taken.

        That of an instance in several tiles is the mean of theirs, weighted by their shares of its pixels.

        Raises
        ------
        UnfinishedPrediction
            Before that.
        """
        return self._finished().confidences

    @property
    def leftovers(self) -> dict[str, Ints]:
        """As `Prediction.leftovers`, once every band has been taken."""
        return self._finished().leftovers

    @property
    def scale(self) -> float:
        """Pixels of the FOV along the side of a pixel that the predictor saw, as `confidences`."""
        self._finished()
        return 1.0 if self._scaling is None else self._plan.shape[0] / self._scaling.scaled[0]

    @property
    def seconds(self) -> dict[str, float]:
        """What each stage took so far."""
        return dict(self._clock.seconds)

    def _finished(self) -> Prediction:
        if self._summary is None:
            raise UnfinishedPrediction(
                "confidences and leftovers are known after the last band; take all bands first."
            )
        return self._summary

    def _predict_tiles(self, read: ReadImage, plan: _Plan) -> KeptTiles:
        """Predict every tile once; label images compress to a few per cent, so all of them are kept."""
        bare = plan_tiles(plan.shape, tile_px=plan.tile_px, overlap_px=0)
        with self._clock.stage("calibrate"):
            calibrated = self._predictor.calibrated(read(window) for window in bare)
        kept = KeptTiles(plan_tiles(plan.shape, tile_px=plan.tile_px, overlap_px=plan.overlap_px))
        for n_done, window in enumerate(kept.windows, start=1):
            with self._clock.stage("read"):
                image = read(window)
            found = calibrated.predict_scored(image)
            self._clock.add(found.seconds)
            with self._clock.stage("keep"):
                kept.add(found)
            if plan.progress is not None:
                plan.progress(n_done / len(kept.windows))
        return kept

    def _join(self, kept: KeptTiles, stitched: dict[str, StitchedBands]) -> Iterator[PredictedBand]:
        if len(stitched) < 2:
            ((name, bands),) = stitched.items()
            sure = _Sureness(kept, name)
            for row, band in bands:
                sure.see(row, band)
                yield PredictedBand(row, {name: band})
            self._summary = Prediction({}, {name: sure.means()}, {name: np.zeros(0, np.int64)})
            return
        sure_of = {name: _Sureness(kept, name) for name in stitched}
        new_nuclei, leftovers = _nuclei_by_cell(_row_aligned(stitched))
        for row, cells, nuclei in _row_aligned(stitched):
            sure_of[WHOLE_CELL].see(row, cells)
            sure_of[NUCLEAR].see(row, nuclei)
            yield PredictedBand(row, {WHOLE_CELL: cells, NUCLEAR: new_nuclei[nuclei]})
        known = sure_of[NUCLEAR].means()
        renumbered = np.zeros(int(new_nuclei.max(initial=0)) + 1, np.float32)
        renumbered[new_nuclei[: len(known)]] = known
        confidences = {WHOLE_CELL: sure_of[WHOLE_CELL].means(), NUCLEAR: renumbered}
        self._summary = Prediction({}, confidences, leftovers)


class _Sureness:
    """Collects how sure the tiles were of the instances of one compartment."""

    def __init__(self, kept: KeptTiles, name: str) -> None:
        self._kept = kept
        self._name = name
        self._sums: Floats = np.zeros(1)
        self._counts: Ints = np.zeros(1, np.int64)

    def see(self, row: int, band: Labels) -> None:
        highest = int(band.max(initial=0))
        if highest >= len(self._sums):
            more = max(highest + 1, 2 * len(self._sums)) - len(self._sums)
            self._sums, self._counts = np.pad(self._sums, (0, more)), np.pad(self._counts, (0, more))
        self._kept.add_confidences(self._name, row, band, self._sums, self._counts)

    def means(self) -> Confidences:
        n_labels = 1 + int(np.flatnonzero(self._counts).max(initial=0))
        return means_of(self._sums[:n_labels], self._counts[:n_labels])


def predict_image(
    predictor: Predictor,
    read: ReadImage,
    shape: tuple[int, int],
    *,
    tile_px: int = 1024,
    overlap_px: int = 256,
    pixel_size_um: float | None = None,
    shrink: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> PredictedBands:
    """Predict an FOV and give its label images band by band, from the top.

    Tiles are predicted with the intensities of the whole FOV, kept compressed, and stitched by maximum
    overlap; nuclei are matched to cells over the whole FOV. An FOV that fits into one tile is predicted as a
    whole.

    Parameters
    ----------
    predictor
        From `load_predictor`.
    read
        Gives the float32 (row, col, 2) image of a window; called up to three times for every pixel, or more
        in overlaps.
    shape
        Rows and columns of the FOV, each 1 or more.
    tile_px
        Side of a tile; a multiple of 128.
    overlap_px
        Pixels that neighbouring tiles share; a multiple of 128, at least twice the size of a large cell.
    pixel_size_um
        Of the FOV, None when unknown. The predictor sees the FOV at the size that its `seen_um` says.
    shrink
        Stored pixels along the side of a pixel that the predictor sees: 1, 2, 4 or 8, whatever the sizes of
        pixels. None lets the predictor choose, once for the whole FOV, unless its `seen_um` decides.
    progress
        Called with the share of the tiles that are predicted.

    Returns
    -------
    PredictedBands
        Nothing is predicted before it is iterated.

    Raises
    ------
    InvalidConfig
        The tiles or `shrink` do not fit the rules above, or the FOV has no pixels.
    """
    _check_tiles(shape, tile_px=tile_px, overlap_px=overlap_px)
    plan = _Plan(shape, tile_px, overlap_px, progress)
    if shrink is not None:
        check_shrink(shrink)
        planned = plan_shrink(shape, shrink)
    elif (seen_um := predictor.seen_um(pixel_size_um)) is not None:
        planned = plan_scaling(shape, image_um=pixel_size_um, model_um=seen_um)
    else:
        return PredictedBands(
            predictor, read, plan, lambda: plan_shrink(shape, predictor.choose_shrink(read, shape))
        )
    return PredictedBands(predictor, read, plan, lambda: planned)


def choose_shrink(
    predictor: Predictor, read: ReadImage, shape: tuple[int, int], *, pixel_size_um: float | None = None
) -> int | None:
    """Choose `shrink` as `predict_image` does, once for several images; None where pixel sizes decide."""
    return None if predictor.seen_um(pixel_size_um) is not None else predictor.choose_shrink(read, shape)


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


def _row_aligned(stitched: dict[str, StitchedBands]) -> Iterator[tuple[int, Labels, Labels]]:
    for (row, cells), (_, nuclei) in zip(stitched[WHOLE_CELL], stitched[NUCLEAR], strict=True):
        yield row, cells, nuclei


def _nuclei_by_cell(bands: Iterable[tuple[int, Labels, Labels]]) -> tuple[Labels, dict[str, Ints]]:
    """Return the new label of each nucleus, that of its cell or one that no cell has; and the leftovers.

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
    leftovers = {WHOLE_CELL: np.flatnonzero(~taken[1:]) + 1, NUCLEAR: new[alone].astype(np.int64)}
    return new, leftovers


def _strongest_first(table: Ints) -> Ints:
    """Add up the counts of each pair over the bands, and sort the pairs by them."""
    pairs, place = np.unique(table[:, :2], axis=0, return_inverse=True)
    counts = np.bincount(place.ravel(), table[:, 2], minlength=len(pairs))
    return np.asarray(pairs[np.lexsort((pairs[:, 1], pairs[:, 0], -counts))], np.int64)
