"""Label images in files of any readable format, whoever wrote them."""

from pathlib import Path

import numpy as np

from pipeline.compartments import COMPARTMENTS
from pipeline.errors import InvalidLabels
from pipeline.io.npz import read_npz
from pipeline.io.open import open_image
from pipeline.labels import check_labels
from pipeline.types import LabelSet
from pipeline.windows import Window


def read_label_sets(path: Path) -> list[LabelSet]:
    """Read the label images of a file.

    Parameters
    ----------
    path
        An .npz with `y`, an image with existing labels (OME-Zarr), or an image whose channels are label
        images: planes named after compartments, or a single unnamed plane, which is taken as whole cells.

    Returns
    -------
    list of LabelSet
        One per image or frame, (row, column) int32.

    Raises
    ------
    InvalidLabels
        When the file holds no labels, or values that are no labels.
    """
    if path.suffix.lower() == ".npz":
        return _from_npz(path)
    with open_image(path, nuclear=0) as source:
        n_frames, n_channels, rows, cols = source.shape
        whole = Window(0, 0, rows, cols)
        if source.labels:
            return [
                {name: source.read_labels(name, frame, whole) for name in source.labels}
                for frame in range(n_frames)
            ]
        names = [channel.name for channel in source.channels]
        if n_channels == 1 and names[0] not in COMPARTMENTS:
            names = ["whole_cell"]
        if not set(names) <= set(COMPARTMENTS):
            raise InvalidLabels(
                f"has channels {names} and no labels; give labels with planes {list(COMPARTMENTS)}.",
                path=path,
            )
        return [
            {
                name: check_labels(source.read(frame, index, whole), name=f"{path} {name}")
                for index, name in enumerate(names)
            }
            for frame in range(n_frames)
        ]


def _from_npz(path: Path) -> list[LabelSet]:
    arrays = read_npz(path, one_plane="whole_cell")
    if arrays.y is None:
        raise InvalidLabels("has no labels; an .npz of labels holds them as `y`.", path=path)
    planes = np.asarray(arrays.y)
    return [
        {
            name: check_labels(image[..., index], name=f"{path} {name}")
            for index, name in enumerate(arrays.compartments)
        }
        for image in planes
    ]
