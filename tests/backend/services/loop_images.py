"""Images of bright squares with known labels, as files."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

SHAPE = (96, 120)


def square_nuclei(shape: tuple[int, int] = SHAPE, *, step: int = 20, seed: int = 0) -> npt.NDArray[np.int32]:
    """Nuclei of 8 x 8 px in a grid, at places that the seed shifts, numbered from 1."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(shape, np.int32)
    label = 0
    for row in range(4, shape[0] - 12, step):
        for col in range(4, shape[1] - 12, step):
            label += 1
            r, c = row + int(rng.integers(4)), col + int(rng.integers(4))
            labels[r : r + 8, c : c + 8] = label
    return labels


def write_image_npz(
    path: Path,
    *,
    shape: tuple[int, int] = SHAPE,
    n_frames: int = 1,
    channels: tuple[str, ...] = ("DAPI", "membrane"),
    seed: int = 0,
    compartments: tuple[str, ...] = (),
    **more: Any,
) -> Path:
    """An .npz with `X` (and `y` of the compartments named) whose nuclei shine at 200 over 10."""
    nuclei = square_nuclei(shape, seed=seed)
    planes = {"DAPI": np.where(nuclei > 0, 200, 10), "membrane": np.full(shape, 20) + nuclei % 7}
    image = np.stack([planes[name] for name in channels], axis=-1).astype(np.uint16)
    arrays: dict[str, Any] = {"X": np.stack([image] * n_frames), "channels": np.array(channels), **more}
    if compartments:
        arrays["y"] = np.stack([np.stack([nuclei] * len(compartments), axis=-1)] * n_frames)
        arrays["compartments"] = np.array(compartments)
    np.savez(path, **arrays)
    return path
