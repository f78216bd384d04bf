from typing import Any

from apiflask import APIBlueprint, FileSchema
from flask import Response

from backend.api.auth import ANNOTATORS, allow, bound_to_assignment
from backend.api.binary import binary_response
from backend.api.current import context, looking, writing
from backend.api.schemas.box_predictions import BoxIn, BoxOut
from backend.models.box_prediction import BoxPrediction
from backend.services import box_predictions as rules
from pipeline.windows import Window

boxes = APIBlueprint("boxes", __name__, tag="Predictions in boxes")


@boxes.post("/assignments/<int:assignment_id>/predictions")
@allow(boxes, ANNOTATORS)
@boxes.input(BoxIn)
@boxes.output(BoxOut, status_code=202)
@boxes.doc(
    responses={
        409: "`assignment_closed`",
        422: "The crop has no such window, frame or compartment",
        429: "More than 30 boxes in a minute",
    }
)
def request_prediction(assignment_id: int, json_data: dict[str, Any]) -> BoxPrediction:
    """Have the job's predictor label a box of the crop; ask for its state until it is `done`."""
    claims = bound_to_assignment(assignment_id)
    with writing() as session:
        return rules.request_box(
            session,
            context(),
            assignment_id=assignment_id,
            annotator_id=claims.user_id,
            compartment=json_data["compartment"],
            frame=json_data["frame"],
            window=Window(**json_data["window"]),
        )


@boxes.get("/assignments/<int:assignment_id>/predictions/<int:box_id>")
@allow(boxes, ANNOTATORS)
@boxes.output(BoxOut)
def get_prediction(assignment_id: int, box_id: int) -> BoxPrediction:
    """How far the prediction is; it is forgotten after an hour."""
    claims = bound_to_assignment(assignment_id)
    with looking() as session:
        return rules.get_box(session, box_id=box_id, assignment_id=assignment_id, annotator_id=claims.user_id)


@boxes.get("/assignments/<int:assignment_id>/predictions/<int:box_id>/labels.npy")
@allow(boxes, ANNOTATORS)
@boxes.output(FileSchema(), content_type="application/octet-stream")
@boxes.doc(responses={409: "`prediction_unfinished`"})
def get_prediction_labels(assignment_id: int, box_id: int) -> Response:
    """The labels of the box: `.npy`, uint32, (row, column), numbered from 1."""
    claims = bound_to_assignment(assignment_id)
    with looking() as session:
        data = rules.load_box_labels(
            session, context(), box_id=box_id, assignment_id=assignment_id, annotator_id=claims.user_id
        )
    return binary_response(data, mimetype="application/octet-stream")
