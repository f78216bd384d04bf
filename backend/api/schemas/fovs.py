from apiflask import Schema
from apiflask.fields import File
from apiflask.validators import Length, OneOf, Range, Regexp
from marshmallow.fields import AwareDateTime, Boolean, Enum, Float, Integer, List, Nested, String

from backend.api.schemas.base import LARGEST_ID, Out, PageIn, PageOut, counts_field, object_field
from backend.models.fov import FovState
from backend.models.review import Decision
from backend.models.revision import RevisionSource

LARGEST_PREVIEW_PX = 2048


class UploadIn(Schema):
    """An image file, or a zip of one file per channel, and what its metadata leave open.

    `nuclear` and `membrane` name a channel, by its name or its index from 0; `acquisition` one of those of an
    IMC file, by its number or its name.
    """

    file = File(required=True)
    axes = String(validate=Regexp(r"^[A-Za-z]{2,6}$"), metadata={"example": "CYX"})
    acquisition = String(validate=Length(min=1, max=200))
    nuclear = String(validate=Length(min=1, max=200))
    membrane = String(validate=Length(min=1, max=200))
    pixel_size_um = Float(validate=Range(min=0, max=1000, min_inclusive=False), allow_nan=False)


class ChannelOut(Out):
    name = String()
    role = String(metadata={"description": "`nuclear`, `membrane` or another word"})


class FovChannelOut(ChannelOut):
    """`min` and `max` are the range of the stored values, where it is known."""

    min = Float(allow_none=True)
    max = Float(allow_none=True)


class PreviewOut(Out):
    """What would be read. When `ambiguous`, `message` is the question: send `what`, one of `choices`, too."""

    name = String()
    format = String()
    axes = String()
    stored_shape = List(Integer(), metadata={"description": "one length for each letter of `axes`"})
    shape = List(Integer(), metadata={"description": "(frame, channel, row, column)"})
    dtype = String()
    channels = List(Nested(ChannelOut))
    compartments = List(String(), metadata={"description": "labels that the file holds"})
    pixel_size_um = Float(allow_none=True)
    warnings = List(String())
    ambiguous = Boolean()
    what = String(allow_none=True, metadata={"description": "`axes`, `acquisition`, `nuclear` or `membrane`"})
    choices = List(String())
    message = String(allow_none=True)
    preview_png = String(metadata={"description": "base64"})


class RevisionOut(Out):
    """`predictor` names what proposed the labels, e.g. `baseline` or `unet-3`; null for people."""

    id = Integer()
    source = Enum(RevisionSource, by_value=True)
    parent_id = Integer(allow_none=True)
    author_id = Integer(allow_none=True)
    predictor = String(allow_none=True)
    model_version_id = Integer(allow_none=True)
    compartments = List(String())
    counts = counts_field(metadata={"description": "instances by compartment"})
    created_at = AwareDateTime()


class StitchFailureOut(Out):
    """Why an FOV could not be stitched; once `given_up`, it is not tried again until an admin says so."""

    message = String()
    at = String(metadata={"format": "date-time"})
    attempts = Integer()
    given_up = Boolean()


class FovOut(Out):
    id = Integer()
    project_id = Integer()
    name = String()
    state = Enum(FovState, by_value=True)
    n_frames = Integer()
    n_rows = Integer()
    n_columns = Integer()
    dtype = String()
    channels = List(Nested(FovChannelOut))
    compartments = List(String())
    pixel_size_um = Float(allow_none=True)
    n_bytes = Integer()
    group = String(allow_none=True)
    split = String(allow_none=True)
    current_revision = Nested(RevisionOut, allow_none=True)
    stitch_failure = Nested(StitchFailureOut, allow_none=True)
    created_at = AwareDateTime()
    accepted_at = AwareDateTime(allow_none=True)


class FovPageIn(PageIn):
    state = Enum(FovState, by_value=True)


class FovPageOut(PageOut):
    items = List(Nested(FovOut))


class FovPreviewIn(Schema):
    """`labels=1` draws the outlines of the current labels over the image."""

    labels = Integer(load_default=0, validate=OneOf([0, 1]))
    size = Integer(load_default=512, validate=Range(min=16, max=LARGEST_PREVIEW_PX))


class FindingPageIn(PageIn):
    severity = String(validate=OneOf(["info", "warning", "error"]))


class FindingOut(Out):
    """One result of an automatic QC rule; the place is in FOV pixels."""

    id = Integer()
    rule = String()
    severity = String(validate=OneOf(["info", "warning", "error"]))
    compartment = String(allow_none=True)
    label = Integer(allow_none=True)
    frame = Integer()
    row = Integer()
    col = Integer()
    message = String()
    value = Float(allow_none=True)


class FindingPageOut(PageOut):
    """Findings on one revision: the current one of the FOV."""

    revision_id = Integer(allow_none=True)
    items = List(Nested(FindingOut))


class FovMarksOut(Out):
    """The marks of the current revision, key to value, in FOV pixels."""

    revision_id = Integer(allow_none=True)
    marks = object_field()


class StitchReportOut(Out):
    """Merges and conflicts by compartment, as the stitcher wrote them."""

    revision_id = Integer()
    report = object_field()


class ReviewIn(Schema):
    decision = Enum(Decision, by_value=True, required=True)
    revision_id = Integer(required=True, strict=True, validate=Range(min=1, max=LARGEST_ID))
    notes = String(load_default="", validate=Length(max=10_000))


class ReviewOut(Out):
    id = Integer()
    fov_id = Integer()
    revision_id = Integer()
    reviewer_id = Integer()
    decision = Enum(Decision, by_value=True)
    notes = String()
    created_at = AwareDateTime()


class ReviewPageOut(PageOut):
    items = List(Nested(ReviewOut))
