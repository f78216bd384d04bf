"""The cache of drafts: bounded, never older than what it held, and its drafts never change."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.services.draft_cache import Draft, DraftCache, LabelImage

BYTES = 2 * 3 * 4 * 5 * 4


def _labels(value: int = 1) -> LabelImage:
    return np.full((2, 3, 4, 5), value, dtype=np.uint32)


def _draft(seq: int = 0, value: int = 1) -> Draft:
    return Draft.from_labels(_labels(value), compartments=("whole_cell", "nuclear"), seq=seq)


def test_a_draft_gives_its_labels_back() -> None:
    labels = np.arange(2 * 3 * 4 * 5, dtype=np.uint32).reshape(2, 3, 4, 5)
    draft = Draft.from_labels(labels, compartments=("whole_cell", "nuclear"), seq=7)
    np.testing.assert_array_equal(draft.labels, labels)
    assert draft.labels.dtype == np.uint32
    assert (draft.seq, draft.n_frames, draft.n_bytes) == (7, 3, BYTES)
    np.testing.assert_array_equal(draft.planes["nuclear", 2], labels[1, 2])


def test_a_draft_never_changes() -> None:
    labels = _labels()
    draft = Draft.from_labels(labels, compartments=("whole_cell", "nuclear"), seq=0)
    labels[:] = 9
    plane = draft.planes["nuclear", 1].copy()
    plane[0, 0] = 5
    later = draft.replaced({("nuclear", 1): plane}, seq=1)
    assert draft.labels.max() == 1
    assert (later.seq, later.labels[1, 1, 0, 0], int(later.labels.sum())) == (1, 5, 2 * 3 * 4 * 5 + 4)
    for each in (draft, later):
        with pytest.raises(ValueError, match="read-only"):
            each.planes["nuclear", 1][0, 0] = 3
    assert later.planes["nuclear", 0] is draft.planes["nuclear", 0], "planes that agree are shared"


def test_the_newest_draft_stays() -> None:
    cache = DraftCache(max_bytes=10 * BYTES)
    assert cache.find(1) is None
    for seq in (2, 5, 3, 5):
        cache.put(1, _draft(seq, value=seq))
    held = cache.find(1)
    assert held is not None
    assert (held.seq, held.labels.max(), len(cache), cache.n_bytes) == (5, 5, 1, BYTES)
    cache.forget(1)
    cache.forget(1)
    assert (cache.find(1), len(cache), cache.n_bytes) == (None, 0, 0)


def test_what_was_used_last_stays() -> None:
    cache = DraftCache(max_bytes=2 * BYTES)
    cache.put(1, _draft())
    cache.put(2, _draft())
    cache.find(1)
    cache.put(3, _draft())
    assert [cache.find(key) is not None for key in (1, 2, 3)] == [True, False, True]


@given(
    puts=st.lists(st.tuples(st.integers(1, 6), st.integers(0, 9)), max_size=30),
    room=st.integers(0, 4 * BYTES),
)
def test_the_bytes_held_are_bounded_and_counted(puts: list[tuple[int, int]], room: int) -> None:
    cache = DraftCache(max_bytes=room)
    for key, seq in puts:
        cache.put(key, _draft(seq))
        assert cache.n_bytes == len(cache) * BYTES <= room


def test_threads_may_share_it() -> None:
    cache = DraftCache(max_bytes=3 * BYTES)

    def work(number: int) -> None:
        for seq in range(50):
            cache.put(number % 5, _draft(seq))
            found = cache.find((number + seq) % 5)
            assert found is None or found.labels.max() == 1
            if seq % 10 == 0:
                cache.forget(number % 5)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert cache.n_bytes == len(cache) * BYTES <= 3 * BYTES
