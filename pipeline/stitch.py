"""Stitch annotated crops to one label image.

Neighbouring crops overlap, so a cell near a border is in several crops, in a *version* each. Stitching
decides which versions are one cell, and which version is used.

One cell
    For each pair of crops that share a strip, pixels are counted per pair of labels inside the strip. Two
    versions can be one cell when each is the other's best match by shared pixels, and they share at least
    `min_overlap` of the smaller one's pixels in the strip. (A share of the smaller one, because a cell cut to
    a sliver in one crop may be whole in the other.) These links are made strongest first; one that would put
    two cells of the same crop into one is refused. So two cells of a crop are never merged, even when both
    touch one cell of a neighbour.

Which version
    A version is whole when it touches no border of its crop inside the FOV and no other version reaches
    beyond that crop. Of the whole versions the one that lies deepest in its crop is used, so that a cell that
    one crop cuts comes from the neighbour that has all of it. When crops dispute the outline, an uncut
    version is also taken for whole if the others reach beyond its crop by no more than a quarter of its
    shorter side. A cell that no crop has whole is put together by pixel: each pixel comes from its owner, the
    crop in which the pixel lies deepest.

Whose pixel
    Where crops give a pixel to different cells, a crop that holds both cells, and the claiming one whole, has
    told them apart: it outranks a crop that holds only one of them, so the neighbour's larger cell does not
    swallow one of the two. Otherwise the pixel's owner decides, or else the first window that claims it.

Ties are decided by places in the image only: never by the order of crops or by the numbers of labels.

Laws (tested with random images, windows and label images): stitching unchanged crops gives the original
partition when every instance is connected (4- or 8-neighbours), or fits into the overlap; the result does
not depend on the order of crops nor on their numbering; two cells of one crop stay two.

With an overlap of 0 px crops share nothing, so the pieces of a cell on a border stay apart; the report counts
them as `n_unmatched_cut`. One pixel of overlap is enough for connected cells.

Two passes read each crop once each and hold the crops of about two rows of windows; `stitch_bands` is for
FOVs larger than memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from pipeline.errors import CropMismatch, InvalidSetting
from pipeline.stitching.clusters import BY_OWNER, Clusters, cluster_versions
from pipeline.stitching.paint import Painter
from pipeline.stitching.report import MAX_LISTED, Conflict, Merge, StitchReport
from pipeline.stitching.survey import ReadCrop, Survey, sort_windows, survey_crops
from pipeline.types import Ints, Labels
from pipeline.windows import Window

__all__ = ["Conflict", "Merge", "StitchReport", "StitchedBands", "stitch_bands", "stitch_labels"]


class StitchedBands:
    """Finished bands of a stitched FOV, top to bottom; see `stitch_bands`."""

    def __init__(self, survey: Survey, clusters: Clusters, read_crop: ReadCrop) -> None:
        self._survey = survey
        self._clusters = clusters
        self._read_crop = read_crop
        self._report: StitchReport | None = None

    def __iter__(self) -> Iterator[tuple[int, Labels]]:
        painter = Painter(self._survey, self._clusters)
        for row, band in painter.bands(self._read_crop):
            yield row, band.reshape((*self._survey.stack_shape, *band.shape[1:]))
            # Not held while the next one is made: two bands would be there at once.
            del band
        self._report = _report(self._survey, self._clusters, painter)

    @property
    def report(self) -> StitchReport:
        """The report, once every band has been taken.

        Raises
        ------
        CropMismatch
            Before that.
        """
        if self._report is None:
            raise CropMismatch("The stitch report is ready after the last band; take all bands first.")
        return self._report


def stitch_bands(
    windows: Sequence[Window],
    read_crop: Callable[[int], Labels],
    shape: tuple[int, int],
    *,
    min_overlap: float = 0.5,
) -> StitchedBands:
    """Stitch crops that are read when needed.

    Parameters
    ----------
    windows : sequence of Window
        In any order, each once, together covering the FOV.
    read_crop : function
        Gives the labels of ``windows[k]`` for k, (row, col) or (frame, row, col); called twice for each,
        in the order of windows.
    shape : (int, int)
        Rows and columns of the FOV.
    min_overlap : float
        Least shared part of the smaller version within the strip, 0 to 1.

    Returns
    -------
    StitchedBands
        Iterating gives (first row, labels of the band); labels are 1, 2, ... in the order of first pixels,
        band by band. Its `report` is ready after the last band.

    Raises
    ------
    CropMismatch
        When the windows do not make up the FOV or a crop does not fit its window.
    InvalidLabels
        When a crop is no label image.
    InvalidSetting
        When `min_overlap` is out of its range.
    """
    if not 0 <= min_overlap <= 1:
        raise InvalidSetting(f"A minimum overlap of {min_overlap} cannot be; give a share from 0 to 1.")
    order = sort_windows(windows, shape)

    def read_sorted(number: int) -> Labels:
        return read_crop(order[number])

    survey = survey_crops([windows[k] for k in order], read_sorted, (int(shape[0]), int(shape[1])))
    return StitchedBands(survey, cluster_versions(survey, min_overlap=min_overlap), read_sorted)


def stitch_labels(
    crops: Sequence[tuple[Window, Labels]], shape: tuple[int, int], *, min_overlap: float = 0.5
) -> tuple[Labels, StitchReport]:
    """Stitch crops to one label image.

    Parameters
    ----------
    crops : sequence of (Window, labels)
        Labels (row, col) or (frame, row, col) of integers, in any order, together covering the FOV.
    shape : (int, int)
        Rows and columns of the FOV.
    min_overlap : float
        Least shared part of the smaller version within the strip, 0 to 1.

    Returns
    -------
    labels : int32, `shape`, or (frame, row, col)
        Labels 1, 2, ...
    report : StitchReport

    Raises
    ------
    CropMismatch, InvalidLabels, InvalidSetting
        As `stitch_bands`.
    """
    bands = stitch_bands(
        [window for window, _ in crops], lambda k: crops[k][1], shape, min_overlap=min_overlap
    )
    stitched = np.zeros((*np.shape(crops[0][1])[:-2], *shape), dtype=np.int32)
    for row, band in bands:
        stitched[..., row : row + band.shape[-2], :] = band
        del band
    return stitched, bands.report


def _report(survey: Survey, clusters: Clusters, painter: Painter) -> StitchReport:
    used = painter.numbers > 0
    merged = np.flatnonzero(used & (clusters.sizes > 1))
    merged = merged[np.argsort(painter.numbers[merged])]
    apart = np.flatnonzero(clusters.of(survey.first) != clusters.of(survey.second))
    cut = np.bincount(clusters.cluster_of, weights=clusters.cut, minlength=len(used)) > 0
    return StitchReport(
        n_crops=len(survey.windows),
        n_instances=painter.n_used,
        n_merges=len(merged),
        merges=[_merge(survey, clusters, painter, int(k)) for k in merged[:MAX_LISTED]],
        n_conflicts=len(apart),
        conflicts=_conflicts(survey, clusters, painter, apart),
        n_conflict_px=painter.n_conflict_px,
        n_refused=clusters.n_refused,
        n_unmatched_cut=int((used & (clusters.sizes == 1) & cut).sum()),
    )


def _merge(survey: Survey, clusters: Clusters, painter: Painter, cluster: int) -> Merge:
    chosen = int(clusters.chosen[cluster])
    box = clusters.boxes[cluster] if chosen == BY_OWNER else survey.boxes[chosen]
    return Merge(
        label=int(painter.numbers[cluster]),
        n_crops=int(clusters.sizes[cluster]),
        source=None if chosen == BY_OWNER else survey.windows[int(survey.crops[chosen])],
        row=int(box[0] + box[2] - 1) // 2,
        col=int(box[1] + box[3] - 1) // 2,
    )


def _conflicts(survey: Survey, clusters: Clusters, painter: Painter, apart: Ints) -> list[Conflict]:
    largest = apart[np.lexsort((apart, survey.pixels[apart], -survey.counts[apart]))][:MAX_LISTED]
    pair_of = np.searchsorted(survey.pair_offsets, largest, side="right") - 1
    return [
        _conflict(survey, clusters, painter, int(region), int(pair))
        for region, pair in zip(largest, pair_of, strict=True)
    ]


def _conflict(survey: Survey, clusters: Clusters, painter: Painter, region: int, pair: int) -> Conflict:
    versions = int(survey.first[region]), int(survey.second[region])
    first, second = (
        (0, 0) if v < 0 else (int(survey.labels[v]), int(painter.numbers[clusters.cluster_of[v]]))
        for v in versions
    )
    line, col = divmod(int(survey.pixels[region]), survey.shape[1])
    frame, row = divmod(line, survey.shape[0])
    i, j = survey.pairs[pair]
    return Conflict(
        windows=(survey.windows[i], survey.windows[j]),
        crop_labels=(first[0], second[0]),
        labels=(first[1], second[1]),
        frame=frame,
        row=row,
        col=col,
        n_px=int(survey.counts[region]),
    )
