from pathlib import Path

import pytest

from backend.adapters.memory import FixedClock
from backend.errors import StorageError
from backend.services.context import Context
from backend.services.storage_prefixes import fresh_prefix, prefix_moment, store_folder


def test_prefixes_are_unique_and_tell_when_they_were_made(sqlite_context: Context, clock: FixedClock) -> None:
    with fresh_prefix(sqlite_context, "fovs") as one, fresh_prefix(sqlite_context, "fovs") as two:
        assert one != two
        assert one.startswith("fovs/20240101T120000Z-")
        assert prefix_moment(one) == clock.now()
    for name in ("fovs/12", "crops/3/abc", "fovs/", "fovs/20241399T000000Z-a"):
        assert prefix_moment(name) is None


def _lose(context: Context) -> None:
    with fresh_prefix(context, "fovs") as lost:
        context.storage.put(f"{lost}/a", b"x")
        raise KeyboardInterrupt


def test_what_a_failing_block_stored_goes(sqlite_context: Context) -> None:
    storage = sqlite_context.storage
    with fresh_prefix(sqlite_context, "fovs") as kept:
        storage.put(f"{kept}/a", b"x")
    with pytest.raises(KeyboardInterrupt):
        _lose(sqlite_context)
    assert list(storage.list("")) == [f"{kept}/a"]


def test_the_error_that_counts_is_not_hidden_by_the_cleaning(
    sqlite_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_prefix: str) -> None:
        raise StorageError("away")

    monkeypatch.setattr(sqlite_context.storage, "delete_prefix", away)
    with pytest.raises(ValueError, match="the cause"), fresh_prefix(sqlite_context, "fovs"):
        raise ValueError("the cause")


def test_a_folder_is_stored_with_its_subfolders(sqlite_context: Context, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "a/b").mkdir(parents=True)
    (folder / "a/b/c.txt").write_text("deep")
    (folder / "d.txt").write_text("flat")
    store_folder(sqlite_context.storage, "models/1", folder)
    assert sorted(sqlite_context.storage.list("models")) == ["models/1/a/b/c.txt", "models/1/d.txt"]
    assert sqlite_context.storage.get("models/1/a/b/c.txt") == b"deep"
