import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.config import _PARSERS, Settings
from backend.errors import ConfigError

SECRET = "x" * 32


def test_nothing_configured() -> None:
    assert Settings.from_env({}) == Settings()


def test_every_setting_can_be_set() -> None:
    assert set(_PARSERS) == set(Settings.__dataclass_fields__)


def test_what_is_set_is_read() -> None:
    settings = Settings.from_env(
        {
            "DATABASE_URL": "postgres://u:p@host/db",
            "STORAGE_URL": "s3://bucket/prefix",
            "REDIS_URL": "rediss://host:6380/1",
            "PUBLIC_URL": "https://cells.example.org/",
            "LEASE_S": "60",
            "TRAIN_MINUTES": "2.5",
            "LOG_LEVEL": "debug",
            "LOG_STYLE": "JSON",
            "DATA_DIR": "/srv/cells",
            "SWEEP_EVERY_S": "  ",
        }
    )
    assert settings.database_url == "postgresql+psycopg://u:p@host/db"
    assert settings.storage_url == "s3://bucket/prefix"
    assert settings.public_url == "https://cells.example.org"
    assert (settings.lease_s, settings.train_minutes) == (60, 2.5)
    assert (settings.log_level, settings.log_style) == ("DEBUG", "json")
    assert settings.data_dir == Path("/srv/cells")
    assert settings.sweep_every_s == Settings.sweep_every_s


def test_every_fault_is_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env(
            {"LEASE_S": "0", "DATABASE_URL": "mysql://x", "TRAIN_MINUTES": "inf", "LOG_STYLE": "xml"}
        )
    assert str(caught.value).splitlines() == [
        "Settings that cannot be used:",
        "  DATABASE_URL='mysql://x': expected a URL that starts with sqlite:// or postgresql+psycopg://",
        "  LOG_STYLE='xml': expected auto, json or console",
        "  LEASE_S='0': expected a whole number of at least 1",
        "  TRAIN_MINUTES='inf': expected a positive number of minutes",
    ]


@pytest.mark.parametrize("text", ["*; script-src *", "https://a.org, https://b.org", "*\r\nX: y"])
def test_frame_ancestors_cannot_smuggle_in_another_policy(text: str) -> None:
    with pytest.raises(ConfigError, match="expected origins with spaces between them"):
        Settings.from_env({"FRAME_ANCESTORS": text})


def test_a_secret_is_never_quoted() -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({"SECRET_KEY": "hunter2"})
    assert "SECRET_KEY=(hidden): expected at least 32 characters" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert SECRET not in repr(Settings(secret_key=SECRET))


def test_the_data_folder_fills_in_the_rest(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data").with_data_dir()
    assert settings.database_url == f"sqlite:///{tmp_path}/data/cytoloop.db"
    assert settings.storage_url == f"file://{tmp_path}/data/storage"
    assert len(settings.secret_key) >= 32
    assert settings.with_data_dir() == settings
    assert Settings(data_dir=tmp_path / "data").with_data_dir().secret_key == settings.secret_key
    mode = stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode)
    assert mode == 0o600


def test_what_is_set_stays(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="sqlite:///x.db", secret_key=SECRET).with_data_dir()
    assert (settings.database_url, settings.secret_key) == ("sqlite:///x.db", SECRET)
    assert not (tmp_path / "secret-key").exists()


@given(
    lease_s=st.integers(1, 10**6),
    minutes=st.floats(0.1, 1000),
    ancestors=st.sampled_from(["*", "'self'", "https://a.example https://b.example"]),
)
def test_a_child_process_reads_the_same_settings(lease_s: int, minutes: float, ancestors: str) -> None:
    settings = Settings(
        data_dir=Path("/data"),
        database_url="postgresql+psycopg://u:p@host/db",
        storage_url="file:///data/storage",
        redis_url="unix:///data/redis.sock",
        secret_key=SECRET,
        lease_s=lease_s,
        train_minutes=minutes,
        frame_ancestors=ancestors,
    )
    assert Settings.from_env(settings.environment()) == settings


def test_a_child_process_keeps_the_rest_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "lab")
    environment = Settings(secret_key=SECRET).environment()
    assert environment["AWS_PROFILE"] == "lab"
    assert "DATABASE_URL" not in environment


def test_processes_that_start_at_once_share_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        settings = list(pool.map(lambda _: Settings(data_dir=tmp_path).with_data_dir(), range(16)))
    assert len({each.secret_key for each in settings}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_a_damaged_secret_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret-key").touch()
    with pytest.raises(ConfigError, match=r"The secret in .*secret-key is damaged; delete the file"):
        Settings(data_dir=tmp_path).with_data_dir()
