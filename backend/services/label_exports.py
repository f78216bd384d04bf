"""The labels of FOVs as files for other programs."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.services.context import Context
from backend.services.fov_labels import FovLabels, find_current_revision, open_fov_labels
from backend.services.fovs import get_fov
from pipeline.io.ngff_write import BLOCK_COLS, CHUNK_PX
from pipeline.io.npz import write_label_blocks
from pipeline.io.pyramid import blocks


def fov_labels_npz(session: Session, context: Context, *, fov_id: int) -> IO[bytes]:
    """The present labels of an FOV as .npz: `y` (frame, row, col, compartment) int32 and `compartments`.

    Returns
    -------
    file
        On this machine's disk, without a name and at its start; it goes when it is closed. Some rows
        of the FOV are held in memory at a time.

    Raises
    ------
    NotFound
        When there is no such FOV, or it has no labels yet.
    """
    fov = get_fov(session, fov_id=fov_id)
    revision = find_current_revision(session, fov)
    if revision is None:
        raise NotFound(f"FOV {fov.name!r} has no labels yet; launch a job on it first.")
    labels = open_fov_labels(context, revision)
    shape = (fov.n_frames, fov.n_rows, fov.n_columns)
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile(prefix="cytoloop-labels-"))
        write_label_blocks(file, _label_rows(labels, shape), shape=shape, compartments=labels.compartments)
        file.seek(0)
        stack.pop_all()
    return file


def _label_rows(labels: FovLabels, shape: tuple[int, int, int]) -> Iterator[npt.NDArray[np.int32]]:
    """The labels of all compartments, (rows, columns, compartments), some rows at a time."""
    n_frames, n_rows, n_cols = shape
    for frame in range(n_frames):
        for band in blocks(n_rows, n_cols, height=CHUNK_PX, width=n_cols):
            rows = np.empty((*band.shape, len(labels.compartments)), dtype=np.int32)
            for window in blocks(*band.shape, height=CHUNK_PX, width=BLOCK_COLS):
                for number, name in enumerate(labels.compartments):
                    rows[(*window.slices, number)] = labels.read(name, frame, window.shifted(band.row, 0))
            yield rows
