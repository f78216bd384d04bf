"""Dataset versions: accepted FOVs, cleaned, split by group and cut into crops of one size.

After Greenwald et al. 2022 (Methods, TissueNet construction): cells under 15 px removed, images with fewer
than 20 cells dropped, 80/10/10. Unlike there, a group (one specimen, one slide) is never in two splits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.compartments import COMPARTMENTS
from pipeline.dataset_items import NO_TRUTH, DatasetItem, check_item, hide_slivers, item_sha256
from pipeline.errors import InvalidImage, InvalidSetting
from pipeline.io.dataset_files import (
    CropFile,
    file_sha256,
    load_split_file,
    new_folder,
    write_manifest,
    write_split,
)
from pipeline.model_input import INPUT_CHANNELS
from pipeline.qc import Finding, QcThresholds, clean_labels
from pipeline.splits import SPLITS, assign_splits
from pipeline.types import Image, Labels, LabelSet
from pipeline.windows import Window, plan_windows

__all__ = ["NO_TRUTH", "DatasetItem", "assign_splits", "build_dataset", "load_split"]


def build_dataset(
    items: Iterable[DatasetItem],
    out: Path,
    *,
    fractions: Sequence[float] = (0.8, 0.1, 0.1),
    seed: int = 0,
    fixed: Mapping[str, str] | None = None,
    min_area: int = 15,
    min_cells: int = 20,
    size: int = 256,
    channels: Sequence[str] = INPUT_CHANNELS,
) -> dict[str, Any]:
    """Build a dataset version in a new folder, which appears complete or not at all.

    Items are taken one at a time, so that memory does not grow with their number. The last crop of a row or
    column is shifted to end at the border; an image smaller than a crop is padded at the bottom and right
    with X = 0 and y = -1. A compartment without labels is a plane of -1. Pieces of cells that a crop cuts to
    less than `min_area` are -1 as well: they are too small to learn from, and no background.

    Parameters
    ----------
    items
        FOVs; equal items give equal files.
    out
        The folder, which must not exist.
    fractions
        Shares of train, val and test.
    seed
        Of the split.
    fixed
        Splits that groups have from earlier versions.
    min_area
        Smallest cell in pixels; smaller ones are removed.
    min_cells
        Images with fewer cells are dropped.
    size
        Side of a crop in pixels.
    channels
        Names of the channels of the items' images, in their order.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    InvalidSetting
        When `out` exists, two items have one `source_id`, or a setting is out of its range.
    InvalidImage, InvalidLabels
        When an item does not fit its own description, or nothing is left.
    """
    if size < 16 or min_area < 0 or min_cells < 0:
        raise InvalidSetting(
            f"A dataset of size {size}, min_area {min_area} and min_cells {min_cells} cannot be; give at"
            " least 16 and no negative numbers."
        )
    if not channels or len(set(channels)) != len(channels):
        raise InvalidSetting(f"Channels {list(channels)} cannot be; name each one once.")
    assign_splits([], fractions=fractions, seed=seed, fixed=fixed)
    thresholds = QcThresholds(min_area_px=min_area, min_cells=min_cells)
    out = Path(out)
    with new_folder(out) as folder:
        x_shape, y_shape = (size, size, len(channels)), (size, size, len(COMPARTMENTS))
        with (
            closing(CropFile(folder / "X.crops", shape=x_shape, dtype=np.float32)) as image_crops,
            closing(CropFile(folder / "y.crops", shape=y_shape, dtype=np.int32)) as label_crops,
        ):
            builder = _Builder(image_crops, label_crops, thresholds=thresholds, size=size, channels=channels)
            for item in items:
                builder.add(item)
            splits = builder.assign(fractions=fractions, seed=seed, fixed=fixed)
            for name in SPLITS:
                write_split(
                    folder / f"{name}.npz",
                    image=image_crops,
                    labels=label_crops,
                    numbers=builder.numbers(name),
                    channels=channels,
                    compartments=COMPARTMENTS,
                )
        manifest = {
            "format": "cytoloop-dataset",
            "version": 1,
            "settings": {
                "fractions": list(fractions),
                "seed": seed,
                "min_area_px": min_area,
                "min_cells": min_cells,
                "size_px": size,
            },
            "channels": list(channels),
            "compartments": list(COMPARTMENTS),
            "groups": dict(sorted(splits.items())),
            "splits": {name: builder.counts(name) for name in SPLITS},
            "files": {f"{name}.npz": _describe_file(folder / f"{name}.npz") for name in SPLITS},
            "sources": builder.sources,
            "dropped": builder.dropped,
        }
        write_manifest(folder, manifest)
    return manifest


def load_split(folder: Path, split: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int32]]:
    """Load a split of a dataset version and compare its checksum.

    Parameters
    ----------
    folder
        What `build_dataset` wrote.
    split
        ``"train"``, ``"val"`` or ``"test"``.

    Returns
    -------
    X : float32 array
        (N, size, size, channel): nuclear, membrane, or as the manifest names them.
    y : int32 array
        (N, size, size, 2): whole_cell, nuclear; -1 where nothing is known.

    Raises
    ------
    InvalidSetting
        When there is no such split.
    UnreadableImage
        When the folder is no dataset, or a file is not the one in the manifest.
    """
    if split not in SPLITS:
        raise InvalidSetting(f"There is no split {split!r}; use {', '.join(SPLITS)}.")
    return load_split_file(Path(folder), split)


class _Builder:
    """Collects crops and what the manifest says about them."""

    def __init__(
        self,
        image_crops: CropFile,
        label_crops: CropFile,
        *,
        thresholds: QcThresholds,
        size: int,
        channels: Sequence[str],
    ) -> None:
        self._image_crops = image_crops
        self._label_crops = label_crops
        self._thresholds = thresholds
        self._size = size
        self._channels = channels
        self._seen: set[str] = set()
        self._numbers: dict[str, list[int]] = {}
        self.sources: list[dict[str, Any]] = []
        self.dropped: list[dict[str, Any]] = []

    def add(self, item: DatasetItem) -> None:
        """Clean an item and keep its crops, or note why it is dropped."""
        if item.source_id in self._seen:
            raise InvalidSetting(f"Two items are called {item.source_id!r}; give each its own source_id.")
        self._seen.add(item.source_id)
        labels = check_item(item, channels=self._channels)
        cleaned, findings = clean_labels(labels, thresholds=self._thresholds)
        n_cells = {name: _count(cleaned[name]) for name in COMPARTMENTS if name in cleaned}
        entry = {
            "source_id": item.source_id,
            "group": item.group,
            "provenance": dict(item.provenance),
            "shape": list(item.image.shape[:2]),
            "n_cells": n_cells,
            "n_removed": _removed(labels, cleaned),
            "findings": _summary(findings),
            "sha256": item_sha256(item.image, labels, item.hidden),
        }
        counted = next(iter(n_cells))
        if n_cells[counted] < self._thresholds.min_cells:
            reason = (
                f"{n_cells[counted]} instances of {counted} after cleaning, fewer than"
                f" {self._thresholds.min_cells}"
            )
            self.dropped.append({**entry, "reason": reason})
            return
        for name, mask in item.hidden.items():
            cleaned[name] = np.where(mask, np.int32(NO_TRUTH), cleaned[name])
        windows = plan_windows(item.image.shape[:2], size_px=self._size, overlap=0.0)
        self._numbers[item.source_id] = [
            self._add_crop(item.image, cleaned, window=window) for window in windows
        ]
        crops = [[window.row, window.col, window.height, window.width] for window in windows]
        self.sources.append({**entry, "crops": crops})

    def _add_crop(self, image: Image, labels: LabelSet, *, window: Window) -> int:
        size = self._size
        pixels = np.zeros((size, size, len(self._channels)), np.float32)
        truth = np.full((size, size, len(COMPARTMENTS)), NO_TRUTH, np.int32)
        pixels[: window.height, : window.width] = image[window.slices]
        for plane, name in enumerate(COMPARTMENTS):
            if name in labels:
                crop = hide_slivers(labels[name][window.slices], min_area=self._thresholds.min_area_px)
                truth[: window.height, : window.width, plane] = crop
        self._image_crops.append(pixels)
        return self._label_crops.append(truth)

    def assign(
        self, *, fractions: Sequence[float], seed: int, fixed: Mapping[str, str] | None
    ) -> dict[str, str]:
        """Give each source its split; returns the split of each group."""
        if not self.sources:
            raise InvalidImage(
                f"no image is left for the dataset: {len(self.dropped)} dropped"
                f"{_first_reason(self.dropped)}. Annotate more, or lower min_cells."
            )
        groups = [source["group"] for source in self.sources]
        splits = assign_splits(groups, fractions=fractions, seed=seed, fixed=fixed)
        for source in self.sources:
            source["split"] = splits[source["group"]]
        return splits

    def _of(self, split: str) -> list[dict[str, Any]]:
        return [source for source in self.sources if source["split"] == split]

    def numbers(self, split: str) -> list[int]:
        """Numbers of the crops of a split."""
        return [number for source in self._of(split) for number in self._numbers[source["source_id"]]]

    def counts(self, split: str) -> dict[str, Any]:
        """What a split holds."""
        sources = self._of(split)
        return {
            "n_fovs": len(sources),
            "n_groups": len({source["group"] for source in sources}),
            "n_crops": len(self.numbers(split)),
            "n_cells": {
                name: sum(source["n_cells"].get(name, 0) for source in sources) for name in COMPARTMENTS
            },
        }


def _count(labels: Labels) -> int:
    return int(np.count_nonzero(np.unique(labels)))


def _removed(before: LabelSet, after: LabelSet) -> dict[str, int]:
    return {name: _count(before[name]) - _count(after[name]) for name in before}


def _summary(findings: Sequence[Finding]) -> dict[str, int]:
    """Number of findings by rule."""
    rules = sorted({finding.rule for finding in findings})
    return {rule: sum(finding.rule == rule for finding in findings) for rule in rules}


def _first_reason(dropped: Sequence[Mapping[str, Any]]) -> str:
    return f" (the first, {dropped[0]['source_id']}: {dropped[0]['reason']})" if dropped else ""


def _describe_file(path: Path) -> dict[str, Any]:
    return {"sha256": file_sha256(path), "n_bytes": path.stat().st_size}
