from pathlib import Path

import pytest

from backend.db import reading, transaction
from backend.errors import Conflict, NotFound
from backend.models.fov import FovState
from backend.services.context import Context
from backend.services.stitch_failures import (
    MOST_STITCH_ATTEMPTS,
    clear_stitch_failure,
    find_unstitched,
    is_given_up,
    note_stitch_failure,
    request_stitch,
)
from backend.services.sweeps import RESEND_AFTER_S, sweep
from tests.backend.services.loop import Loop


@pytest.fixture
def loop(context: Context, tmp_path: Path) -> Loop:
    return Loop(context, tmp_path)


def _waiting(loop: Loop) -> tuple[int, int]:
    """A job and its FOV, of which every task is submitted; what was sent is forgotten."""
    fov_id = loop.ingest("one")
    job_id = loop.launch(crop_size_px=200)
    loop.annotate(job_id)
    loop.context.queue.take()
    return job_id, fov_id


def _fail(loop: Loop, fov_id: int, *, times: int = 1, may_pass: bool = False) -> None:
    for _ in range(times):
        note_stitch_failure(loop.context, fov_id=fov_id, message="no space", may_pass=may_pass)


def _sweep_later(loop: Loop) -> list[tuple[str, dict[str, int]]]:
    loop.context.clock.advance(RESEND_AFTER_S)
    sweep(loop.context)
    return loop.context.queue.take()


def test_a_failure_is_kept_until_the_fov_is_stitched(loop: Loop) -> None:
    job_id, fov_id = _waiting(loop)
    _fail(loop, fov_id)
    assert loop.fov(fov_id).stitch_failure == {
        "message": "no space",
        "at": loop.context.clock.now().isoformat(),
        "attempts": 1,
        "given_up": False,
    }
    loop.stitch(job_id, fov_id)
    clear_stitch_failure(loop.context, fov_id=fov_id)
    assert loop.fov(fov_id).stitch_failure is None
    clear_stitch_failure(loop.context, fov_id=fov_id)


def test_after_some_failures_the_sweep_gives_up_and_an_admin_tries_again(loop: Loop) -> None:
    job_id, fov_id = _waiting(loop)
    message = ("stitch_fov", {"job_id": job_id, "fov_id": fov_id})
    _fail(loop, fov_id, times=MOST_STITCH_ATTEMPTS - 1)
    assert _sweep_later(loop) == [message]
    _fail(loop, fov_id)
    assert is_given_up(loop.fov(fov_id))
    assert _sweep_later(loop) == []
    with transaction(loop.context.sessions, loop.context.queue.send) as session:
        assert request_stitch(session, fov_id=fov_id).stitch_failure is None
    assert loop.context.queue.take() == [message]
    assert _sweep_later(loop) == [message]


def test_what_may_pass_is_tried_for_ever(loop: Loop) -> None:
    _, fov_id = _waiting(loop)
    _fail(loop, fov_id, times=MOST_STITCH_ATTEMPTS + 2, may_pass=True)
    held = loop.fov(fov_id)
    assert held.stitch_failure is not None
    assert (held.stitch_failure["attempts"], is_given_up(held)) == (MOST_STITCH_ATTEMPTS + 2, False)
    assert len(_sweep_later(loop)) == 1


def test_an_fov_that_waits_for_nothing_fails_at_nothing(loop: Loop) -> None:
    job_id, fov_id = _waiting(loop)
    loop.stitch(job_id, fov_id)
    _fail(loop, fov_id)
    note_stitch_failure(loop.context, fov_id=99, message="gone", may_pass=False)
    clear_stitch_failure(loop.context, fov_id=99)
    assert loop.fov(fov_id).stitch_failure is None
    assert loop.fov(fov_id).state is FovState.STITCHED
    with transaction(loop.context.sessions) as session:
        with pytest.raises(Conflict, match=f"FOV {fov_id} is stitched and does not wait to be stitched"):
            request_stitch(session, fov_id=fov_id)
        with pytest.raises(NotFound, match="There is no FOV 99"):
            request_stitch(session, fov_id=99)


def test_an_fov_with_tasks_left_does_not_wait(loop: Loop) -> None:
    fov_id = loop.ingest("one")
    loop.launch()
    with reading(loop.context.sessions) as session:
        assert find_unstitched(session) == []
    with transaction(loop.context.sessions) as session, pytest.raises(Conflict, match="is annotating"):
        request_stitch(session, fov_id=fov_id)
