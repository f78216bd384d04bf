from backend.adapters.memory import FixedClock, MemoryQueue
from backend.adapters.system_clock import SystemClock


def test_the_queue_keeps_work_in_order_and_gives_it_once() -> None:
    queue = MemoryQueue()
    queue.send("train", run_id=3)
    queue.send("sweep")
    assert queue.take() == [("train", {"run_id": 3}), ("sweep", {})]
    assert queue.take() == []


def test_the_fixed_clock_moves_only_when_turned() -> None:
    clock = FixedClock()
    start = clock.now()
    assert clock.now() == start
    clock.advance(90)
    assert (clock.now() - start).total_seconds() == 90


def test_the_clocks_tell_utc() -> None:
    for clock in (FixedClock(), SystemClock()):
        offset = clock.now().utcoffset()
        assert offset is not None
        assert offset.total_seconds() == 0
