from apiflask import Schema
from apiflask.validators import OneOf, Range
from marshmallow.fields import Enum, Integer, Nested, String

from backend.api.schemas.base import Out
from backend.models.box_prediction import BoxState
from backend.services.box_predictions import LEAST_SIDE_PX, MOST_SIDE_PX
from pipeline.compartments import COMPARTMENTS


class BoxWindowIn(Schema):
    """A half-open rectangle of the crop, in its pixels."""

    row = Integer(required=True, strict=True, validate=Range(min=0))
    col = Integer(required=True, strict=True, validate=Range(min=0))
    height = Integer(required=True, strict=True, validate=Range(min=LEAST_SIDE_PX, max=MOST_SIDE_PX))
    width = Integer(required=True, strict=True, validate=Range(min=LEAST_SIDE_PX, max=MOST_SIDE_PX))


class BoxIn(Schema):
    compartment = String(required=True, validate=OneOf(COMPARTMENTS))
    frame = Integer(required=True, strict=True, validate=Range(min=0))
    window = Nested(BoxWindowIn, required=True)


class BoxOut(Out):
    """`message` says what happened and what to do when the prediction `failed`; null otherwise."""

    id = Integer()
    state = Enum(BoxState, by_value=True)
    message = String(allow_none=True)
