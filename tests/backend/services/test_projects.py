"""Projects: settings are checked by name and by value."""

from typing import Any

import pytest

from backend.errors import AlreadyExists, Conflict, InvalidInput, NotFound
from backend.services.context import Context
from backend.services.projects import (
    ProjectSettings,
    create_project,
    find_project,
    get_project,
    list_projects,
    prediction_settings,
    update_settings,
)
from tests.backend.conftest import Transaction
from tests.backend.factories import Maker


def test_a_project_is_created_with_every_setting(context: Context, begin: Transaction) -> None:
    with begin() as session:
        made = create_project(session, context, name=" colon ", settings={"crop_size_px": 128})
        other = create_project(session, context, name="brain")
    with begin() as session:
        assert get_project(session, project_id=made.id).settings == {
            "qc": {},
            "crop_size_px": 128,
            "overlap": 0.2,
            "retrain_min_new_cells": 500,
            "predictor": "default",
            "cell_types": [],
            "submit_checks": {"min_area_px": 15, "min_covered": 0.5, "min_bright_area_px": 80},
            "view_presets": [],
            "postprocessing": {},
            "train_from": "default",
            "hide_uncertain": True,
            "shrink": "auto",
        }
        assert find_project(session, name="colon").id == made.id  # type: ignore[union-attr]
        assert find_project(session, name="liver") is None
        assert [project.id for project in list_projects(session)] == [other.id, made.id]
        with pytest.raises(NotFound, match="There is no project 999"):
            get_project(session, project_id=999)
        with pytest.raises(AlreadyExists, match="There is a project 'colon' already"):
            create_project(session, context, name="colon")


def test_settings_are_changed_one_by_one(context: Context, begin: Transaction) -> None:
    with begin() as session:
        made = create_project(session, context, name="colon", settings={"crop_size_px": 128})
        update_settings(session, project_id=made.id, changes={"overlap": 0.1})
        update_settings(session, project_id=made.id, changes={"qc": {"min_area_px": 20}})
    with begin() as session:
        held = ProjectSettings.from_dict(get_project(session, project_id=made.id).settings)
        assert (held.crop_size_px, held.overlap, held.qc_thresholds().min_area_px) == (128, 0.1, 20)
        with pytest.raises(NotFound, match="There is no project 999"):
            update_settings(session, project_id=999, changes={})


def test_the_first_predictor_is_chosen_before_the_first_job(
    context: Context, begin: Transaction, make: Maker
) -> None:
    job = make.open_job()
    other_id = make.project()
    with begin() as session:
        update_settings(session, project_id=other_id, changes={"predictor": "baseline"})
        update_settings(session, project_id=job.project_id, changes={"predictor": "baseline", "overlap": 0.1})
        with pytest.raises(Conflict, match="whose proposals the baseline made; its predictor stays"):
            update_settings(session, project_id=job.project_id, changes={"predictor": "default"})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"colour": 1, "size": 2},
            "A project has no setting colour, size; known are cell_types, crop_size_px,",
        ),
        ({"crop_size_px": 10}, "crop_size_px is 10; give 32 to 2048 px."),
        ({"crop_size_px": True}, "crop_size_px is True; give 32 to 2048 px."),
        ({"crop_size_px": 99.5}, "crop_size_px is 99.5; give 32 to 2048 px."),
        ({"overlap": 0.9}, "overlap is 0.9; give a share from 0 to 0.5."),
        ({"overlap": float("nan")}, "overlap is nan; give a share from 0 to 0.5."),
        ({"overlap": "0.2"}, "overlap is '0.2'; give a share from 0 to 0.5."),
        ({"retrain_min_new_cells": 0}, "retrain_min_new_cells is 0; give a whole number of 1 or more."),
        ({"predictor": "/etc/model"}, "predictor is '/etc/model'; give default or baseline."),
        ({"qc": [1]}, "qc is [1]; give thresholds by name."),
        ({"qc": {"min_aera_px": 1}}, "min_aera_px"),
        ({"cell_types": "t_cell"}, "cell_types is 't_cell'; give a list."),
        ({"submit_checks": {"min_aera_px": 1}}, "submit_checks has no min_aera_px; known are min_area_px"),
        ({"view_presets": [{"name": "a"}]}, "view_presets[0] lacks channels; give it."),
        ({"hide_uncertain": 1}, "hide_uncertain is 1; give true or false."),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ProjectSettings.from_dict(settings)
    assert message in caught.value.message


def test_parameters_of_the_watershed_are_kept_and_checked(context: Context, begin: Transaction) -> None:
    chosen = {"nuclear": {"preset": "paper", "radius_px": 3}}
    with begin() as session:
        made = create_project(session, context, name="colon", settings={"postprocessing": chosen})
        assert prediction_settings(session, project_id=made.id).postprocessing == chosen
    with pytest.raises(
        InvalidInput, match="postprocessing: nuclear has no parameter radius; known are preset"
    ):
        ProjectSettings.from_dict({"postprocessing": {"nuclear": {"radius": 3}}})


@pytest.mark.parametrize(("setting", "shrink"), [("auto", None), ("1", 1), ("2", 2), ("4", 4), ("8", 8)])
def test_how_much_images_are_shrunk_is_set_or_chosen(
    context: Context, begin: Transaction, setting: str, shrink: int | None
) -> None:
    with begin() as session:
        made = create_project(session, context, name="colon", settings={"shrink": setting})
        assert prediction_settings(session, project_id=made.id).shrink == shrink


@pytest.mark.parametrize("shrink", [3, 2, None, "16", ["auto"]])
def test_other_shrinks_are_refused(shrink: object) -> None:
    with pytest.raises(InvalidInput, match=r"; give auto, 1, 2, 4, 8\."):
        ProjectSettings.from_dict({"shrink": shrink})
