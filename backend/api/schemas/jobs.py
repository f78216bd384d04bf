from apiflask import Schema
from apiflask.validators import Length, OneOf, Range
from marshmallow.fields import AwareDateTime, Enum, Float, Integer, List, Nested, String

from backend.api.schemas.base import LARGEST_ID, Out, PageOut, name_field
from backend.models.job import JobState
from backend.services.jobs import ACCEPTED_LABELS, JOB_STARTS


class JobIn(Schema):
    """`fov_ids` absent means every FOV of the project that was never annotated; the predictor is the
    project's. FOVs accepted before begin with their accepted labels, or with the predictor's proposal.
    """

    name = name_field(required=True)
    fov_ids = List(
        Integer(strict=True, validate=Range(min=1, max=LARGEST_ID)), validate=Length(min=1, max=10_000)
    )
    crop_size_px = Integer(load_default=270, strict=True, validate=Range(min=32, max=2048))
    overlap = Float(load_default=0.2, allow_nan=False, validate=Range(min=0, max=0.5))
    redundancy = Integer(load_default=1, strict=True, validate=Range(min=1, max=20))
    start_from = String(load_default=ACCEPTED_LABELS, validate=OneOf(JOB_STARTS))
    instructions = String(load_default="", validate=Length(max=50_000))
    platform = String(load_default="link", validate=OneOf(["link"]))
    seed = Integer(load_default=0, strict=True, validate=Range(min=0, max=2**31 - 1))


class TaskCountsOut(Out):
    """Tasks of the job by state."""

    ready = Integer()
    assigned = Integer()
    submitted = Integer()
    returned = Integer()
    approved = Integer()
    skipped = Integer()


class JobOut(Out):
    """`model_version_id` null means that the project's first predictor made them."""

    id = Integer()
    project_id = Integer()
    name = String()
    state = Enum(JobState, by_value=True)
    instructions = String()
    fov_ids = List(Integer())
    model_version_id = Integer(allow_none=True)
    crop_size_px = Integer()
    overlap = Float()
    redundancy = Integer()
    start_from = String(validate=OneOf(JOB_STARTS))
    platform = String()
    seed = Integer()
    failure = String(allow_none=True)
    counts = Nested(TaskCountsOut)
    created_at = AwareDateTime()


class JobPageOut(PageOut):
    items = List(Nested(JobOut))


class LaunchTokenIn(Schema):
    annotator = name_field(required=True)


class LaunchTokenOut(Out):
    """Whoever opens `url` annotates in this job under this name."""

    launch_token = String()
    url = String()
