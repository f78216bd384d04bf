from apiflask import Schema
from apiflask.validators import Length, Range
from marshmallow.fields import AwareDateTime, Float, Integer, List, Nested, String

from backend.api.schemas.base import Out, PageOut, counts_field, name_field, object_field


class ProjectSettingsIn(Schema):
    """The settings to change; `qc` holds thresholds by name, those left out keep their defaults."""

    qc = object_field()
    crop_size_px = Integer(strict=True, validate=Range(min=32, max=2048))
    overlap = Float(allow_nan=False, validate=Range(min=0, max=0.5))
    retrain_min_new_cells = Integer(strict=True, validate=Range(min=1))
    predictor = String(validate=Length(min=1, max=100))


class ProjectIn(Schema):
    name = name_field(required=True)
    settings = Nested(ProjectSettingsIn, load_default=dict)


class ProjectPatchIn(Schema):
    settings = Nested(ProjectSettingsIn, required=True)


class ProjectSettingsOut(Out):
    qc = object_field()
    crop_size_px = Integer()
    overlap = Float()
    retrain_min_new_cells = Integer()
    predictor = String()


class CurrentModelOut(Out):
    id = Integer()
    name = String()


class ProjectCountsOut(Out):
    """FOVs and jobs of the project by state."""

    fovs = counts_field()
    jobs = counts_field()
    n_fovs = Integer()
    n_jobs = Integer()


class ProjectOut(Out):
    """`current_model` is null while the `baseline` predictor serves."""

    id = Integer()
    name = String()
    settings = Nested(ProjectSettingsOut)
    current_model = Nested(CurrentModelOut, allow_none=True)
    counts = Nested(ProjectCountsOut)
    created_at = AwareDateTime()


class ProjectPageOut(PageOut):
    items = List(Nested(ProjectOut))
