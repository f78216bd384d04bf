"""How fast the application takes edits: simulated annotators over HTTP against a real gunicorn.

Runs on this machine's loopback alone, for a bounded time, on a database made for it.
"""

import base64
import http.client
import io
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.bootstrap import build_context
from backend.config import Settings
from backend.db import transaction
from backend.errors import ConfigError, CytoloopError
from backend.migrate import migrate
from backend.models import Fov, Project, Revision
from backend.models.fov import FovState
from backend.models.revision import RevisionSource
from backend.services.context import Context
from backend.services.jobs import launch_job, publish_tasks
from backend.services.projects import create_project
from backend.services.tokens import issue_launch_token
from backend.supervisor import Supervisor
from backend.web_server import listen, url_of, wait_until_ready, web_program
from pipeline.compartments import COMPARTMENTS
from pipeline.io.ome_zarr import write_labels
from pipeline.label_diff import diff_labels, edit_checksum, encode_diff
from pipeline.windows import Window

CROP_PX = 270
CELL_PX = 18
STROKE_PX = 9
PACE_EDITS_PER_S = 1000.0
MOST_BATCHES = 60
WARMING_BATCHES = 2
TIMEOUT_S = 30.0

Headers = dict[str, str]


@dataclass(frozen=True)
class AppendFigures:
    """Edits appended over HTTP: as fast as they go, and at a steady 1,000 a second.

    `edits_per_s` is the first; `paced_edits_per_s` and the milliseconds from sending a batch to its answer
    (median and 99th percentile) are the second.
    """

    database: str
    n_annotators: int
    edits_per_batch: int
    edits_per_s: float
    paced_edits_per_s: float
    paced_p50_ms: float
    paced_p99_ms: float

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain JSON values."""
        return asdict(self)


def append_benchmark(
    database_url: str = "", *, n_annotators: int = 50, edits_per_batch: int = 20, seconds: float = 5.0
) -> AppendFigures:
    """Measure how fast simulated annotators can append edits to crops of 270 px.

    Everybody sends two batches before the clock starts, so that both processes hold what they read.

    Parameters
    ----------
    database_url : str
        An empty database of its own; without it, SQLite in a temporary folder.
    n_annotators : int
        Each holds one assignment and sends one batch after the other.
    seconds : float
        How long each of the two measurements runs, at most.

    Raises
    ------
    ConfigError
        When the database holds data already.
    """
    with tempfile.TemporaryDirectory(prefix="cytoloop-bench-") as folder:
        settings = Settings(data_dir=Path(folder), database_url=database_url).with_data_dir()
        migrate(settings.database_url)
        context = build_context(settings, role="cli")
        job_id = _open_job(context, n_tasks=n_annotators)
        with _web(settings) as address:
            crowd = [_Annotator(address, context, job_id, index) for index in range(n_annotators)]
            every_s = n_annotators * edits_per_batch / PACE_EDITS_PER_S
            warming = [one.draw(WARMING_BATCHES, edits_per_batch) for one in crowd]
            steady = [one.draw(max(1, int(seconds / every_s)), edits_per_batch) for one in crowd]
            rushed = [one.draw(MOST_BATCHES, edits_per_batch) for one in crowd]
            _drive(crowd, warming, edits_per_batch, seconds=seconds, every_s=every_s)
            paced = _drive(crowd, steady, edits_per_batch, seconds=seconds, every_s=every_s)
            free = _drive(crowd, rushed, edits_per_batch, seconds=seconds, every_s=None)
            for one in crowd:
                one.close()
    p50, p99 = np.percentile(paced.latencies_s, [50, 99]) * 1000
    return AppendFigures(
        database=settings.database_url.split(":")[0].split("+")[0],
        n_annotators=n_annotators,
        edits_per_batch=edits_per_batch,
        edits_per_s=round(free.edits_per_s, 1),
        paced_edits_per_s=round(paced.edits_per_s, 1),
        paced_p50_ms=round(float(p50), 2),
        paced_p99_ms=round(float(p99), 2),
    )


@contextmanager
def _web(settings: Settings) -> Iterator[tuple[str, int]]:
    """gunicorn alone, as the embedded stack runs it."""
    with listen("127.0.0.1", 0) as listener:
        supervisor = Supervisor(log_dir=settings.data_dir)
        try:
            supervisor.start(web_program(settings, listener.fileno()))
            wait_until_ready(url_of(listener), supervisor, settings.data_dir)
            host, port = listener.getsockname()[:2]
            yield host, port
        finally:
            supervisor.stop()


def _open_job(context: Context, *, n_tasks: int) -> int:
    """A job with one crop of 270 px for each annotator, on labels drawn for the purpose."""
    n_cols = min(n_tasks, 10)
    shape = (1, CROP_PX * -(-n_tasks // n_cols), CROP_PX * n_cols)
    store = context.storage.zarr_store("revisions/bench")
    for name in COMPARTMENTS:
        write_labels(store, name, [(0, Window(0, 0, *shape[1:]), _grid(shape[1:]))], shape=shape)
    with transaction(context.sessions) as session:
        if session.scalar(select(Project.id).limit(1)) is not None:
            raise ConfigError(
                "The benchmark writes test data: name an empty database, not one that is in use."
            )
        project = create_project(session, context, name="bench")
        session.flush()
        _add_fov(session, context, project_id=project.id, shape=shape)
        job = launch_job(
            session, context, project_id=project.id, name="bench", crop_size_px=CROP_PX, overlap=0.0
        )
        publish_tasks(session, context, job_id=job.id)
        return job.id


def _add_fov(session: Session, context: Context, *, project_id: int, shape: tuple[int, int, int]) -> None:
    """An FOV without pixels, because edits never read them, and its proposal."""
    now = context.clock.now()
    fov = Fov(
        project_id=project_id,
        name="bench",
        state=FovState.PROPOSED,
        n_frames=shape[0],
        n_rows=shape[1],
        n_columns=shape[2],
        dtype="uint16",
        channels=[{"name": "nuclei", "role": "nuclear", "min": 0, "max": 65535}],
        compartments=list(COMPARTMENTS),
        source={},
        checksum="0" * 64,
        n_bytes=0,
        storage_prefix="fovs/bench",
        created_at=now,
    )
    session.add(fov)
    session.flush()
    proposal = Revision(
        fov_id=fov.id,
        source=RevisionSource.PREDICTOR,
        predictor="baseline",
        compartments=list(COMPARTMENTS),
        storage_prefix="revisions/bench",
        checksums={},
        counts={},
        report={},
        created_at=now,
    )
    session.add(proposal)
    session.flush()


def _grid(shape: tuple[int, int]) -> npt.NDArray[np.int32]:
    """Square cells, numbered from 1, with a gap between them."""
    row, col = np.indices(shape, dtype=np.int32)
    labels = (row // CELL_PX) * -(-shape[1] // CELL_PX) + col // CELL_PX + 1
    labels[(row % CELL_PX >= CELL_PX - 3) | (col % CELL_PX >= CELL_PX - 3)] = 0
    return labels


class _Annotator:
    """One person's connection: launches, claims, and sends batches drawn beforehand."""

    def __init__(self, address: tuple[str, int], context: Context, job_id: int, index: int) -> None:
        self._http = http.client.HTTPConnection(*address, timeout=TIMEOUT_S)
        self._headers: Headers = {"Content-Type": "application/json"}
        self._next_seq = 1
        launch = issue_launch_token(context, job_id=job_id, annotator=f"annotator {index}")
        token = self._json("POST", "/launches", {"launch_token": launch})["token"]
        self._headers["Authorization"] = f"Bearer {token}"
        held = self._json("POST", f"/jobs/{job_id}/claims", {})
        self._path = f"/assignments/{held['id']}"
        labels = np.load(io.BytesIO(self._call("GET", f"{self._path}/labels.npy", None)), allow_pickle=False)
        self._plane: npt.NDArray[np.uint32] = labels[0, 0]

    def draw(self, n_batches: int, n_edits: int) -> list[bytes]:
        """Request bodies with strokes that paint new cells and erase them again."""
        # The server would close the connection meanwhile; the next call opens another.
        self.close()
        return [self._draw_batch(n_edits) for _ in range(n_batches)]

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    def send(self, body: bytes) -> float:
        """Append a batch; seconds until the answer."""
        started = time.perf_counter()
        self._call("POST", f"{self._path}/edits", body)
        return time.perf_counter() - started

    def _draw_batch(self, n_edits: int) -> bytes:
        return json.dumps({"edits": [self._draw_edit() for _ in range(n_edits)]}).encode()

    def _draw_edit(self) -> dict[str, Any]:
        seq, self._next_seq = self._next_seq, self._next_seq + 1
        row, col = ((seq // 2 * 37) % (CROP_PX - STROKE_PX), (seq // 2 * 61) % (CROP_PX - STROKE_PX))
        place = self._plane[row : row + STROKE_PX, col : col + STROKE_PX]
        later = np.full_like(place, 0 if seq % 2 else 100_000 + seq)
        later[0, 0] = 200_000 + seq
        diff = diff_labels(place, later, compartment=COMPARTMENTS[0])
        assert diff is not None
        data = encode_diff(replace(diff, window=diff.window.shifted(row, col)))
        place[:] = later
        return {
            "seq": seq,
            "tool": "brush",
            "client_at": datetime.now(UTC).isoformat(),
            "active_s": 0.8,
            "diff": base64.b64encode(data).decode(),
            "checksum": edit_checksum(data),
        }

    def _json(self, method: str, path: str, body: Any) -> Any:
        return json.loads(self._call(method, path, json.dumps(body).encode()))

    def _call(self, method: str, path: str, body: bytes | None) -> bytes:
        self._http.request(method, f"/api/v1{path}", body, self._headers)
        response = self._http.getresponse()
        answer = response.read()
        if response.status >= 300:
            raise CytoloopError(f"{method} {path} answered {response.status}: {answer[:300]!r}")
        return answer


@dataclass(frozen=True)
class _Measured:
    latencies_s: npt.NDArray[np.float64]
    edits_per_s: float


def _drive(
    crowd: Sequence[_Annotator],
    drawn: Sequence[Sequence[bytes]],
    n_edits: int,
    *,
    seconds: float,
    every_s: float | None,
) -> _Measured:
    """Let everybody send at once: a batch each `every_s` seconds, or as fast as the answers come."""
    ready = threading.Barrier(len(crowd) + 1)

    def work(index: int) -> list[float]:
        offset_s = 0.0 if every_s is None else every_s * index / len(crowd)
        ready.wait()
        return _send_all(crowd[index], drawn[index], seconds=seconds, every_s=every_s, offset_s=offset_s)

    with ThreadPoolExecutor(len(crowd)) as threads:
        waiting = [threads.submit(work, index) for index in range(len(crowd))]
        ready.wait()
        begun = time.perf_counter()
        latencies = np.array([value for one in waiting for value in one.result()])
        took_s = time.perf_counter() - begun
    return _Measured(latencies, len(latencies) * n_edits / took_s)


def _send_all(
    annotator: _Annotator,
    batches: Sequence[bytes],
    *,
    seconds: float,
    every_s: float | None,
    offset_s: float,
) -> list[float]:
    begun = time.perf_counter()
    latencies: list[float] = []
    for index, body in enumerate(batches):
        if every_s is not None:
            time.sleep(max(0.0, begun + offset_s + index * every_s - time.perf_counter()))
        elif time.perf_counter() - begun > seconds:
            break
        latencies.append(annotator.send(body))
    return latencies
