from collections.abc import Callable

import pytest

from tests.backend.api.conftest import API, Caller
from tests.backend.factories import OpenJob

PRESET = {"name": "Nuclei", "channels": [{"name": "DAPI", "contrast": [100, 4000], "gamma": 0.8}]}
FULL = {
    "name": "Nuclei",
    "channels": [
        {
            "name": "DAPI",
            "visible": True,
            "color": "#ffffff",
            "contrast": [100, 4000],
            "gamma": 0.8,
            "inverted": False,
            "lut": "color",
        }
    ],
}


@pytest.fixture
def ann(job: OpenJob, launch: Callable[[int, str], Caller]) -> Caller:
    return launch(job.job_id, "ann")


@pytest.fixture
def url(ann: Caller, job: OpenJob) -> str:
    held = ann.post(f"/jobs/{job.job_id}/claims").get_json()
    return f"/assignments/{held['id']}/view-presets"


def test_presets_are_kept_until_they_are_replaced(ann: Caller, url: str) -> None:
    assert ann.get(url).get_json() == {"items": []}
    put = ann.call("PUT", API + url, json={"items": [PRESET]})
    assert (put.status_code, put.get_json()) == (200, {"items": [FULL]})
    assert ann.get(url).get_json() == {"items": [FULL]}
    ann.post(url.replace("view-presets", "release"))
    assert ann.call("PUT", API + url, json={"items": []}).get_json() == {"items": []}
    assert ann.get(url).get_json() == {"items": []}


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([{**PRESET, "by": 1}], "items.0.by: Unknown field."),
        ([{"name": "a"}], "items.0.channels: Missing data for required field."),
        ([PRESET, PRESET], "items has the name 'Nuclei' twice; give each its own."),
        ([{"name": "a", "channels": [{"name": "b", "visible": "no way"}]}], "visible: Not a valid boolean."),
        ([{"name": "a", "channels": [{"name": "b", "gamma": 99}]}], "gamma is 99.0; give a number from"),
    ],
)
def test_presets_that_cannot_be(ann: Caller, url: str, items: object, message: str) -> None:
    answer = ann.call("PUT", API + url, json={"items": items})
    assert answer.status_code == 422
    assert message in answer.get_json()["message"]


def test_presets_of_others(url: str, job: OpenJob, launch: Callable[[int, str], Caller]) -> None:
    assert launch(job.job_id, "bob").get(url).status_code == 404
