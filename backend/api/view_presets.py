from typing import Any

from apiflask import APIBlueprint

from backend.api.auth import ANNOTATORS, allow, bound_to_assignment
from backend.api.current import context, looking, writing
from backend.api.schemas.editor_settings import ViewPresetsIn, ViewPresetsOut
from backend.services import own_presets

view_presets = APIBlueprint("view_presets", __name__, tag="View presets")


@view_presets.get("/assignments/<int:assignment_id>/view-presets")
@allow(view_presets, ANNOTATORS)
@view_presets.output(ViewPresetsOut)
def get_view_presets(assignment_id: int) -> dict[str, Any]:
    """The view presets that the annotator keeps in this project."""
    claims = bound_to_assignment(assignment_id)
    with looking() as session:
        items = own_presets.get_own_presets(
            session, context(), assignment_id=assignment_id, annotator_id=claims.user_id
        )
    return {"items": items}


@view_presets.put("/assignments/<int:assignment_id>/view-presets")
@allow(view_presets, ANNOTATORS)
@view_presets.input(ViewPresetsIn)
@view_presets.output(ViewPresetsOut)
def put_view_presets(assignment_id: int, json_data: dict[str, Any]) -> dict[str, Any]:
    """Replace the view presets that the annotator keeps in this project."""
    claims = bound_to_assignment(assignment_id)
    with writing() as session:
        items = own_presets.put_own_presets(
            session, context(), assignment_id=assignment_id, annotator_id=claims.user_id, **json_data
        )
    return {"items": items}
