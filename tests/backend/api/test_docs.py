from apiflask import APIFlask
from openapi_spec_validator import validate

from backend.api.docs import api_document
from tests.backend.api.conftest import Caller


def test_the_document_is_valid_openapi(app: APIFlask) -> None:
    validate(api_document(app))


def test_every_response_field_is_required(app: APIFlask) -> None:
    for name, schema in api_document(app)["components"]["schemas"].items():
        if name.endswith("Out"):
            assert set(schema["required"]) == set(schema["properties"]), name


def test_every_operation_says_what_it_does_and_how_it_fails(app: APIFlask) -> None:
    for path, methods in api_document(app)["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"].endswith((".", "`")), (method, path)
            for status, response in operation["responses"].items():
                if status >= "400":
                    schema = response["content"]["application/json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/ErrorOut"}, (method, path, status)


def test_the_document_is_served(anyone: Caller, app: APIFlask) -> None:
    answer = anyone.get("/openapi.json")
    assert answer.get_json() == api_document(app)
    again = anyone.get("/openapi.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_page_shows_every_operation_without_a_script(anyone: Caller, app: APIFlask) -> None:
    answer = anyone.get("/docs")
    html = answer.get_data(as_text=True)
    for path in api_document(app)["paths"]:
        assert path in html
    assert "<script" not in html
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
