from typing import Any

from apiflask import APIBlueprint, FileSchema
from flask import Response

from backend.api.auth import ADMINS, REVIEWERS, allow
from backend.api.binary import stored_file_response
from backend.api.current import context, looking
from backend.api.listing import list_page
from backend.api.schemas.base import PageIn
from backend.api.schemas.training import DatasetIn, DatasetOut, DatasetPageOut
from backend.errors import NotFound
from backend.models.dataset_version import DatasetVersion
from backend.services import datasets as rules
from backend.services import projects

datasets = APIBlueprint("datasets", __name__, tag="Datasets")
_COLUMNS = frozenset(DatasetOut().fields) - {"manifest"}
FILES = {
    "train.npz": "application/zip",
    "val.npz": "application/zip",
    "test.npz": "application/zip",
    "manifest.json": "application/json",
}


@datasets.get("/projects/<int:project_id>/datasets")
@allow(datasets, REVIEWERS)
@datasets.input(PageIn, location="query")
@datasets.output(DatasetPageOut)
def list_datasets(project_id: int, query_data: dict[str, Any]) -> dict[str, Any]:
    """The dataset versions of a project, without the `sources` of their manifests, which are long."""
    with looking() as session:
        projects.get_project(session, project_id=project_id)
        page = list_page(session, DatasetVersion, DatasetVersion.project_id == project_id, page=query_data)
    return {**page, "items": [_shortened(version) for version in page["items"]]}


@datasets.post("/projects/<int:project_id>/datasets")
@allow(datasets, ADMINS)
@datasets.input(DatasetIn)
@datasets.output(DatasetOut, status_code=201)
@datasets.doc(responses={409: "No accepted FOV has anything to train on"})
def freeze_dataset(project_id: int, json_data: dict[str, Any]) -> DatasetVersion:
    """Freeze the accepted FOVs into a dataset version."""
    with looking() as session:
        projects.get_project(session, project_id=project_id)
    dataset_id = rules.freeze_dataset(context(), project_id=project_id, **json_data)
    return _find(dataset_id)


@datasets.get("/datasets/<int:dataset_id>")
@allow(datasets, REVIEWERS)
@datasets.output(DatasetOut)
def get_dataset(dataset_id: int) -> DatasetVersion:
    """One dataset version with its manifest."""
    return _find(dataset_id)


@datasets.get("/datasets/<int:dataset_id>/files/<name>")
@allow(datasets, REVIEWERS)
@datasets.output(FileSchema(), content_type="application/octet-stream")
def get_dataset_file(dataset_id: int, name: str) -> Response:
    """`train.npz`, `val.npz`, `test.npz` or `manifest.json`."""
    if name not in FILES:
        raise NotFound(f"A dataset version has no file {name!r}; it has {', '.join(FILES)}.")
    key = f"{_find(dataset_id).storage_prefix}/{name}"
    return stored_file_response(context().storage, key, name=name, mimetype=FILES[name])


def _shortened(version: DatasetVersion) -> dict[str, Any]:
    manifest = {name: value for name, value in version.manifest.items() if name != "sources"}
    return {**{name: getattr(version, name) for name in _COLUMNS}, "manifest": manifest}


def _find(dataset_id: int) -> DatasetVersion:
    with looking() as session:
        found = session.get(DatasetVersion, dataset_id)
    if found is None:
        raise NotFound(f"There is no dataset version {dataset_id}.")
    return found
