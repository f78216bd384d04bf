"""The first accounts of an empty database, so that somebody can sign in."""

import os
import secrets
from pathlib import Path

from sqlalchemy import select

from backend.db import transaction
from backend.models.user import Role, User
from backend.services.context import Context
from backend.services.users import create_user

FILE_NAME = "first-passwords.txt"
FIRST_USERS = (("admin", Role.ADMIN), ("reviewer", Role.REVIEWER))


def create_first_users(context: Context) -> dict[str, str]:
    """Create an admin and a reviewer when there is no user at all.

    Their random passwords are returned, by name, and kept in `first-passwords.txt` in the data folder,
    readable by its owner only. With users in the database nothing happens and nothing is returned.
    """
    with transaction(context.sessions) as session:
        if session.scalar(select(User.id).limit(1)) is not None:
            return {}
        passwords = {name: secrets.token_urlsafe(12) for name, _role in FIRST_USERS}
        for name, role in FIRST_USERS:
            create_user(session, context, name=name, role=role, password=passwords[name])
        _keep(context.settings.data_dir / FILE_NAME, passwords)
    return passwords


def read_first_passwords(data_dir: Path) -> dict[str, str]:
    """The first passwords, by name, as long as their file is kept; they may have changed since."""
    path = data_dir / FILE_NAME
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if "\t" in line)


def _keep(path: Path, passwords: dict[str, str]) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{name}\t{password}\n" for name, password in passwords.items())
