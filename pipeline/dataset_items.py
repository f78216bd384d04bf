"""One image with its labels, as it goes into a dataset."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipeline.compartments import COMPARTMENTS
from pipeline.errors import InvalidImage, InvalidLabels
from pipeline.labels import check_labels
from pipeline.model_input import INPUT_CHANNELS
from pipeline.types import Image, Labels, LabelSet, Mask

NO_TRUTH = -1
"""Value of `y` where nothing is known: compartment not annotated, padding, a hidden pixel, a sliver."""


@dataclass(frozen=True)
class DatasetItem:
    """One accepted FOV, or one image from a file.

    Attributes
    ----------
    source_id
        Names it in the manifest; unique.
    group
        Items of one group stay in one split.
    image
        float32 (row, column, channel): nuclear, membrane and others that are named, as stored.
    labels
        Label image (row, column) of one or both compartments.
    hidden
        Compartment to mask (row, column) of pixels whose labels say nothing, such as ignored regions.
    provenance
        Plain JSON values that say where it comes from; copied to the manifest.
    """

    source_id: str
    group: str
    image: Image
    labels: LabelSet
    provenance: Mapping[str, Any] = field(default_factory=dict)
    hidden: Mapping[str, Mask] = field(default_factory=dict)


def hide_slivers(labels: Labels, *, min_area: int) -> Labels:
    """Mark labels that have fewer than `min_area` pixels in a crop as -1; what is -1 stays."""
    present, inverse, areas = np.unique(labels, return_inverse=True, return_counts=True)
    shown = np.where((present > 0) & (areas < min_area), NO_TRUTH, present)
    return shown[inverse].reshape(labels.shape).astype(np.int32)


def check_item(item: DatasetItem, *, channels: Sequence[str] = INPUT_CHANNELS) -> LabelSet:
    """Labels of an item, whole_cell before nuclear, when it is what it says and its image has `channels`.

    Raises
    ------
    InvalidImage
        When the image has another shape, no pixels, or a value that is not finite.
    InvalidLabels
        When a compartment is unknown or missing, or a label image is none or has another shape.
    """
    image = np.asarray(item.image)
    if image.ndim != 3 or image.shape[2] != len(channels) or 0 in image.shape:
        raise InvalidImage(
            f"{item.source_id}: the image is {image.shape}; it must be (rows, columns, {len(channels)}),"
            f" {' and '.join(channels)}."
        )
    if not np.isfinite(image).all():
        row, col, channel = (int(n) for n in np.argwhere(~np.isfinite(image))[0])
        raise InvalidImage(
            f"{item.source_id}: channel {channels[channel]} is {image[row, col, channel]} at row {row},"
            f" column {col}. Replace NaN and infinity by numbers."
        )
    if not item.labels or set(item.labels) - set(COMPARTMENTS):
        raise InvalidLabels(
            f"{item.source_id}: labels of {sorted(item.labels)}; give some of {list(COMPARTMENTS)}."
        )
    checked = {}
    for name in COMPARTMENTS:
        if name in item.labels:
            labels = check_labels(item.labels[name], name=f"{item.source_id}: {name}")
            if labels.shape != image.shape[:2]:
                raise InvalidLabels(
                    f"{item.source_id}: labels of {name} are {labels.shape}, the image is {image.shape[:2]}."
                    " Give both of one FOV."
                )
            checked[name] = labels
    for name, mask in item.hidden.items():
        if name not in checked or mask.shape != image.shape[:2] or mask.dtype != np.bool_:
            raise InvalidLabels(
                f"{item.source_id}: hidden pixels of {name} are {mask.dtype} of {mask.shape}; give masks of"
                f" {image.shape[:2]} for labelled compartments."
            )
    return checked


def item_sha256(image: Image, labels: LabelSet, hidden: Mapping[str, Mask]) -> str:
    """SHA-256 of the pixels, labels and hidden pixels of an item, as hexadecimal digits."""
    digest = hashlib.sha256(np.ascontiguousarray(image, dtype="<f4").tobytes())
    for name, plane in labels.items():
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(plane, dtype="<i4").tobytes())
    for name in sorted(hidden):
        digest.update(b"hidden" + name.encode())
        digest.update(np.packbits(hidden[name]).tobytes())
    return digest.hexdigest()
