"""The web application, from a context."""

import time
from pathlib import Path

from apiflask import APIFlask

from backend.api import auth, throttle
from backend.api.assignments import assignments
from backend.api.box_predictions import boxes
from backend.api.current import EXTENSION
from backend.api.datasets import datasets
from backend.api.docs import DocumentedApp, docs
from backend.api.errors import register_errors
from backend.api.fovs import fovs
from backend.api.jobs import jobs
from backend.api.people import people
from backend.api.projects import projects
from backend.api.requests import ApiRequest, IdConverter
from backend.api.schemas.base import ErrorOut
from backend.api.training import training
from backend.api.uploads import drop_uploads, set_upload_limit
from backend.api.view_presets import view_presets
from backend.health import health
from backend.logging import log_requests
from backend.pages import DIST, pages, protect_responses
from backend.services.context import Context

PREFIX = "/api/v1"
VERSION = "1"
BLUEPRINTS = (people, projects, fovs, jobs, assignments, boxes, view_presets, datasets, training)


def create_app(context: Context, *, dist: Path = DIST) -> APIFlask:
    """The Flask application.

    Parameters
    ----------
    context : Context
        Settings and ports, see `backend.bootstrap.build_context`.
    dist : Path
        The folder that `npm run build` wrote.
    """
    app = DocumentedApp(
        "cytoloop",
        title="Cytoloop",
        version=VERSION,
        docs_path=None,
        spec_path=None,
        static_folder=None,
    )
    app.request_class = ApiRequest
    app.url_map.converters["int"] = IdConverter
    app.extensions[EXTENSION] = context
    app.extensions["cytoloop.dist"] = dist
    app.extensions[auth.OWNERS] = {}
    app.extensions[throttle.EXTENSION] = throttle.Throttle(time.monotonic)
    app.url_map.strict_slashes = False
    app.config.update(
        MAX_CONTENT_LENGTH=context.settings.max_request_bytes,
        # Above the 64 kB that are parsed at a time: it bounds them, with what was kept back, in files too.
        MAX_FORM_MEMORY_SIZE=1 << 20,
        PROPAGATE_EXCEPTIONS=False,
        HTTP_ERROR_SCHEMA=ErrorOut,
        VALIDATION_ERROR_SCHEMA=ErrorOut,
        AUTO_OPERATION_ID=True,
    )
    log_requests(app)
    protect_responses(app, context.settings)
    register_errors(app)
    app.before_request(set_upload_limit)
    app.teardown_request(drop_uploads)
    for blueprint in (*BLUEPRINTS, docs):
        app.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_blueprint(health)
    app.register_blueprint(pages)
    return app
