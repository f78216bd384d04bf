"""What the rules need from outside, chosen once in `backend/bootstrap.py`."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from backend.config import Settings
from backend.ports import Clock, PredictorLoader, Storage, Trainer, WorkQueue
from backend.services.draft_cache import DraftCache
from backend.services.predictor_cache import PredictorCache


@dataclass(frozen=True)
class Context:
    """Settings and ports. `load_predictor` and `trainer` are None in the web process, which never predicts.

    `drafts` is this process's memory of open assignments, `predictors` that of loaded predictors; both are
    made here and bounded.
    """

    settings: Settings
    sessions: sessionmaker[Session]
    storage: Storage
    queue: WorkQueue
    clock: Clock
    load_predictor: PredictorLoader | None = None
    trainer: Trainer | None = None
    drafts: DraftCache = field(init=False, repr=False)
    predictors: PredictorCache = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "drafts", DraftCache(max_bytes=self.settings.draft_cache_bytes))
        object.__setattr__(self, "predictors", PredictorCache())
