"""Second pass over the crops: cells are painted into a band that moves down the FOV."""

from __future__ import annotations

from collections.abc import Iterator

import numba
import numpy as np

from pipeline.contingency import find_slot, place_table
from pipeline.stitching.clusters import BY_OWNER, Clusters
from pipeline.stitching.survey import ReadCrop, Survey, read_stack
from pipeline.types import AnyArray, Ints, Labels
from pipeline.windows import Window

# Claims of a version on its pixels: none, all of them, or those that its crop owns.
_NONE, _WHOLE, _OWNED = np.uint8(0), np.uint8(1), np.uint8(2)
# What is kept per pixel of the band: the version that is painted, and what was said; see `_paint`.
_N_PLANES = 2
_FAR = 1 << 62


@numba.njit(cache=True)
def _depths(start: int, stop: int, length: int) -> Ints:
    """Distance of each row (or column) of a window from its nearest border inside the FOV."""
    depths = np.full(stop - start, _FAR, np.int64)
    for k in range(stop - start):
        if start > 0:
            depths[k] = k
        if stop < length:
            depths[k] = min(depths[k], stop - start - 1 - k)
    return depths


@numba.njit(cache=True)
def _owned(crop: int, rivals: Ints, windows: Ints, n_rows: int, n_cols: int) -> AnyArray:
    top, left, bottom, right = windows[crop]
    deep_rows, deep_cols = _depths(top, bottom, n_rows), _depths(left, right, n_cols)
    owned = np.ones((bottom - top, right - left), np.bool_)
    for rival in rivals:
        r_top, r_left, r_bottom, r_right = windows[rival]
        rival_rows, rival_cols = _depths(r_top, r_bottom, n_rows), _depths(r_left, r_right, n_cols)
        for row in range(max(top, r_top), min(bottom, r_bottom)):
            own_row, rival_row = deep_rows[row - top], rival_rows[row - r_top]
            for col in range(max(left, r_left), min(right, r_right)):
                own = min(own_row, deep_cols[col - left])
                other = min(rival_row, rival_cols[col - r_left])
                if other > own or (other == own and rival < crop):
                    owned[row - top, col - left] = False
    return owned


@numba.njit(cache=True)
def _tells_apart(holders: Ints, crop: int, cluster: int, whole: AnyArray, rival: int) -> bool:
    """Say whether `cluster` is used whole from a crop that holds `rival` too, as another cell."""
    key = crop * len(whole) + rival
    return whole[cluster] and holders[find_slot(holders, key)] == key


@numba.njit(cache=True)
def _wins(
    holders: Ints, whole: AnyArray, crop: int, cluster: int, source: int, rival: int, own: bool
) -> bool:
    """Say whether a claim on a pixel beats the one that is painted there from crop `source`."""
    mine = _tells_apart(holders, crop, cluster, whole, rival)
    theirs = _tells_apart(holders, source, rival, whole, cluster)
    return mine if mine != theirs else own


@numba.njit(cache=True)
def _paint(
    crop: int,
    stack: AnyArray,
    labels: Ints,
    first_version: int,
    claims: AnyArray,
    owned: AnyArray,
    crops: Ints,
    clusters: Ints,
    holders: Ints,
    whole: AnyArray,
    canvas: AnyArray,
    seen: AnyArray,
    row_shift: int,
    col_shift: int,
) -> int:
    """Paint version + 1 where one crop may; give the number of pixels that it brings into dispute.

    `labels` are those of the crop's versions and then 0, the background, which claims nothing. `seen` holds
    what the first crop said (1 for background, cluster + 2 for a cell), 0 where no crop has spoken and -1
    where two disagree.
    """
    keys, places = place_table(labels)
    n_frames, height, width = stack.shape
    n_disputed = 0
    for frame in range(n_frames):
        for row in range(height):
            values, own = stack[frame, row], owned[row]
            cells = canvas[frame, row + row_shift, col_shift : col_shift + width]
            said = seen[frame, row + row_shift, col_shift : col_shift + width]
            col = 0
            while col < width:
                value = values[col]
                place = places[find_slot(keys, value)]
                claim = claims[place]
                version = first_version + place
                cluster = clusters[version] if value != 0 else -1
                while col < width and values[col] == value:
                    if said[col] == 0:
                        said[col] = cluster + 2
                    elif said[col] > 0 and said[col] != cluster + 2:
                        said[col] = -1
                        n_disputed += 1
                    if claim == 1 or (claim == 2 and own[col]):
                        wins = True
                        if cells[col] > 0:
                            source, rival = crops[cells[col] - 1], clusters[cells[col] - 1]
                            wins = _wins(holders, whole, crop, cluster, source, rival, own[col])
                        if wins:
                            cells[col] = version + 1
                    col += 1
    return n_disputed


@numba.njit(cache=True)
def _number(band: AnyArray, clusters: Ints, numbers: Ints, n_used: int) -> int:
    """Replace version + 1 by labels, given in the order of first pixels; give the highest label so far."""
    n_frames, height, width = band.shape
    for frame in range(n_frames):
        for row in range(height):
            for col in range(width):
                if band[frame, row, col] == 0:
                    continue
                cluster = clusters[band[frame, row, col] - 1]
                if numbers[cluster] == 0:
                    n_used += 1
                    numbers[cluster] = n_used
                band[frame, row, col] = numbers[cluster]
    return n_used


class Painter:
    """Paints the bands of one FOV, from the top down.

    Parameters
    ----------
    survey : Survey
    clusters : Clusters
    """

    def __init__(self, survey: Survey, clusters: Clusters) -> None:
        self.survey = survey
        self.clusters = clusters
        self.numbers = np.zeros(len(clusters.chosen), dtype=np.int64)
        self.n_used = 0
        self.n_conflict_px = 0
        self._windows = survey.window_table()
        self._rivals = _rival_lists(survey)
        self._whole = clusters.chosen != BY_OWNER
        self._holders, _ = place_table(survey.crops * len(clusters.chosen) + clusters.cluster_of)
        self._claims = self._claim_table()

    def _claim_table(self) -> AnyArray:
        chosen = self.clusters.chosen[self.clusters.cluster_of]
        whole = chosen == np.arange(self.survey.n_versions)
        return np.where(whole, _WHOLE, np.where(chosen == BY_OWNER, _OWNED, _NONE)).astype(np.uint8)

    def bands(self, read_crop: ReadCrop) -> Iterator[tuple[int, Labels]]:
        """Read every crop once more and yield (first row, finished labels (frame, row, col))."""
        n_frames = int(np.prod(self.survey.stack_shape, dtype=np.int64))
        height = _open_rows(self.survey.windows)
        planes = np.zeros((_N_PLANES, n_frames, height, self.survey.shape[1]), dtype=np.int32)
        top = 0
        for number, window in enumerate(self.survey.windows):
            done = window.row - top
            if done > 0:
                yield top, self._finish(planes[0, :, :done])
                for plane in planes:
                    plane[:, : height - done] = plane[:, done:]
                    plane[:, height - done :] = 0
                top = window.row
            self._paint_crop(number, read_crop=read_crop, planes=planes, top=top)
        yield top, self._finish(planes[0, :, : self.survey.shape[0] - top])

    def _paint_crop(self, number: int, *, read_crop: ReadCrop, planes: Labels, top: int) -> None:
        survey, window = self.survey, self.survey.windows[number]
        stack = read_stack(window, read_crop(number), survey.stack_shape)
        own = slice(survey.offsets[number], survey.offsets[number + 1])
        self.n_conflict_px += _paint(
            number,
            np.ascontiguousarray(stack),
            np.append(survey.labels[own], 0),
            own.start,
            np.append(self._claims[own], _NONE),
            _owned(number, self._rivals[number], self._windows, *survey.shape),
            survey.crops,
            self.clusters.cluster_of,
            self._holders,
            self._whole,
            *planes,
            window.row - top,
            window.col,
        )

    def _finish(self, band: Labels) -> Labels:
        done = band.copy()
        self.n_used = _number(done, self.clusters.cluster_of, self.numbers, self.n_used)
        return done


def _open_rows(windows: list[Window]) -> int:
    """Give the most rows that are begun but not finished while crops go by in order."""
    stops = np.maximum.accumulate([window.stop_row for window in windows])
    return int((stops - [window.row for window in windows]).max())


def _rival_lists(survey: Survey) -> list[Ints]:
    pairs = survey.pairs
    owner = np.concatenate((pairs[:, 0], pairs[:, 1]))
    rival = np.concatenate((pairs[:, 1], pairs[:, 0]))
    order = np.argsort(owner, kind="stable")
    cuts = np.searchsorted(owner[order], np.arange(1, len(survey.windows)))
    return np.split(rival[order], cuts)
