"""Which versions are one cell, and which version of a cell is used."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from pipeline.stitching.survey import Survey
from pipeline.types import AnyArray, Ints, Mask

BY_OWNER = -1
_FAR = np.iinfo(np.int64).max
_OVERHANG_PARTS = 4


@dataclass(frozen=True)
class Clusters:
    """Versions joined to cells.

    Parameters
    ----------
    cluster_of : int64, (n_versions,)
        Clusters are numbered in the order of their first versions.
    chosen : int64, (n_clusters,)
        The version that is used whole, or `BY_OWNER`.
    sizes : int64, (n_clusters,)
        Versions in each.
    boxes : int64, (n_clusters, 4)
        Box around all versions.
    cut : bool, (n_versions,)
        Whether the version touches a border of its crop that is no border of the FOV.
    n_refused : int
        Links refused because they would have merged two cells of one crop.
    """

    cluster_of: Ints
    chosen: Ints
    sizes: Ints
    boxes: Ints
    cut: Mask
    n_refused: int

    def of(self, versions: Ints) -> Ints:
        """Give the cluster of each version; background stays background."""
        if len(self.cluster_of) == 0:
            return versions
        return np.where(versions < 0, versions, self.cluster_of[versions])


@numba.njit(cache=True)
def _candidates(
    first: Ints, second: Ints, counts: Ints, pair_offsets: Ints, n_versions: int, min_overlap: float
) -> tuple[AnyArray, AnyArray]:
    # Background is version -1, which is the last place of these arrays: counted there and never looked at.
    areas = np.zeros(n_versions + 1, np.int64)
    best = np.zeros(n_versions + 1, np.int64)
    linked = np.zeros(len(first), np.bool_)
    equal = np.zeros(len(first), np.bool_)
    for pair in range(len(pair_offsets) - 1):
        regions = range(pair_offsets[pair], pair_offsets[pair + 1])
        for k in regions:
            areas[first[k]], areas[second[k]], best[first[k]], best[second[k]] = 0, 0, 0, 0
        for k in regions:
            a, b = first[k], second[k]
            areas[a] += counts[k]
            areas[b] += counts[k]
            if a >= 0 and b >= 0:
                best[a] = max(best[a], counts[k])
                best[b] = max(best[b], counts[k])
        for k in regions:
            a, b = first[k], second[k]
            if a >= 0 and b >= 0 and counts[k] == best[a] and counts[k] == best[b]:
                linked[k] = counts[k] >= min_overlap * min(areas[a], areas[b])
                equal[k] = counts[k] == areas[a] and counts[k] == areas[b]
    return linked, equal


@numba.njit(cache=True)
def _root(parents: Ints, version: int) -> int:
    while parents[version] != version:
        parents[version] = parents[parents[version]]
        version = parents[version]
    return version


@numba.njit(cache=True)
def _share_a_crop(ring: Ints, crops: Ints, stamps: Ints, a: int, b: int, stamp: int) -> bool:
    member = a
    while True:
        stamps[crops[member]] = stamp
        member = ring[member]
        if member == a:
            break
    member = b
    while True:
        if stamps[crops[member]] == stamp:
            return True
        member = ring[member]
        if member == b:
            return False


@numba.njit(cache=True)
def _join(first: Ints, second: Ints, crops: Ints, n_crops: int) -> tuple[Ints, AnyArray]:
    parents = np.arange(len(crops))
    # The members of a cluster form a ring; joining two clusters swaps one step of either ring.
    ring = np.arange(len(crops))
    stamps = np.full(n_crops, -1, np.int64)
    joined = np.ones(len(first), np.bool_)
    for k in range(len(first)):
        a, b = _root(parents, first[k]), _root(parents, second[k])
        if a == b:
            continue
        if _share_a_crop(ring, crops, stamps, a, b, k):
            joined[k] = False
            continue
        parents[max(a, b)] = min(a, b)
        ring[a], ring[b] = ring[b], ring[a]
    for version in range(len(crops)):
        parents[version] = _root(parents, version)
    return parents, joined


def cluster_versions(survey: Survey, *, min_overlap: float) -> Clusters:
    """Join versions of one cell and choose the version to use.

    Parameters
    ----------
    survey : Survey
    min_overlap : float
        Least share of the smaller of two versions, within the strip of their crops, that both must cover.
    """
    linked, equal = _candidates(
        survey.first, survey.second, survey.counts, survey.pair_offsets, survey.n_versions, min_overlap
    )
    links = np.flatnonzero(linked)
    a, b = survey.first[links], survey.second[links]
    strongest_first = np.lexsort((b, a, survey.pixels[links], -survey.counts[links]))
    links = links[strongest_first]
    roots, joined = _join(survey.first[links], survey.second[links], survey.crops, len(survey.windows))
    _, cluster_of = np.unique(roots, return_inverse=True)
    n_clusters = int(cluster_of.max(initial=-1)) + 1
    disputed = np.zeros(n_clusters, dtype=bool)
    disputed[cluster_of[survey.first[links[joined & ~equal[links]]]]] = True
    boxes = _cluster_boxes(survey.boxes, cluster_of=cluster_of, n_clusters=n_clusters)
    cut, depth = _borders(survey)
    overhang = _overhang(survey, boxes[cluster_of])
    edge = np.minimum(survey.boxes[:, 2] - survey.boxes[:, 0], survey.boxes[:, 3] - survey.boxes[:, 1])
    tolerated = disputed[cluster_of] & (overhang * _OVERHANG_PARTS <= edge)
    usable = np.flatnonzero(~cut & ((overhang == 0) | tolerated))
    return Clusters(
        cluster_of=cluster_of,
        chosen=_best_of(usable, overhang=overhang, depth=depth, cluster_of=cluster_of, n_clusters=n_clusters),
        sizes=np.bincount(cluster_of, minlength=n_clusters),
        boxes=boxes,
        cut=cut,
        n_refused=int((~joined).sum()),
    )


def _cluster_boxes(boxes: Ints, *, cluster_of: Ints, n_clusters: int) -> Ints:
    around = np.empty((n_clusters, 4), dtype=np.int64)
    around[:, :2], around[:, 2:] = _FAR, 0
    np.minimum.at(around[:, :2], cluster_of, boxes[:, :2])
    np.maximum.at(around[:, 2:], cluster_of, boxes[:, 2:])
    return around


def _borders(survey: Survey) -> tuple[Mask, Ints]:
    windows = survey.window_table()[survey.crops]
    gaps = np.abs(survey.boxes - windows)
    inner = np.ones_like(windows, dtype=bool)
    inner[:, :2] = windows[:, :2] > 0
    inner[:, 2:] = windows[:, 2:] < np.array(survey.shape)
    depth = np.where(inner, gaps, _FAR).min(axis=1, initial=_FAR)
    return depth == 0, depth


def _overhang(survey: Survey, boxes: Ints) -> Ints:
    windows = survey.window_table()[survey.crops]
    beyond = np.concatenate((windows[:, :2] - boxes[:, :2], boxes[:, 2:] - windows[:, 2:]), axis=1)
    return np.maximum(beyond.max(axis=1, initial=0), 0)


def _best_of(usable: Ints, *, overhang: Ints, depth: Ints, cluster_of: Ints, n_clusters: int) -> Ints:
    clusters = cluster_of[usable]
    order = np.lexsort((usable, -depth[usable], overhang[usable], clusters))
    found, place = np.unique(clusters[order], return_index=True)
    chosen = np.full(n_clusters, BY_OWNER, dtype=np.int64)
    chosen[found] = usable[order][place]
    return chosen
