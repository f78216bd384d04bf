from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backend.adapters.memory import MemoryQueue
from backend.api.binary import npy_bytes
from backend.db import transaction
from backend.models import BoxPrediction
from backend.models.box_prediction import BoxState
from backend.services.box_predictions import MOST_PER_MINUTE, labels_key
from backend.services.context import Context
from tests.backend.api.conftest import Caller
from tests.backend.api.test_assignments import npy
from tests.backend.factories import OpenJob

BOX = {"compartment": "whole_cell", "frame": 0, "window": {"row": 0, "col": 4, "height": 16, "width": 20}}


@pytest.fixture
def ann(job: OpenJob, launch: Callable[[int, str], Caller]) -> Caller:
    return launch(job.job_id, "ann")


@pytest.fixture
def url(ann: Caller, job: OpenJob) -> str:
    """Where `ann` asks about boxes of the crop held."""
    held = ann.post(f"/jobs/{job.job_id}/claims").get_json()
    return f"/assignments/{held['id']}/predictions"


def test_a_box_is_asked_for_waited_for_and_fetched(ann: Caller, url: str, context: Context) -> None:
    asked = ann.post(url, BOX)
    assert asked.status_code == 202
    box = asked.get_json()
    assert box == {"id": box["id"], "state": "queued", "message": None}
    assert isinstance(context.queue, MemoryQueue)
    assert ("predict_box", {"box_id": box["id"]}) in context.queue.sent
    at = f"{url}/{box['id']}"
    early = ann.get(f"{at}/labels.npy")
    assert (early.status_code, early.get_json()["code"]) == (409, "prediction_unfinished")
    labels = np.arange(320, dtype=np.uint32).reshape(16, 20)
    context.storage.put(labels_key("predictions/a"), npy_bytes(labels))
    with transaction(context.sessions) as session:
        held = session.get_one(BoxPrediction, box["id"])
        held.state, held.storage_prefix = BoxState.DONE, "predictions/a"
    assert ann.get(at).get_json()["state"] == "done"
    np.testing.assert_array_equal(npy(ann.get(f"{at}/labels.npy")), labels)


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"compartment": "membrane"}, 422, "compartment: Must be one of: whole_cell, nuclear."),
        ({"frame": -1}, 422, "frame: Must be greater than or equal to 0"),
        ({"frame": 3}, 422, "This crop has no frame 3"),
        ({"window": {**BOX["window"], "row": 39}}, 422, "outside of the crop"),
        (
            {"window": {**BOX["window"], "height": 8}},
            422,
            "window.height: Must be greater than or equal to 16",
        ),
        ({"window": {**BOX["window"], "height": 16.5}}, 422, "window.height: Not a valid integer."),
        ({"margin": 3}, 422, "margin: Unknown field."),
    ],
)  # type: ignore[dict-item]
def test_a_box_that_cannot_be(
    ann: Caller, url: str, changes: dict[str, Any], status: int, message: str
) -> None:
    answer = ann.post(url, {**BOX, **changes})
    assert answer.status_code == status
    assert message in answer.get_json()["message"]


def test_a_closed_assignment(ann: Caller, url: str) -> None:
    ann.post(url.replace("/predictions", "/release"))
    answer = ann.post(url, BOX)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "assignment_closed")


def test_too_many_boxes(ann: Caller, url: str) -> None:
    codes = [ann.post(url, BOX).status_code for _ in range(MOST_PER_MINUTE + 1)]
    assert codes == [202] * MOST_PER_MINUTE + [429]


def test_boxes_of_others(ann: Caller, url: str, job: OpenJob, launch: Callable[[int, str], Caller]) -> None:
    box_id = ann.post(url, BOX).get_json()["id"]
    bob = launch(job.job_id, "bob")
    held = bob.post(f"/jobs/{job.job_id}/claims").get_json()
    assert bob.post(url, BOX).status_code == 404
    assert bob.get(f"/assignments/{held['id']}/predictions/{box_id}").status_code == 404
    assert ann.get(f"{url}/{box_id + 1}/labels.npy").status_code == 404
