from apiflask import Schema
from apiflask.validators import Length, OneOf, Range
from marshmallow.fields import AwareDateTime, Boolean, Enum, Integer, List, Nested, String

from backend.api.schemas.base import LARGEST_ID, Out, PageOut, object_field
from backend.models.promotion import PromotionOutcome
from backend.models.run import RunKind, RunState
from backend.services.projects import TRAINING_STARTS


class DatasetIn(Schema):
    """`hide_uncertain` keeps cells marked as uncertain out of training; left out, the project decides."""

    hide_uncertain = Boolean(truthy={True}, falsy={False})
    seed = Integer(load_default=0, strict=True, validate=Range(min=0, max=2**31 - 1))


class DatasetOut(Out):
    """A frozen dataset version; `manifest` holds sources, checksums, counts and what was dropped."""

    id = Integer()
    project_id = Integer()
    number = Integer()
    manifest = object_field()
    created_at = AwareDateTime()


class DatasetPageOut(PageOut):
    items = List(Nested(DatasetOut))


class RunIn(Schema):
    kind = String(required=True, validate=OneOf(["train"]))
    start_from = String(validate=OneOf(TRAINING_STARTS))


class RunOut(Out):
    """`progress` holds what a page shows: fraction, message, losses."""

    id = Integer()
    project_id = Integer()
    kind = Enum(RunKind, by_value=True)
    state = Enum(RunState, by_value=True)
    inputs = object_field()
    progress = object_field()
    failure = String(allow_none=True)
    created_at = AwareDateTime()
    started_at = AwareDateTime(allow_none=True)
    heartbeat_at = AwareDateTime(allow_none=True)
    finished_at = AwareDateTime(allow_none=True)


class RunPageOut(PageOut):
    items = List(Nested(RunOut))


class ModelVersionOut(Out):
    id = Integer()
    project_id = Integer()
    number = Integer()
    name = String()
    kind = String()
    is_current = Boolean()
    dataset_version_id = Integer()
    run_id = Integer()
    config = object_field()
    metrics = object_field()
    created_at = AwareDateTime()


class ModelVersionPageOut(PageOut):
    items = List(Nested(ModelVersionOut))


class PromotionIn(Schema):
    """The candidate: it is compared with the current model version and promoted when it is better."""

    model_version_id = Integer(required=True, strict=True, validate=Range(min=1, max=LARGEST_ID))


class QueuedOut(Out):
    """Work that was handed to the queue; its outcome shows in the list it belongs to."""

    work = String()


class RollBackIn(Schema):
    reason = String(required=True, validate=Length(min=1, max=10_000))


class PromotionOut(Out):
    """One recorded decision; model version null means the first predictor."""

    id = Integer()
    project_id = Integer()
    from_model_id = Integer(allow_none=True)
    to_model_id = Integer(allow_none=True)
    outcome = Enum(PromotionOutcome, by_value=True)
    reason = String()
    comparison = object_field()
    decided_by_id = Integer(allow_none=True)
    decided_at = AwareDateTime()


class PromotionPageOut(PageOut):
    items = List(Nested(PromotionOut))


class RoundsOut(Out):
    """The figures of each job, oldest first: edits, pixels and seconds per cell, proposal F1."""

    items = List(object_field())
