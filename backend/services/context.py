"""What the rules need from outside, chosen once in `backend/bootstrap.py`."""

from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from backend.config import Settings
from backend.ports import Clock, PredictorLoader, Storage, WorkQueue


@dataclass(frozen=True)
class Context:
    """Settings and ports. `load_predictor` is None in the web process, which never predicts."""

    settings: Settings
    sessions: sessionmaker[Session]
    storage: Storage
    queue: WorkQueue
    clock: Clock
    load_predictor: PredictorLoader | None = None
