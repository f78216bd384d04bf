from collections.abc import Sequence
from typing import Any

from apiflask import APIBlueprint, FileSchema
from flask import Response
from marshmallow import RAISE
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from backend.api.auth import ADMINS, REVIEWERS, allow, asking
from backend.api.binary import binary_response, file_response, text_download
from backend.api.current import context, looking, writing
from backend.api.listing import list_page
from backend.api.schemas.base import PageIn
from backend.api.schemas.fovs import (
    FindingPageIn,
    FindingPageOut,
    FovMarksOut,
    FovOut,
    FovPageIn,
    FovPageOut,
    FovPreviewIn,
    PreviewOut,
    ReviewIn,
    ReviewOut,
    ReviewPageOut,
    StitchReportOut,
    UploadIn,
)
from backend.api.uploads import kept_upload, shown_name
from backend.models.finding import Finding
from backend.models.fov import Fov
from backend.models.review import Review
from backend.models.revision import Revision
from backend.services import cell_tables, label_exports, marks, projects, reviews, stitch_failures
from backend.services import fovs as rules

fovs = APIBlueprint("fovs", __name__, tag="FOVs")
UPLOADS = {
    413: "The file is larger than the server takes",
    422: "The file cannot be read, or its axes are ambiguous: `detail.choices`",
}


@fovs.post("/projects/<int:project_id>/previews")
@allow(fovs, ADMINS)
@fovs.input(UploadIn, location="files", unknown=RAISE)
@fovs.output(PreviewOut)
@fovs.doc(responses=UPLOADS)
def preview_upload(project_id: int, files_data: dict[str, Any]) -> dict[str, Any]:
    """What would be read of a file, without keeping it."""
    with looking() as session:
        projects.get_project(session, project_id=project_id)
    with kept_upload(files_data.pop("file")) as path:
        return rules.describe_upload(path, options=rules.IngestOptions(**files_data))


@fovs.get("/projects/<int:project_id>/fovs")
@allow(fovs, REVIEWERS)
@fovs.input(FovPageIn, location="query")
@fovs.output(FovPageOut)
def list_fovs(project_id: int, query_data: dict[str, Any]) -> dict[str, Any]:
    """The FOVs of a project, all of them or those in one state."""
    state = query_data.pop("state", None)
    with looking() as session:
        projects.get_project(session, project_id=project_id)
        where = [Fov.project_id == project_id] + ([] if state is None else [Fov.state == state])
        page = list_page(session, Fov, *where, page=query_data)
        return {**page, "items": _shown(session, page["items"])}


@fovs.post("/projects/<int:project_id>/fovs")
@allow(fovs, ADMINS)
@fovs.input(UploadIn, location="files", unknown=RAISE)
@fovs.output(FovOut, status_code=201)
@fovs.doc(responses={**UPLOADS, 409: "The project holds an FOV of this name"})
def upload_fov(project_id: int, files_data: dict[str, Any]) -> Fov:
    """Ingest one image file."""
    with looking() as session:
        projects.get_project(session, project_id=project_id)
    file = files_data.pop("file")
    with kept_upload(file) as path:
        options = rules.IngestOptions(**files_data, file_name=shown_name(file.filename))
        fov_id = rules.ingest_image(context(), project_id=project_id, path=path, options=options)
    with looking() as session:
        return _shown(session, [rules.get_fov(session, fov_id=fov_id)])[0]


@fovs.get("/fovs/<int:fov_id>")
@allow(fovs, REVIEWERS)
@fovs.output(FovOut)
def get_fov(fov_id: int) -> Fov:
    """One FOV with its current revision."""
    with looking() as session:
        return _shown(session, [rules.get_fov(session, fov_id=fov_id)])[0]


@fovs.get("/fovs/<int:fov_id>/preview.png")
@allow(fovs, REVIEWERS)
@fovs.input(FovPreviewIn, location="query")
@fovs.output(FileSchema(), content_type="image/png")
def get_fov_preview(fov_id: int, query_data: dict[str, Any]) -> Response:
    """A small picture of the FOV; at most `size` pixels along its longer side."""
    with looking() as session:
        png = rules.fov_preview_png(
            session,
            context(),
            fov_id=fov_id,
            with_labels=bool(query_data["labels"]),
            size=query_data["size"],
        )
    return binary_response(png, mimetype="image/png", compress=False)


@fovs.get("/fovs/<int:fov_id>/labels.npz")
@allow(fovs, REVIEWERS)
@fovs.output(FileSchema(), content_type="application/zip")
def get_fov_labels(fov_id: int) -> Response:
    """The current labels of the FOV: `y` (frame, row, column, compartment) and `compartments`."""
    with looking() as session:
        file = label_exports.fov_labels_npz(session, context(), fov_id=fov_id)
    return file_response(file, name=f"fov-{fov_id}-labels.npz", mimetype="application/zip")


@fovs.get("/fovs/<int:fov_id>/marks")
@allow(fovs, REVIEWERS)
@fovs.output(FovMarksOut)
def get_fov_marks(fov_id: int) -> dict[str, Any]:
    """What annotators said about the cells and places of the current revision."""
    with looking() as session:
        revision_id = rules.get_fov(session, fov_id=fov_id).current_revision_id
        found = marks.read_marks(session, revision_id=revision_id) if revision_id else {}
    return {"revision_id": revision_id, "marks": dict(sorted(found.items()))}


@fovs.get("/fovs/<int:fov_id>/cells.csv")
@allow(fovs, REVIEWERS)
@fovs.output(FileSchema(), content_type="text/csv")
def get_fov_cells(fov_id: int) -> Response:
    """One row per instance and frame: place, area, cell type, flags and notes."""
    with looking() as session:
        lines = cell_tables.fov_cells_csv(session, context(), fov_id=fov_id)
    return text_download(lines, name=f"fov-{fov_id}-cells.csv", mimetype="text/csv")


@fovs.get("/fovs/<int:fov_id>/findings")
@allow(fovs, REVIEWERS)
@fovs.input(FindingPageIn, location="query")
@fovs.output(FindingPageOut)
def list_findings(fov_id: int, query_data: dict[str, Any]) -> dict[str, Any]:
    """The findings of automatic QC on the current revision."""
    severity = query_data.pop("severity", None)
    with looking() as session:
        revision_id = rules.get_fov(session, fov_id=fov_id).current_revision_id
        where = [Finding.revision_id == revision_id] + ([Finding.severity == severity] if severity else [])
        return {"revision_id": revision_id, **list_page(session, Finding, *where, page=query_data)}


@fovs.get("/fovs/<int:fov_id>/stitch-report")
@allow(fovs, REVIEWERS)
@fovs.output(StitchReportOut)
def get_stitch_report(fov_id: int) -> dict[str, Any]:
    """Merges and conflicts of the last stitching."""
    with looking() as session:
        rules.get_fov(session, fov_id=fov_id)
        report = dict(reviews.get_stitch_report(session, fov_id=fov_id))
    return {"revision_id": report.pop("revision_id"), "report": report}


@fovs.post("/fovs/<int:fov_id>/stitch")
@allow(fovs, ADMINS)
@fovs.output(FovOut, status_code=202)
@fovs.doc(responses={409: "The FOV does not wait to be stitched"})
def stitch_fov(fov_id: int) -> Fov:
    """Try to stitch the FOV again after it failed."""
    with writing() as session:
        return _shown(session, [stitch_failures.request_stitch(session, fov_id=fov_id)])[0]


@fovs.get("/fovs/<int:fov_id>/reviews")
@allow(fovs, REVIEWERS)
@fovs.input(PageIn, location="query")
@fovs.output(ReviewPageOut)
def list_reviews(fov_id: int, query_data: dict[str, Any]) -> dict[str, Any]:
    """What reviewers decided about the FOV so far."""
    with looking() as session:
        rules.get_fov(session, fov_id=fov_id)
        return list_page(session, Review, Review.fov_id == fov_id, page=query_data)


@fovs.post("/fovs/<int:fov_id>/reviews")
@allow(fovs, REVIEWERS)
@fovs.input(ReviewIn)
@fovs.output(ReviewOut, status_code=201)
@fovs.doc(responses={409: "The FOV is in another state, or holds a newer revision"})
def review_fov(fov_id: int, json_data: dict[str, Any]) -> Review:
    """Accept the FOV, or return it to the annotators."""
    with writing() as session:
        return reviews.review_fov(
            session, context(), fov_id=fov_id, reviewer_id=asking().user_id, **json_data
        )


def _shown(session: Session, shown: Sequence[Fov]) -> Sequence[Fov]:
    """The FOVs with their current revisions, asked for at once and without their reports, which are long."""
    ids = [fov.current_revision_id for fov in shown if fov.current_revision_id is not None]
    query = select(Revision).where(Revision.id.in_(ids)).options(defer(Revision.report))
    found = {revision.id: revision for revision in session.scalars(query)}
    for fov in shown:
        fov.current_revision = found.get(fov.current_revision_id)  # type: ignore[attr-defined, arg-type]
    return shown
