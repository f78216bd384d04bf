"""Crops are cut out of the proposal with the labels' own numbers."""

import numpy as np
import pytest

from backend.db import reading
from backend.models import Fov, Task
from backend.services.context import Context
from backend.services.crop_bases import compartments_of, find_base, prepare_base, record_base, window_of
from backend.services.drafts import committed_draft
from backend.services.revisions import load_crop_labels
from tests.backend.conftest import Transaction
from tests.backend.factories import Maker, grid_labels


@pytest.mark.parametrize("shape", [(1, 64, 96), (3, 50, 41), (1, 20, 200)])
def test_every_crop_is_its_window_of_the_proposal(
    context: Context, make: Maker, shape: tuple[int, int, int]
) -> None:
    job = make.open_job(shape=shape)
    labels = grid_labels(shape)
    for _ in range(4):
        assignment = make.claim(job, make.user())
        with reading(context.sessions) as session:
            window = window_of(session.get_one(Task, assignment.task_id))
        ids = {"assignment_id": assignment.id, "annotator_id": assignment.annotator_id}
        crop = committed_draft(context, **ids).labels
        for plane in crop:
            np.testing.assert_array_equal(plane, labels[(slice(None), *window.slices)])


def test_compartments_are_in_the_fixed_order() -> None:
    assert compartments_of(Fov(compartments=["nuclear", "whole_cell"])) == ("whole_cell", "nuclear")
    assert compartments_of(Fov(compartments=["nuclear"])) == ("nuclear",)


def test_what_the_predictor_left_out_starts_empty(context: Context, begin: Transaction, make: Maker) -> None:
    job = make.open_job(compartments=["nuclear"])
    with begin() as session:
        session.get_one(Fov, job.fov_id).compartments = ["whole_cell", "nuclear"]
    assignment = make.claim(job, make.user())
    draft = committed_draft(context, assignment_id=assignment.id, annotator_id=assignment.annotator_id)
    assert draft.compartments == ("whole_cell", "nuclear")
    assert (draft.labels[0].max(), draft.labels[1].max() > 0) == (0, True)


def test_a_base_is_recorded_once(context: Context, begin: Transaction, make: Maker) -> None:
    make.open_job(crop_size_px=96)
    with begin() as session:
        task = session.query(Task).one()
        assert find_base(session, task, worked=False) is None
        prepared = prepare_base(session, context, task)
        base = record_base(session, context, task, prepared)
        assert find_base(session, task, worked=False) is base
        assert find_base(session, task, worked=True) is None
    assert load_crop_labels(context, base).shape == (2, 1, 64, 96)
