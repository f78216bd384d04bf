"""Jobs: launching them, publishing their tasks, and how far they are."""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.db import enqueue_after_commit
from backend.errors import Conflict, InvalidInput, NotFound
from backend.models import Fov, Job, Project, Task
from backend.models.fov import FovState
from backend.models.job import JobState
from backend.models.task import TaskState
from backend.services.context import Context
from backend.services.fov_labels import find_proposal
from backend.services.names import clean_name
from backend.services.projects import check_crop_plan
from backend.services.transitions import move_fov, move_job
from pipeline.windows import Window, plan_windows

ACCEPTED_LABELS = "accepted"
JOB_STARTS = (ACCEPTED_LABELS, "proposal")
# An FOV in one of these states is in nobody's hands.
_FREE = (FovState.INGESTED, FovState.PROPOSED, FovState.ACCEPTED)
_UNFINISHED = (TaskState.READY, TaskState.ASSIGNED, TaskState.RETURNED)
_MOST_REDUNDANCY = 20
_LONGEST_INSTRUCTIONS = 50_000
_MOST_SEED = 2**31 - 1


def launch_job(
    session: Session,
    context: Context,
    *,
    project_id: int,
    name: str,
    fov_ids: Sequence[int] | None = None,
    crop_size_px: int = 270,
    overlap: float = 0.2,
    redundancy: int = 1,
    start_from: str = ACCEPTED_LABELS,
    instructions: str = "",
    platform: str = "link",
    seed: int = 0,
) -> Job:
    """Start a job on FOVs of a project; a worker makes the proposals and publishes its tasks.

    Without `fov_ids` the job takes every FOV that was never annotated and that no other job prepares. The
    project's current model version makes the proposals, also when another is promoted meanwhile. FOVs that
    were accepted before begin with their accepted labels and marks and need no proposal, unless `start_from`
    is `proposal`.

    Raises
    ------
    NotFound
        When there is no such project, or an FOV is not one of its own.
    Conflict
        When an FOV is in the hands of another job, or none is left.
    InvalidInput
        When the crop plan, the redundancy, the start or a text cannot be.
    """
    _check_plan(redundancy=redundancy, instructions=instructions, platform=platform, seed=seed)
    if start_from not in JOB_STARTS:
        raise InvalidInput(f"start_from is {start_from!r}; give {' or '.join(JOB_STARTS)}.")
    check_crop_plan(crop_size_px, overlap)
    # Locked, so that two jobs launched at once do not take the same FOVs.
    project = session.get(Project, project_id, with_for_update={"key_share": True}, populate_existing=True)
    if project is None:
        raise NotFound(f"There is no project {project_id}.")
    job = Job(
        project_id=project_id,
        name=clean_name(name, what="job", longest=200),
        state=JobState.PREPARING,
        instructions=instructions,
        fov_ids=_choose_fovs(session, project_id, fov_ids),
        model_version_id=project.current_model_id,
        crop_size_px=crop_size_px,
        overlap=float(overlap),
        redundancy=redundancy,
        start_from=start_from,
        platform=platform,
        seed=seed,
        created_at=context.clock.now(),
    )
    session.add(job)
    session.flush()
    enqueue_after_commit(session, "prepare_job", job_id=job.id)
    return job


def get_job(session: Session, *, job_id: int) -> Job:
    """The job of this id, or `NotFound`."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    return job


def fovs_to_propose(session: Session, job: Job) -> list[int]:
    """The job's FOVs whose work begins with what its predictor proposes, in the job's order."""
    fovs = {fov.id: fov for fov in session.scalars(select(Fov).where(Fov.id.in_(job.fov_ids)))}
    return [fov_id for fov_id in job.fov_ids if not _begins_accepted(job, fovs[fov_id])]


def _begins_accepted(job: Job, fov: Fov) -> bool:
    return job.start_from == ACCEPTED_LABELS and fov.state is FovState.ACCEPTED


def publish_tasks(session: Session, context: Context, *, job_id: int) -> Job:
    """Cut the job's FOVs into tasks and open the job; a job that is open already stays as it is.

    FOVs follow one another, so that the first can be reviewed early; the crops of one are handed out in a
    random order that the job's seed fixes.

    Raises
    ------
    WrongState
        When the job failed, or an FOV is in the hands of another job.
    Conflict
        When an FOV has no proposal yet.
    """
    job = session.get(Job, job_id, with_for_update={"key_share": True}, populate_existing=True)
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    if job.state in (JobState.OPEN, JobState.DONE):
        return job
    move_job(session, job, JobState.OPEN)
    shuffle = random.Random(job.seed)
    fovs = [_lock_fov(session, fov_id) for fov_id in job.fov_ids]
    planned = ((fov, window) for fov in fovs for window in _shuffled_windows(job, fov, shuffle))
    session.add_all(_tasks(session, context, job, planned))
    for fov in fovs:
        move_fov(session, fov, FovState.ANNOTATING)
    return job


def fail_job(session: Session, *, job_id: int, reason: str) -> Job:
    """Give up preparing a job and say why; raises `WrongState` when it is open already."""
    job = session.get(Job, job_id, with_for_update={"key_share": True}, populate_existing=True)
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    move_job(session, job, JobState.FAILED)
    job.failure = reason
    session.flush()
    return job


def job_progress(session: Session, job: Job) -> dict[str, int]:
    """How many tasks of the job are in each state, every state named."""
    return jobs_progress(session, [job.id])[job.id]


def jobs_progress(session: Session, job_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """As `job_progress` for several jobs, by id, in one query."""
    rows = session.execute(
        select(Task.job_id, Task.state, func.count())
        .where(Task.job_id.in_(job_ids))
        .group_by(Task.job_id, Task.state)
    )
    counts = Counter({(job_id, state): count for job_id, state, count in rows})
    return {job_id: {state.value: counts[job_id, state] for state in TaskState} for job_id in job_ids}


def enqueue_if_complete(session: Session, *, job_id: int, fov_id: int) -> None:
    """Have the FOV stitched when none of its tasks in the job is left to annotate."""
    # Locked, or of two annotators who submit the last two tasks at once neither would see the other's.
    session.execute(select(Fov.id).where(Fov.id == fov_id).with_for_update(key_share=True))
    left = select(Task.id).where(Task.job_id == job_id, Task.fov_id == fov_id, Task.state.in_(_UNFINISHED))
    if session.scalar(left.limit(1)) is None:
        enqueue_after_commit(session, "stitch_fov", job_id=job_id, fov_id=fov_id)


def _check_plan(*, redundancy: int, instructions: str, platform: str, seed: int) -> None:
    if not 1 <= redundancy <= _MOST_REDUNDANCY:
        raise InvalidInput(f"redundancy is {redundancy}; give 1 to {_MOST_REDUNDANCY}.")
    if len(instructions) > _LONGEST_INSTRUCTIONS:
        raise InvalidInput(f"The instructions are too long; {_LONGEST_INSTRUCTIONS} characters are the most.")
    if "\0" in instructions:
        raise InvalidInput("The instructions hold NUL, which cannot be stored; take it out.")
    if platform != "link":
        raise InvalidInput(f"platform is {platform!r}; give 'link'.")
    if not 0 <= seed <= _MOST_SEED:
        raise InvalidInput(f"seed is {seed}; give 0 to {_MOST_SEED}.")


def _choose_fovs(session: Session, project_id: int, wanted: Sequence[int] | None) -> list[int]:
    taken = _being_prepared(session, project_id)
    if wanted is not None:
        return _check_fovs(session, project_id, wanted=wanted, taken=taken)
    never_annotated = (FovState.INGESTED, FovState.PROPOSED)
    found = session.scalars(
        select(Fov.id).where(Fov.project_id == project_id, Fov.state.in_(never_annotated)).order_by(Fov.id)
    )
    free = [fov_id for fov_id in found if fov_id not in taken]
    if not free:
        raise Conflict("No FOV of this project waits for annotation; ingest one, or name FOVs to do again.")
    return free


def _check_fovs(
    session: Session, project_id: int, *, wanted: Sequence[int], taken: Collection[int]
) -> list[int]:
    chosen = list(dict.fromkeys(wanted))
    if not chosen:
        raise InvalidInput("The list of FOVs is empty; name FOVs or leave the list out.")
    found = select(Fov.id, Fov.state).where(Fov.project_id == project_id, Fov.id.in_(chosen))
    states = {fov_id: state for fov_id, state in session.execute(found)}
    unknown = [fov_id for fov_id in chosen if fov_id not in states]
    if unknown:
        raise NotFound(f"This project has no FOV {', '.join(map(str, unknown))}.", fov_ids=unknown)
    busy = [fov_id for fov_id in chosen if fov_id in taken or states[fov_id] not in _FREE]
    if busy:
        raise Conflict(
            f"FOV {', '.join(map(str, busy))} is in another job; wait until it is accepted, or leave it out.",
            fov_ids=busy,
        )
    return chosen


def _being_prepared(session: Session, project_id: int) -> set[int]:
    jobs = session.scalars(
        select(Job.fov_ids).where(Job.project_id == project_id, Job.state == JobState.PREPARING)
    )
    return {fov_id for fov_ids in jobs for fov_id in fov_ids}


def _lock_fov(session: Session, fov_id: int) -> Fov:
    return session.get_one(Fov, fov_id, with_for_update={"key_share": True}, populate_existing=True)


def _shuffled_windows(job: Job, fov: Fov, shuffle: random.Random) -> list[Window]:
    windows = plan_windows((fov.n_rows, fov.n_columns), size_px=job.crop_size_px, overlap=job.overlap)
    shuffle.shuffle(windows)
    return windows


def _tasks(
    session: Session, context: Context, job: Job, planned: Iterator[tuple[Fov, Window]]
) -> Iterator[Task]:
    now = context.clock.now()
    proposals: dict[int, int] = {}
    for position, (fov, window) in enumerate(planned):
        if fov.id not in proposals:
            proposals[fov.id] = _proposal_id(session, job, fov)
        yield Task(
            job_id=job.id,
            fov_id=fov.id,
            state=TaskState.READY,
            position=position,
            row=window.row,
            col=window.col,
            height=window.height,
            width=window.width,
            proposal_id=proposals[fov.id],
            created_at=now,
        )


def _proposal_id(session: Session, job: Job, fov: Fov) -> int:
    if _begins_accepted(job, fov) and fov.current_revision_id is not None:
        return fov.current_revision_id
    proposal = find_proposal(session, fov_id=fov.id, model_version_id=job.model_version_id)
    if proposal is None:
        raise Conflict(f"FOV {fov.name!r} has no proposal yet; prepare job {job.id} first.", fov_id=fov.id)
    return proposal.id
