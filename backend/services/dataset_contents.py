"""What a dataset version holds: FOVs as items for the builder, and its test images by FOV."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.db import reading
from backend.models import Fov, Revision
from backend.services.context import Context
from backend.services.fov_labels import open_fov_labels
from backend.services.fovs import open_reader
from backend.services.marks import read_marks
from pipeline.dataset import DatasetItem, load_split
from pipeline.io.pyramid import blocks
from pipeline.mark_masks import hidden_pixels
from pipeline.model_input import model_image

CROP_PX = 256
_MOST_CROPS = 8
_SEEN = ("train", "val")


@dataclass(frozen=True)
class TestImages:
    """Test images (N, rows, columns, 2) float32, their truth, and the FOVs they come from.

    pixel_sizes_um : of each image, None where unknown
    """

    X: npt.NDArray[np.float32]
    y: npt.NDArray[np.int32]
    pixel_sizes_um: tuple[float | None, ...]
    fov_ids: frozenset[int]


def group_of(fov: Fov) -> str:
    """FOVs of one group stay in one split; an FOV without one, of an earlier version, is one by itself."""
    return fov.group or f"fov-{fov.id}"


def dataset_items(
    context: Context, fov: Fov, revision: Revision, *, hide_uncertain: bool = False
) -> Iterator[DatasetItem]:
    """An accepted FOV for `pipeline.dataset.build_dataset`, in pieces that fit into memory.

    Regions that annotators marked to be ignored carry no truth; cells marked as uncertain carry some, unless
    `hide_uncertain` says otherwise.
    """
    reader, labels = open_reader(context, fov), open_fov_labels(context, revision)
    with reading(context.sessions) as session:
        marks = read_marks(session, revision_id=revision.id)
    height, width = _piece_px(fov.n_rows), _piece_px(fov.n_columns)
    for frame in range(fov.n_frames):
        for window in blocks(fov.n_rows, fov.n_columns, height=height, width=width):
            held = {name: labels.read(name, frame, window) for name in labels.compartments}
            yield DatasetItem(
                source_id=f"fov-{fov.id}/frame-{frame}/{window.row}-{window.col}",
                group=group_of(fov),
                image=model_image(reader, window, frame),
                labels=held,
                hidden=hidden_pixels(marks, held, frame=frame, window=window, hide_uncertain=hide_uncertain),
                provenance={
                    "fov_id": fov.id,
                    "fov": fov.name,
                    "revision_id": revision.id,
                    "frame": frame,
                    "pixel_size_um": fov.pixel_size_um,
                    "window": [window.row, window.col, window.height, window.width],
                },
            )


def _piece_px(length: int) -> int:
    """Side of the pieces of an FOV: whole crops, at most eight, and no small rest at the end."""
    n_pieces = -(-length // (CROP_PX * _MOST_CROPS))
    return -(-length // (n_pieces * CROP_PX)) * CROP_PX


def trained_groups(manifest: Mapping[str, Any]) -> set[str]:
    """The groups that a model trained on this dataset version has seen, for weights or for choosing them."""
    return {group for group, split in manifest["groups"].items() if split in _SEEN}


def load_test_images(
    folder: Path, manifest: Mapping[str, Any], *, without_groups: Collection[str]
) -> TestImages:
    """The test split of a dataset version, less the groups named.

    Raises
    ------
    pipeline.errors.UnreadableImage
        When a file is not the one in the manifest.
    """
    images, labels = load_split(folder, "test")
    keep: list[bool] = []
    pixel_sizes: list[float | None] = []
    fov_ids: set[int] = set()
    for source in manifest["sources"]:
        if source["split"] != "test":
            continue
        wanted = source["group"] not in without_groups
        keep += [wanted] * len(source["crops"])
        if wanted:
            fov_ids.add(source["provenance"]["fov_id"])
            pixel_sizes += [source["provenance"].get("pixel_size_um")] * len(source["crops"])
    chosen = np.array(keep, dtype=bool)
    return TestImages(images[chosen], labels[chosen], tuple(pixel_sizes), frozenset(fov_ids))
