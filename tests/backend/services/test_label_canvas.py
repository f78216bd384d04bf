import hashlib

import numpy as np
import pytest

from backend.services.label_canvas import label_canvas


def test_a_canvas_starts_as_background_in_the_fixed_order_and_leaves_nothing() -> None:
    with label_canvas(["nuclear", "whole_cell"], (2, 5, 6)) as canvas:
        assert canvas.compartments == ("whole_cell", "nuclear")
        assert not any(plane.any() for plane in canvas.planes.values())
        folder = canvas.folder
        assert folder.is_dir()
    assert not folder.exists()


def test_one_compartment_alone_keeps_its_numbers() -> None:
    with label_canvas(["nuclear"], (1, 4, 4)) as canvas:
        canvas.planes["nuclear"][0, 1] = 40
        assert canvas.match() == {}
        assert canvas.planes["nuclear"].max() == 40


@pytest.mark.parametrize("n_rows", [3, 512, 700])
def test_checksums_are_those_of_the_wire_format(n_rows: int) -> None:
    labels = np.arange(2 * n_rows * 4, dtype=np.int32).reshape(2, n_rows, 4)
    with label_canvas(["nuclear"], labels.shape) as canvas:
        canvas.planes["nuclear"][:] = labels
        assert canvas.checksum("nuclear") == hashlib.sha256(labels.astype("<u4").tobytes()).hexdigest()


def test_blocks_cover_every_frame_once() -> None:
    shape = (2, 1500, 40)
    with label_canvas(["nuclear"], shape) as canvas:
        canvas.planes["nuclear"][:] = np.arange(shape[1])[:, None] + 1
        again = np.zeros(shape, np.int32)
        for frame, window, labels in canvas.blocks("nuclear"):
            assert (again[frame][window.slices] == 0).all()
            again[frame][window.slices] = labels
        np.testing.assert_array_equal(again, canvas.planes["nuclear"])
