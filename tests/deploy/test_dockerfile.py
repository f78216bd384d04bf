"""The Dockerfile copies what exists, runs what exists and asks a path that answers."""

import fnmatch
import json
import re

import pytest

from backend.app import create_app
from backend.services.context import Context
from tests.backend.conftest import *  # noqa: F403
from tests.deploy.conftest import OF_LIBRARIES, PORT, ROOT, SETTINGS, check_command

Instruction = tuple[str, str]


@pytest.fixture(scope="module")
def instructions() -> list[Instruction]:
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in lines]


def all_of(instructions: list[Instruction], kind: str) -> list[str]:
    return [rest for name, rest in instructions if name == kind]


def test_everything_that_is_copied_exists_and_is_not_ignored(instructions: list[Instruction]) -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line]
    for copy in all_of(instructions, "COPY"):
        if copy.startswith("--from"):
            continue
        for source in copy.split()[:-1]:
            assert (ROOT / source).exists(), source
            name = source.rstrip("/")
            assert not any(fnmatch.fnmatch(name, pattern) for pattern in ignored), source


def test_every_package_of_the_application_is_in_the_image(instructions: list[Instruction]) -> None:
    copied = " ".join(all_of(instructions, "COPY"))
    for folder in ("backend/", "pipeline/", "training/", "migrations/", "requirements/runtime.txt"):
        assert folder in copied
    assert "COPY --from=pages /src/frontend/dist frontend/dist" in (ROOT / "Dockerfile").read_text()


def test_settings_exist(instructions: list[Instruction]) -> None:
    names = {word.split("=")[0] for line in all_of(instructions, "ENV") for word in line.split()}
    assert names - {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"} <= SETTINGS | OF_LIBRARIES


def test_the_command_serves_the_exposed_port(instructions: list[Instruction]) -> None:
    (command,) = all_of(instructions, "CMD")[-1:]
    assert check_command(json.loads(command)) == "web"
    assert all_of(instructions, "EXPOSE") == [str(PORT)]


def test_it_does_not_run_as_root(instructions: list[Instruction]) -> None:
    assert all_of(instructions, "USER") == ["cytoloop"]


def test_the_health_path_answers(instructions: list[Instruction], sqlite_context: Context) -> None:
    (check,) = all_of(instructions, "HEALTHCHECK")
    asked = re.search(rf"http://127\.0\.0\.1:{PORT}(/\w+)", check)
    assert asked is not None
    assert create_app(sqlite_context).test_client().get(asked[1]).status_code == 200


def test_the_pages_are_built_by_scripts_that_exist(instructions: list[Instruction]) -> None:
    scripts = json.loads((ROOT / "frontend" / "package.json").read_text())["scripts"]
    for run in all_of(instructions, "RUN"):
        for name in re.findall(r"npm run (\S+)", run):
            assert name in scripts
