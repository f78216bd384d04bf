"""Settings: the one module that reads the environment."""

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.errors import ConfigError

MEBI = 1 << 20
SHORTEST_SECRET = 32


@dataclass(frozen=True)
class Settings:
    """Every setting of the application; `from_env` reports every bad variable at once.

    With nothing set, everything lives under `data_dir` on this machine. `database_url`, `storage_url` and
    `redis_url` move one part each to a server; an empty `redis_url` means the Redis that `cytoloop serve`
    starts itself.
    """

    data_dir: Path = Path("data")
    database_url: str = ""
    storage_url: str = ""
    s3_endpoint_url: str = ""
    redis_url: str = ""
    secret_key: str = field(default="", repr=False)
    public_url: str = "http://127.0.0.1:8000"
    frame_ancestors: str = "*"
    log_level: str = "INFO"
    log_style: str = "auto"
    lease_s: int = 1800
    session_s: int = 12 * 3600
    launch_token_s: int = 30 * 24 * 3600
    max_upload_bytes: int = 2048 * MEBI
    max_request_bytes: int = 8 * MEBI
    draft_cache_bytes: int = 256 * MEBI
    materialise_every: int = 500
    sweep_every_s: int = 60
    retrain_check_every_s: int = 3600
    train_minutes: float = 10.0
    train_epochs: int = 0
    web_workers: int = 2
    web_threads: int = 4
    work_concurrency: int = 2

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings, e.g. `DATABASE_URL`, `LEASE_S`; names are the fields in capitals.

        Raises
        ------
        ConfigError
            Naming every variable that cannot be read, with its value and what was expected.
        """
        source = os.environ if env is None else env
        values: dict[str, Any] = {}
        faults: list[str] = []
        for name, parse in _PARSERS.items():
            text = source.get(name.upper(), "").strip()
            if not text:
                continue
            try:
                values[name] = parse(text)
            except ValueError as fault:
                shown = "(hidden)" if name == "secret_key" else repr(text)
                faults.append(f"{name.upper()}={shown}: {fault}")
        if faults:
            raise ConfigError("Settings that cannot be used:\n  " + "\n  ".join(faults))
        return cls(**values)

    def with_data_dir(self) -> "Settings":
        """The same settings with every default that lives under `data_dir` filled in and the folder made."""
        folder = self.data_dir.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        filled = {
            "data_dir": folder,
            "database_url": self.database_url or f"sqlite:///{folder / 'cytoloop.db'}",
            "storage_url": self.storage_url or f"file://{folder / 'storage'}",
            "secret_key": self.secret_key or _kept_secret(folder / "secret-key"),
        }
        return Settings(**{**self.__dict__, **filled})

    def environment(self) -> dict[str, str]:
        """The environment in which a child process reads these same settings."""
        own = {name.upper(): str(getattr(self, name)) for name in _PARSERS}
        return {**os.environ, **{name: text for name, text in own.items() if text}}


def _kept_secret(path: Path) -> str:
    """The secret of this data folder: made once, readable by its owner only."""
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        # A link appears whole or not at all: a process that starts at the same time reads no half secret.
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    secret = path.read_text().strip()
    if len(secret) < SHORTEST_SECRET:
        raise ConfigError(f"The secret in {path} is damaged; delete the file, and everybody signs in again.")
    return secret


def _whole(least: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise ValueError(f"expected a whole number of at least {least}")
        return int(text)

    return parse


def _minutes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise ValueError("expected a positive number of minutes")
    return value


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.split("://")[0] not in schemes or "://" not in text:
            raise ValueError(f"expected a URL that starts with {' or '.join(s + '://' for s in schemes)}")
        return text

    return parse


def _database(text: str) -> str:
    if text.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + text.split("://", 1)[1]
    return _url("sqlite", "postgresql+psycopg")(text)


def _secret(text: str) -> str:
    if len(text) < SHORTEST_SECRET:
        raise ValueError(f"expected at least {SHORTEST_SECRET} characters")
    return text


def _sources(text: str) -> str:
    if any(character in text for character in ";,\r\n"):
        raise ValueError("expected origins with spaces between them, such as https://a.org https://*.b.org")
    return text


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        found = next((choice for choice in choices if choice.lower() == text.lower()), None)
        if found is None:
            raise ValueError(f"expected {', '.join(choices[:-1])} or {choices[-1]}")
        return found

    return parse


_PARSERS: dict[str, Callable[[str], Any]] = {
    "data_dir": Path,
    "database_url": _database,
    "storage_url": _url("file", "s3"),
    "s3_endpoint_url": _url("http", "https"),
    "redis_url": _url("redis", "rediss", "unix"),
    "secret_key": _secret,
    "public_url": lambda text: _url("http", "https")(text).rstrip("/"),
    "frame_ancestors": _sources,
    "log_level": _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    "log_style": _one_of("auto", "json", "console"),
    "lease_s": _whole(1),
    "session_s": _whole(60),
    "launch_token_s": _whole(60),
    "max_upload_bytes": _whole(1),
    "max_request_bytes": _whole(1024),
    "draft_cache_bytes": _whole(0),
    "materialise_every": _whole(1),
    "sweep_every_s": _whole(1),
    "retrain_check_every_s": _whole(1),
    "train_minutes": _minutes,
    "train_epochs": _whole(0),
    "web_workers": _whole(1),
    "web_threads": _whole(1),
    "work_concurrency": _whole(1),
}
