import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.cli.label_spool import LabelSpool


@given(
    shape=st.tuples(*(st.integers(1, most) for most in (3, 2, 9, 5))),
    step=st.integers(1, 4),
    seed=st.integers(0, 999),
)
def test_what_is_kept_comes_back_and_every_instance_is_counted_once(shape, step, seed, tmp_path_factory):
    labels = np.random.default_rng(seed).integers(0, 6, shape).astype(np.int32) ** 3
    spool = LabelSpool(tmp_path_factory.mktemp("spool") / "labels", shape)
    for frame, planes in enumerate(labels):
        spool.begin_frame()
        for row in range(0, shape[2], step):
            spool.add(frame, row, planes[:, row : row + step])
    assert np.array_equal(spool.stack(), labels)
    counted = [sum(len(set(frame[frame > 0])) for frame in labels[:, plane]) for plane in range(shape[1])]
    assert spool.n_instances == counted


def test_a_file_that_is_there_is_not_touched(tmp_path):
    (tmp_path / "labels").write_text("mine")
    with pytest.raises(FileExistsError):
        LabelSpool(tmp_path / "labels", (1, 1, 4, 4))
    assert (tmp_path / "labels").read_text() == "mine"
