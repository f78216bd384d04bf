from pathlib import Path

import numpy as np
import pytest

from backend.db import reading
from backend.errors import NotFound
from backend.services import label_exports
from backend.services.context import Context
from backend.services.label_exports import fov_labels_npz
from tests.backend.services.loop import Loop
from tests.backend.services.loop_images import square_nuclei


@pytest.fixture
def loop(sqlite_context: Context, tmp_path: Path) -> Loop:
    return Loop(sqlite_context, tmp_path)


def test_labels_are_handed_out_as_npz_a_few_rows_at_a_time(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 96 rows in bands of 40 and 120 columns in blocks of 50: the last ones are smaller.
    monkeypatch.setattr(label_exports, "CHUNK_PX", 40)
    monkeypatch.setattr(label_exports, "BLOCK_COLS", 50)
    fov_id = loop.ingest("one", n_frames=2, compartments=("whole_cell", "nuclear"))
    bare_id = loop.ingest("two")
    with reading(loop.context.sessions) as session:
        file = fov_labels_npz(session, loop.context, fov_id=fov_id)
        with pytest.raises(NotFound, match="has no labels yet"):
            fov_labels_npz(session, loop.context, fov_id=bare_id)
    with file, np.load(file, allow_pickle=False) as arrays:
        assert list(arrays["compartments"]) == ["whole_cell", "nuclear"]
        assert (arrays["y"].shape, arrays["y"].dtype) == ((2, 96, 120, 2), np.int32)
        np.testing.assert_array_equal(arrays["y"][1, ..., 0], square_nuclei())


def test_the_same_labels_give_the_same_bytes(loop: Loop) -> None:
    fov_id = loop.ingest("one", compartments=("nuclear",))
    with reading(loop.context.sessions) as session:
        first, second = (fov_labels_npz(session, loop.context, fov_id=fov_id) for _ in range(2))
    with first, second:
        assert first.read() == second.read()
