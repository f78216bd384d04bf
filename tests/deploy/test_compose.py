"""docker-compose.yml names only settings, commands, ports and paths that exist."""

from typing import Any

import pytest
import yaml

from backend.config import Settings
from tests.deploy.conftest import OF_LIBRARIES, PORT, ROOT, SETTINGS, check_command, interpolate

GIVEN = {"SECRET_KEY": "s" * 32, "POSTGRES_PASSWORD": "p", "S3_SECRET_KEY": "q"}
TEXT = (ROOT / "docker-compose.yml").read_text()
OURS = ("migrate", "web", "worker", "boxes", "beat")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = interpolate(yaml.safe_load(TEXT), GIVEN)
    return loaded


def test_secrets_have_to_be_given() -> None:
    for name in GIVEN:
        assert f"${{{name}:?" in TEXT
        assert f"${{{name}:-" not in TEXT


def test_every_service_is_there(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*OURS, "postgres", "redis", "objects", "bucket"}


@pytest.mark.parametrize("name", OURS)
def test_every_setting_exists_and_can_be_read(compose: dict[str, Any], name: str) -> None:
    environment = compose["services"][name]["environment"]
    assert set(environment) <= SETTINGS | OF_LIBRARIES
    settings = Settings.from_env(environment)
    assert settings.database_url == "postgresql+psycopg://cytoloop:p@postgres:5432/cytoloop"
    assert settings.frame_ancestors == "'self'"


def test_every_command_exists(compose: dict[str, Any]) -> None:
    commands = {name: compose["services"][name].get("command") for name in OURS}
    assert commands.pop("web") is None, "the image's own command serves the web"
    assert {name: check_command(command) for name, command in commands.items()} == {
        "migrate": "backend.prepare",
        "worker": "worker",
        "boxes": "boxes",
        "beat": "beat",
    }


def test_addresses_name_services_and_their_ports(compose: dict[str, Any]) -> None:
    services = compose["services"]
    environment = services["web"]["environment"]
    for name in ("DATABASE_URL", "REDIS_URL", "S3_ENDPOINT_URL"):
        host = environment[name].split("//")[1].split("@")[-1].split(":")[0]
        assert host in services, name
    s3_port = environment["S3_ENDPOINT_URL"].rsplit(":", 1)[1]
    assert f"-s3.port={s3_port}" in services["objects"]["command"]
    assert services["bucket"]["environment"]["AWS_ENDPOINT_URL"] == environment["S3_ENDPOINT_URL"]
    bucket = environment["STORAGE_URL"].removeprefix("s3://").split("/")[0]
    assert f"s3://{bucket}" in services["bucket"]["entrypoint"][-1]


def test_the_store_knows_the_same_key(compose: dict[str, Any]) -> None:
    identity = yaml.safe_load(compose["configs"]["objects"]["content"])["identities"][0]
    environment = compose["services"]["web"]["environment"]
    assert identity["credentials"] == [
        {"accessKey": environment["AWS_ACCESS_KEY_ID"], "secretKey": environment["AWS_SECRET_ACCESS_KEY"]}
    ]


def test_only_the_web_is_reached_from_outside(compose: dict[str, Any]) -> None:
    published = {
        name: service["ports"] for name, service in compose["services"].items() if "ports" in service
    }
    assert published == {"web": [f"8000:{PORT}"]}


def test_nothing_starts_before_the_schema_is_there(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "boxes", "beat"):
        waits = compose["services"][name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
    for service in compose["services"].values():
        for other in service.get("depends_on", []):
            assert other in compose["services"]
    assert compose["services"]["migrate"]["restart"] == "no"


def test_every_volume_is_declared(compose: dict[str, Any]) -> None:
    used = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert used == set(compose["volumes"])
