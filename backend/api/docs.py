"""The OpenAPI document and a page that shows it, without any script or file from elsewhere."""

import base64
import hashlib
import json
from typing import Any

from apiflask import APIFlask
from apispec.ext.marshmallow.common import make_schema_key
from flask import Blueprint, Response, current_app, render_template_string

from backend.api.binary import binary_response

docs = Blueprint("docs", __name__)
EXTENSION = "cytoloop.document"

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
body{color:#1d2530;background:#fff}summary{cursor:pointer}code,pre{font:14px/1.45 ui-monospace,monospace}
pre{overflow:auto;background:#f3f5f8;padding:.75rem}details{border-bottom:1px solid #d8dee6;padding:.4rem 0}
b{display:inline-block;min-width:4.5rem}
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{{ title }} API</title>
<meta name="viewport" content="width=device-width"><style>{{ style|safe }}</style>
<h1>{{ title }} API, version {{ version }}</h1>
<p>All calls are below <code>/api/v1</code>. For programs: <a href="openapi.json">openapi.json</a>.
Errors have one shape: <code>{code, message, detail}</code>.</p>
{% for tag, calls in groups.items() %}<h2>{{ tag }}</h2>
{% for call in calls %}<details>
<summary><b>{{ call.method }}</b> <code>{{ call.path }}</code> {{ call.summary }}</summary>
{% if call.roles %}<p>For: {{ call.roles|join(", ") }}</p>{% endif %}
{% for name, part in call.parts.items() %}<h4>{{ name }}</h4><pre>{{ part }}</pre>{% endfor %}
</details>{% endfor %}{% endfor %}
<h2>Schemas</h2>
{% for name, schema in schemas.items() %}<details id="{{ name }}"><summary><code>{{ name }}</code></summary>
<pre>{{ schema }}</pre></details>{% endfor %}</html>"""


class DocumentedApp(APIFlask):
    """An APIFlask whose document holds a schema once, also when another schema nested it first."""

    def _register_schema_and_get_ref(self, spec: Any, registered: dict[int, str], schema: Any) -> Any:
        name = self._ma_plugin.converter.refs.get(make_schema_key(schema))
        if name is not None:
            return {"$ref": f"#/components/schemas/{name}"}
        return super()._register_schema_and_get_ref(spec, registered, schema)


def api_document(app: APIFlask) -> dict[str, Any]:
    """The OpenAPI document, made once per application."""
    if EXTENSION not in app.extensions:
        app.extensions[EXTENSION] = _with_required_bodies(app.spec)
    found: dict[str, Any] = app.extensions[EXTENSION]
    return found


def _with_required_bodies(document: dict[str, Any]) -> dict[str, Any]:
    for operations in document["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    return document


def document_text(document: dict[str, Any]) -> str:
    """The document as the text that is committed and served."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


@docs.get("/openapi.json")
def openapi() -> Response:
    """The OpenAPI document."""
    text = document_text(api_document(current_app))
    return binary_response(text.encode(), mimetype="application/json", cache="no-cache")


@docs.get("/docs")
def page() -> Response:
    """The document for people."""
    document = api_document(current_app)
    groups: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            groups[operation["tags"][0]].append(_call(method, path, operation))
    html = render_template_string(
        PAGE,
        title=document["info"]["title"],
        version=document["info"]["version"],
        style=STYLE,
        groups={tag: calls for tag, calls in groups.items() if calls},
        schemas={name: _shown(part) for name, part in document["components"]["schemas"].items()},
    )
    response = Response(html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'"
    )
    return response


def _call(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    parts = {
        "Parameters": operation.get("parameters"),
        "Body": operation.get("requestBody", {}).get("content"),
        "Responses": operation["responses"],
    }
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "roles": [
            role for scheme in operation.get("security", []) for roles in scheme.values() for role in roles
        ],
        "parts": {name: _shown(part) for name, part in parts.items() if part},
    }


def _shown(part: Any) -> str:
    return json.dumps(part, indent=2, ensure_ascii=False)
