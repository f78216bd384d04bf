"""The files for Elastic Beanstalk name only settings, commands and paths that exist."""

import re
from typing import Any

import pytest
import yaml

from backend.app import create_app
from backend.config import Settings
from backend.services.context import Context
from tests.backend.conftest import *  # noqa: F403
from tests.deploy.conftest import OF_LIBRARIES, ROOT, SETTINGS, check_command


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for path in sorted((ROOT / ".ebextensions").glob("*.config")):
        merged |= yaml.safe_load(path.read_text())
    return merged


def test_every_setting_exists_and_can_be_read(config: dict[str, Any]) -> None:
    environment = config["option_settings"]["aws:elasticbeanstalk:application:environment"]
    assert set(environment) <= SETTINGS | OF_LIBRARIES
    assert all(isinstance(value, str) for value in environment.values())
    assert Settings.from_env(environment).log_style == "json"


def test_the_settings_that_it_asks_for_exist() -> None:
    text = (ROOT / ".ebextensions" / "01-application.config").read_text()
    (named,) = re.findall(r"^# (DATABASE_URL.*)\.$", text, re.MULTILINE)
    assert set(named.split(", ")) <= SETTINGS


def test_the_health_path_answers(config: dict[str, Any], sqlite_context: Context) -> None:
    path = config["option_settings"]["aws:elasticbeanstalk:environment:process:default"]["HealthCheckPath"]
    assert create_app(sqlite_context).test_client().get(path).status_code == 200


def test_the_schema_is_made_once_per_deployment(config: dict[str, Any]) -> None:
    (prepare,) = config["container_commands"].values()
    assert prepare["leader_only"] is True
    assert check_command(prepare["command"].split(" && ")[1]) == "backend.prepare"


def test_the_procfile_runs_every_part() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    parts = dict(line.split(": ", 1) for line in lines)
    assert {name: check_command(command) for name, command in parts.items()} == {
        name: name for name in ("web", "worker", "boxes", "beat")
    }


def test_the_proxy_takes_what_the_application_takes() -> None:
    text = (ROOT / ".platform" / "nginx" / "conf.d" / "uploads.conf").read_text()
    (mebi,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(mebi) * 2**20 > Settings.max_upload_bytes


def test_the_requirements_lead_to_the_pinned_ones() -> None:
    included = re.findall(r"^-r (\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert included == ["requirements/runtime.txt"]
    assert (ROOT / included[0]).is_file()
