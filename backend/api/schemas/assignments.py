from apiflask import Schema
from apiflask.validators import Length, OneOf, Range
from marshmallow.fields import AwareDateTime, Dict, Enum, Float, Integer, List, Nested, String

from backend.api.schemas.base import Out, object_field
from backend.api.schemas.editor_settings import CellTypeOut, SubmitChecksOut, ViewPresetOut
from backend.models.assignment import AssignmentState
from pipeline.compartments import COMPARTMENTS
from pipeline.marks import MAX_TEXT_BYTES

MOST_EDITS_PER_BATCH = 500
LARGEST_CHECKSUM = 2**32 - 1


class WindowOut(Out):
    """A half-open rectangle of the FOV, in pixels."""

    row = Integer()
    col = Integer()
    height = Integer()
    width = Integer()


class CropChannelOut(Out):
    """One channel of the crop; `min` and `max` are its stored intensities there."""

    index = Integer()
    name = String()
    role = String()
    dtype = String()
    min = Float()
    max = Float()


class AssignmentOut(Out):
    id = Integer()
    task_id = Integer()
    job_id = Integer()
    fov_id = Integer()
    state = Enum(AssignmentState, by_value=True)
    window = Nested(WindowOut)
    n_frames = Integer()
    channels = List(Nested(CropChannelOut))
    compartments = List(String(validate=OneOf(COMPARTMENTS)))
    pixel_size_um = Float(allow_none=True)
    last_seq = Integer()
    lease_expires_at = AwareDateTime()
    cell_types = List(Nested(CellTypeOut))
    submit_checks = Nested(SubmitChecksOut)
    view_presets = List(Nested(ViewPresetOut))
    confidences = Dict(
        keys=String(validate=OneOf(COMPARTMENTS)),
        values=Dict(keys=String(), values=Float()),
        metadata={"description": "of the proposal, 0 to 1, by compartment and label; empty when unknown"},
    )


class EditIn(Schema):
    """One reversible change of pixels, of marks or of both.

    `diff` is a label diff, version 1, in base64, and `marks` a JSON text of `[key, old, new]`s; one of them
    may be empty. `checksum` is the CRC-32 of the bytes of both, one after the other.

    This schema documents the request; `backend/api/edit_batches.py` reads it, by hand, for speed.
    """

    seq = Integer(required=True, validate=Range(min=1))
    tool = String(required=True, validate=Length(min=1, max=40))
    client_at = AwareDateTime(required=True)
    active_s = Float(required=True, validate=Range(min=0))
    diff = String(required=True, metadata={"format": "byte"})
    marks = String(load_default="", validate=Length(max=MAX_TEXT_BYTES))
    checksum = Integer(required=True, validate=Range(min=0, max=LARGEST_CHECKSUM))


class EditBatchIn(Schema):
    edits = List(Nested(EditIn), required=True, validate=Length(min=1, max=MOST_EDITS_PER_BATCH))


class LastSeqOut(Out):
    last_seq = Integer()


class EditOut(Out):
    seq = Integer()
    tool = String()
    client_at = AwareDateTime()
    active_s = Float()
    diff = String(metadata={"format": "byte"})
    marks = String()
    checksum = Integer()


class EditPageIn(Schema):
    """Up to 500 edits, and about 8 MB of them, come at once, those with a `seq` above `after`."""

    after = Integer(load_default=0, validate=Range(min=0))


class EditPageOut(Out):
    """The log after `after`; `next` is null when nothing follows."""

    items = List(Nested(EditOut))
    next = Integer(allow_none=True)


class MarksOut(Out):
    """The marks of the crop after edit `last_seq`, key to value, in pixels of the crop."""

    last_seq = Integer()
    marks = object_field()


class SubmitIn(Schema):
    """The last edit sent, and the CRC-32 of each compartment's label image as the browser holds it."""

    last_seq = Integer(required=True, strict=True, validate=Range(min=0))
    checksums = Dict(
        keys=String(validate=OneOf(COMPARTMENTS)),
        values=Integer(strict=True, validate=Range(min=0, max=LARGEST_CHECKSUM)),
        required=True,
        validate=Length(min=1),
    )


class ClosedOut(Out):
    """An assignment after submit, release or skip."""

    id = Integer()
    state = Enum(AssignmentState, by_value=True)
    last_seq = Integer()
