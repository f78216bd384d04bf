from apiflask import Schema
from apiflask.validators import Length, OneOf, Range
from marshmallow.fields import AwareDateTime, Boolean, Float, Integer, List, Nested, String

from backend.api.schemas.base import Out, PageOut, counts_field, name_field, object_field
from backend.api.schemas.editor_settings import (
    CellTypeIn,
    CellTypeOut,
    SubmitChecksIn,
    SubmitChecksOut,
    ViewPresetIn,
    ViewPresetOut,
)
from backend.services.projects import SHRINKS, TRAINING_STARTS


class ProjectSettingsIn(Schema):
    """The settings to change, each as a whole.

    `qc` and `submit_checks` hold thresholds by name; those left out take their defaults. `postprocessing`
    holds parameters of the watershed by compartment.
    """

    qc = object_field()
    crop_size_px = Integer(strict=True, validate=Range(min=32, max=2048))
    overlap = Float(allow_nan=False, validate=Range(min=0, max=0.5))
    retrain_min_new_cells = Integer(strict=True, validate=Range(min=1))
    predictor = String(validate=Length(min=1, max=100))
    cell_types = List(Nested(CellTypeIn))
    submit_checks = Nested(SubmitChecksIn)
    view_presets = List(Nested(ViewPresetIn))
    postprocessing = object_field()
    train_from = String(validate=OneOf(TRAINING_STARTS))
    hide_uncertain = Boolean(truthy={True}, falsy={False})
    shrink = String(validate=OneOf(SHRINKS))


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
    cell_types = List(Nested(CellTypeOut))
    submit_checks = Nested(SubmitChecksOut)
    view_presets = List(Nested(ViewPresetOut))
    postprocessing = object_field()
    train_from = String(validate=OneOf(TRAINING_STARTS))
    hide_uncertain = Boolean()
    shrink = String(validate=OneOf(SHRINKS))


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
    """`current_model` is null while the setting `predictor` names what serves."""

    id = Integer()
    name = String()
    settings = Nested(ProjectSettingsOut)
    current_model = Nested(CurrentModelOut, allow_none=True)
    counts = Nested(ProjectCountsOut)
    created_at = AwareDateTime()


class ProjectPageOut(PageOut):
    items = List(Nested(ProjectOut))
