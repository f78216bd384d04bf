"""Writers to one SQLite file queue, between threads and between processes."""

import fcntl
import multiprocessing
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from backend.db import make_engine, reading, session_factory, transaction
from backend.sqlite_turns import WriteTurns


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = str(tmp_path / "x.db")
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE counters (n INTEGER)")
    connection.execute("INSERT INTO counters VALUES (0)")
    connection.commit()
    connection.close()
    return path


def _count_up(path: str, times: int) -> None:
    engine = make_engine(f"sqlite:///{path}")
    sessions = session_factory(engine)
    for _ in range(times):
        with transaction(sessions) as session:
            connection = session.connection()
            held = connection.exec_driver_sql("SELECT n FROM counters").scalar_one()
            connection.exec_driver_sql("UPDATE counters SET n = ?", (held + 1,))
    engine.dispose()


def test_no_write_of_any_thread_or_process_is_lost(path: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_count_up, args=(path, 25)) for _ in range(2)]
    for process in processes:
        process.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: _count_up(path, 25), range(4)))
    for process in processes:
        process.join(timeout=60)
        assert process.exitcode == 0
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT n FROM counters").fetchone() == (150,)
    connection.close()


def test_the_turn_comes_back_after_a_commit_a_rollback_and_an_error(path: str) -> None:
    engine = make_engine(f"sqlite:///{path}")
    sessions = session_factory(engine)

    def fail() -> None:
        with transaction(sessions) as session:
            session.connection().exec_driver_sql("UPDATE counters SET n = 9")
            session.connection().exec_driver_sql("INSERT INTO nowhere VALUES (1)")

    for _ in range(3):
        with pytest.raises(OperationalError, match="no such table: nowhere"):
            fail()
        _count_up(path, 1)
    with reading(sessions) as session:
        assert session.connection().exec_driver_sql("SELECT n FROM counters").scalar_one() == 3
    engine.dispose()


def test_one_turn_at_a_time_and_every_one_comes(tmp_path: Path) -> None:
    mine, others = (WriteTurns(str(tmp_path / "x.db"), timeout_s=20) for _ in range(2))
    inside, seen = threading.Lock(), []

    def work(turns: WriteTurns) -> None:
        for _ in range(20):
            turns.take()
            assert inside.acquire(blocking=False), "two turns at once"
            time.sleep(0.0005)
            seen.append(turns)
            inside.release()
            turns.give_back()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, [mine, others] * 3))
    assert seen.count(mine) == seen.count(others) == 60


def test_who_waits_at_the_door_is_next(tmp_path: Path) -> None:
    mine, others = (WriteTurns(str(tmp_path / "x.db"), timeout_s=20) for _ in range(2))
    order: list[str] = []

    def wait() -> None:
        others.take()
        order.append("waiting")
        others.give_back()

    mine.take()
    waiting = threading.Thread(target=wait)
    waiting.start()
    while not _is_locked(tmp_path / "x.db-door"):
        time.sleep(0.005)
    mine.give_back()
    mine.take()
    order.append("again")
    mine.give_back()
    waiting.join(timeout=10)
    assert order == ["waiting", "again"]


def _is_locked(path: Path) -> bool:
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_transaction_inside_a_transaction_ends_with_an_error(tmp_path: Path) -> None:
    turns = WriteTurns(str(tmp_path / "x.db"), timeout_s=0.05)
    turns.take()
    with pytest.raises(sqlite3.OperationalError, match="another transaction of this process"):
        turns.take()
    turns.give_back()
    turns.take()
    turns.give_back()


def test_a_database_in_memory_has_turns_too() -> None:
    engine = make_engine("sqlite://")
    with transaction(session_factory(engine)) as session:
        assert session.connection().exec_driver_sql("SELECT 1").scalar_one() == 1
    engine.dispose()
