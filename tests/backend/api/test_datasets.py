import pytest

from backend.db import transaction
from backend.models import DatasetVersion
from backend.services.context import Context
from tests.backend.api.conftest import Caller
from tests.backend.factories import Maker


@pytest.fixture
def dataset_id(make: Maker, context: Context) -> int:
    project_id = make.project()
    context.storage.put("datasets/1/train.npz", bytes(range(256)) * 10_000)
    context.storage.put("datasets/1/secret.txt", b"not for anybody")
    with transaction(context.sessions) as session:
        dataset = DatasetVersion(
            project_id=project_id,
            number=1,
            manifest={"n": {"train": 4}, "sources": [{"group": "a"}]},
            storage_prefix="datasets/1",
            created_at=context.clock.now(),
        )
        session.add(dataset)
        session.flush()
        return dataset.id


def test_a_dataset_version(reviewer: Caller, dataset_id: int) -> None:
    dataset = reviewer.get(f"/datasets/{dataset_id}").get_json()
    assert (dataset["number"], dataset["manifest"]["sources"]) == (1, [{"group": "a"}])
    # A source for every image of every version would be too much for a list.
    shortened = {**dataset, "manifest": {"n": {"train": 4}}}
    assert reviewer.get(f"/projects/{dataset['project_id']}/datasets").get_json()["items"] == [shortened]


def test_its_files_are_streamed(reviewer: Caller, dataset_id: int) -> None:
    answer = reviewer.get(f"/datasets/{dataset_id}/files/train.npz")
    assert answer.data == bytes(range(256)) * 10_000
    assert answer.headers["Content-Length"] == "2560000"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="train.npz"'


@pytest.mark.parametrize("name", ["secret.txt", "..", "..%2F1%2Fsecret.txt", "train.npz%00"])
def test_other_files_are_not(reviewer: Caller, dataset_id: int, name: str) -> None:
    assert reviewer.get(f"/datasets/{dataset_id}/files/{name}").status_code == 404


def test_a_file_that_the_storage_lacks(reviewer: Caller, dataset_id: int) -> None:
    answer = reviewer.get(f"/datasets/{dataset_id}/files/val.npz")
    assert answer.status_code == 503
    assert answer.get_json()["code"] == "storage_unavailable"


def test_a_dataset_version_that_is_not_there(reviewer: Caller) -> None:
    assert reviewer.get("/datasets/5").get_json()["message"] == "There is no dataset version 5."


def test_nothing_is_accepted_yet(admin: Caller, make: Maker) -> None:
    answer = admin.post(f"/projects/{make.project()}/datasets", {"seed": 1})
    assert answer.status_code == 409
    assert admin.post("/projects/999/datasets").status_code == 404
