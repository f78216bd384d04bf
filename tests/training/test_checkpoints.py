import math
import resource

import numpy as np
import pytest

from training.checkpoints import Checkpoint, FitState, load_checkpoint, remove_checkpoint, save_checkpoint
from training.errors import ForeignCheckpoint, OutputNotWritten


def checkpoint(step=7, **changes):
    rng = np.random.default_rng(step)
    arrays = [rng.random((3, 4)).astype(np.float32), rng.random(5)]
    state = FitState(step=step, elapsed_s=1.5, curve=[{"epoch": 1}], epoch_losses=[0.1, 1 / 3], **changes)
    return Checkpoint(state, arrays, [*arrays, np.array(4)])


@pytest.mark.parametrize(
    "changes", [{}, {"best_val_loss": 0.1, "best_epoch": 1, "best_weights": [np.ones(2)]}]
)
def test_what_is_saved_comes_back(changes, tmp_path):
    saved = checkpoint(**changes)
    save_checkpoint(tmp_path / "deep" / "run", saved, run="a")
    loaded = load_checkpoint(tmp_path / "deep" / "run", run="a")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["run"]
    for name in ("weights", "optimizer"):
        pairs = zip(getattr(saved, name), getattr(loaded, name), strict=True)
        assert all(np.array_equal(one, other) and one.dtype == other.dtype for one, other in pairs)
    assert loaded.state.epoch_losses == saved.state.epoch_losses
    assert len(loaded.state.best_weights) == len(saved.state.best_weights)
    assert loaded.state.best_val_loss == changes.get("best_val_loss", math.inf)


def test_without_a_file_there_is_no_checkpoint(tmp_path):
    assert load_checkpoint(tmp_path / "run", run="a") is None


def test_another_run_may_not_go_on_from_it(tmp_path):
    save_checkpoint(tmp_path / "run", checkpoint(), run="a")
    with pytest.raises(ForeignCheckpoint, match="run is a checkpoint of another run: its config, data"):
        load_checkpoint(tmp_path / "run", run="b")


@pytest.mark.parametrize("damage", [lambda data: data[:-30], lambda data: b"", lambda data: b"[]" * 50])
def test_a_damaged_one_is_refused(damage, tmp_path):
    path = tmp_path / "run"
    save_checkpoint(path, checkpoint(), run="a")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ForeignCheckpoint, match="run is no checkpoint of this program, or damaged"):
        load_checkpoint(path, run="a")


def test_arrays_that_are_no_checkpoint_are_refused(tmp_path):
    with (tmp_path / "run").open("wb") as file:
        np.savez(file, a=np.zeros(3))
    with pytest.raises(ForeignCheckpoint, match="Remove it to start anew"):
        load_checkpoint(tmp_path / "run", run="a")


def test_when_no_space_is_left_the_one_before_stays(tmp_path, tight_disk):
    path = tmp_path / "run"
    save_checkpoint(path, checkpoint(step=1), run="a")
    with tight_disk(100), pytest.raises(OutputNotWritten, match="run could not be written: File too large"):
        save_checkpoint(path, checkpoint(step=2), run="a")
    assert load_checkpoint(path, run="a").state.step == 1
    assert [found.name for found in tmp_path.iterdir()] == ["run"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_what_a_kill_left_half_written_goes_with_the_next_look_and_with_the_run(tmp_path):
    path, half = tmp_path / "run", tmp_path / ".run.part"
    save_checkpoint(path, checkpoint(), run="a")
    half.write_bytes(b"half")
    assert load_checkpoint(path, run="a").state.step == 7
    assert not half.exists()
    half.write_bytes(b"half")
    remove_checkpoint(path)
    assert list(tmp_path.iterdir()) == []
    remove_checkpoint(path)
