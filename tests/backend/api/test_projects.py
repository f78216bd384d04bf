from collections.abc import Callable
from dataclasses import fields

import pytest

from backend.api.schemas.projects import ProjectSettingsIn, ProjectSettingsOut
from backend.services.projects import ProjectSettings
from tests.backend.api.conftest import Caller
from tests.backend.factories import OpenJob


def test_a_project_starts_with_defaults(admin: Caller) -> None:
    made = admin.post("/projects", {"name": "kidney", "settings": {"crop_size_px": 128}})
    assert made.status_code == 201
    project = made.get_json()
    assert project["settings"]["crop_size_px"] == 128
    assert project["settings"]["overlap"] == 0.2
    assert project["current_model"] is None
    assert project["counts"] == {"fovs": {}, "jobs": {}, "n_fovs": 0, "n_jobs": 0}
    assert admin.get(f"/projects/{project['id']}").get_json() == project


def test_counts_by_state(reviewer: Caller, job: OpenJob) -> None:
    counts = reviewer.get(f"/projects/{job.project_id}").get_json()["counts"]
    assert counts == {"fovs": {"annotating": 1}, "jobs": {"open": 1}, "n_fovs": 1, "n_jobs": 1}


def test_the_list(admin: Caller) -> None:
    ids = [admin.post("/projects", {"name": name}).get_json()["id"] for name in ("b", "a")]
    answer = admin.get("/projects").get_json()
    assert [project["id"] for project in answer["items"]] == ids
    assert answer["next"] is None


def test_a_change_leaves_the_other_settings(admin: Caller) -> None:
    made = admin.post("/projects", {"name": "kidney", "settings": {"overlap": 0.3}}).get_json()
    changed = admin.patch(f"/projects/{made['id']}", {"settings": {"crop_size_px": 64}})
    assert changed.status_code == 200
    assert changed.get_json()["settings"] == {**made["settings"], "crop_size_px": 64}


def test_every_setting_can_be_changed_and_is_shown(admin: Caller) -> None:
    made = admin.post("/projects", {"name": "kidney"}).get_json()
    assert set(made["settings"]) == {item.name for item in fields(ProjectSettings)}
    assert set(ProjectSettingsIn().fields) == set(ProjectSettingsOut().fields) == set(made["settings"])
    changes = {
        "postprocessing": {"nuclear": {"radius_px": 3}},
        "train_from": "fresh",
        "hide_uncertain": False,
        "shrink": "4",
    }
    changed = admin.patch(f"/projects/{made['id']}", {"settings": changes})
    assert changed.get_json()["settings"] == {**made["settings"], **changes}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"crop_size_px": 8}, "settings.crop_size_px: Must be greater than or equal to 32"),
        ({"crop_size_px": 100.5}, "settings.crop_size_px: Not a valid integer."),
        ({"overlap": 0.9}, "settings.overlap: Must be"),
        ({"owner": 3}, "settings.owner: Unknown field."),
        ({"shrink": "3"}, "settings.shrink: Must be one of: auto, 1, 2, 4, 8."),
        ({"submit_checks": {"min_aera_px": 3}}, "settings.submit_checks.min_aera_px: Unknown field."),
        ({"cell_types": [{"id": "a"}]}, "settings.cell_types.0.name: Missing data for required field."),
    ],
)
def test_settings_that_cannot_be(admin: Caller, values: dict[str, object], message: str) -> None:
    answer = admin.post("/projects", {"name": "kidney", "settings": values})
    assert answer.status_code == 422
    assert message in answer.get_json()["message"]
    assert admin.get("/projects").get_json()["items"] == []


def test_a_fault_that_only_the_rules_know_names_its_setting(admin: Caller) -> None:
    types = [{"id": "a", "name": "A", "color": "red"}]
    answer = admin.post("/projects", {"name": "kidney", "settings": {"cell_types": types}}).get_json()
    assert answer["message"] == "cell_types[0].color is 'red'; give a colour such as #e6194b."
    assert answer["detail"] == {"field": "cell_types"}


def test_annotators_find_the_settings_of_the_editor(
    admin: Caller, job: OpenJob, launch: Callable[[int, str], Caller]
) -> None:
    types = [{"id": "t_cell", "name": "T cell", "color": "#e6194b", "hotkey": 1}]
    settings = {"cell_types": types, "submit_checks": {"min_area_px": 30}}
    changed = admin.patch(f"/projects/{job.project_id}", {"settings": settings}).get_json()["settings"]
    held = launch(job.job_id, "ann").post(f"/jobs/{job.job_id}/claims").get_json()
    assert held["cell_types"] == changed["cell_types"] == types
    checks = {"min_area_px": 30, "min_covered": 0.5, "min_bright_area_px": 80}
    assert held["submit_checks"] == changed["submit_checks"] == checks
    assert held["view_presets"] == []
    assert held["confidences"] == {}


def test_an_overlap_that_is_no_number(admin: Caller) -> None:
    answer = admin.call(
        "POST",
        "/api/v1/projects",
        data=b'{"name": "a", "settings": {"overlap": NaN}}',
        content_type="application/json",
    )
    assert answer.status_code == 422
    assert "settings.overlap" in answer.get_json()["message"]


def test_a_taken_name(admin: Caller) -> None:
    admin.post("/projects", {"name": "kidney"})
    answer = admin.post("/projects", {"name": "kidney"})
    assert answer.status_code == 409
    assert "choose another name" in answer.get_json()["message"]


def test_a_project_that_is_not_there(reviewer: Caller) -> None:
    assert reviewer.get("/projects/7").get_json()["message"] == "There is no project 7."
