from pathlib import Path

import pytest
from sqlalchemy import inspect

from backend.config import Settings
from backend.db import make_engine
from backend.prepare import main, prepare


def test_preparing_twice_creates_accounts_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path).with_data_dir()
    assert set(prepare(settings)) == {"admin", "reviewer"}
    assert prepare(settings) == {}
    engine = make_engine(settings.database_url)
    assert "users" in inspect(engine).get_table_names()
    engine.dispose()


def test_the_command_names_the_file_and_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert main() == 0
    said = capsys.readouterr().out
    assert f"First accounts: admin, reviewer. Their passwords are in {tmp_path}/first-passwords.txt." in said
    for line in (tmp_path / "first-passwords.txt").read_text().splitlines():
        assert line.split("\t")[1] not in said


def test_the_command_explains_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEASE_S", "soon")
    assert main() == 1
    assert "Error: Settings that cannot be used:\n  LEASE_S='soon'" in capsys.readouterr().err
