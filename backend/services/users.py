"""People: creating them, signing in, and annotators who come through a launch token."""

from functools import cache

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from backend.errors import AlreadyExists, InvalidInput, NotAllowed, NotSignedIn
from backend.models import User
from backend.models.user import Role
from backend.services.context import Context
from backend.services.names import clean_name

_SHORTEST_PASSWORD = 8
# Hashing costs time for every character; nobody types this many.
_LONGEST_PASSWORD = 512


def create_user(
    session: Session, context: Context, *, name: str, role: Role, password: str | None = None
) -> User:
    """Add a person.

    Raises
    ------
    InvalidInput
        When the name is empty or too long, or a reviewer or admin has no password of 8 to 512 characters.
    AlreadyExists
        When the name is taken.
    """
    user = User(
        name=clean_name(name, what="user", longest=200),
        role=Role(role),
        password_hash=_hash_for(Role(role), password),
        created_at=context.clock.now(),
    )
    if not _added(session, user):
        raise AlreadyExists(f"There is a user named {user.name!r} already; choose another name.")
    return user


def sign_in(session: Session, *, name: str, password: str) -> User:
    """The user of this name and password; raises `NotSignedIn`, after the same time whatever was wrong."""
    user = session.scalar(select(User).where(User.name == name.strip()))
    known = user.password_hash if user is not None else None
    # Hashing happens for unknown names too, or the time of the answer would tell which names exist.
    matches = check_password_hash(known or _hash_of_nobody(), password[:_LONGEST_PASSWORD])
    if user is None or known is None or not matches or len(password) > _LONGEST_PASSWORD:
        raise NotSignedIn("The name or the password is wrong; check both and try again.")
    return user


def ensure_annotator(session: Session, context: Context, *, name: str) -> User:
    """The annotator of this name, created when new.

    Raises
    ------
    NotAllowed
        When the name is that of a reviewer or admin, who must not be reached through a launch token.
    """
    user = find_annotator(session, name=name)
    if user is not None:
        return user
    annotator = User(
        name=name.strip(), role=Role.ANNOTATOR, password_hash=None, created_at=context.clock.now()
    )
    if _added(session, annotator):
        return annotator
    # Another request added somebody of this name since the first look.
    user = find_annotator(session, name=name)
    assert user is not None
    return user


def find_annotator(session: Session, *, name: str) -> User | None:
    """The annotator of this name; raises as `ensure_annotator` when nobody could annotate under it.

    Raises
    ------
    InvalidInput
        When the name is empty, too long or cannot be shown.
    """
    cleaned = clean_name(name, what="annotator", longest=200)
    user = session.scalar(select(User).where(User.name == cleaned))
    if user is not None and user.role is not Role.ANNOTATOR:
        raise NotAllowed(f"{user.name!r} is no annotator; launch the job under another annotator's name.")
    return user


def _added(session: Session, user: User) -> bool:
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError:
        return False
    return True


def _hash_for(role: Role, password: str | None) -> str | None:
    if role is Role.ANNOTATOR and password is None:
        return None
    length = len(password or "")
    if password is None or not _SHORTEST_PASSWORD <= length <= _LONGEST_PASSWORD:
        raise InvalidInput(
            f"A {role.value} needs a password of {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters;"
            f" this one has {length}."
        )
    return _hashed(password)


def _hashed(password: str) -> str:
    return generate_password_hash(password, method="scrypt")


@cache
def _hash_of_nobody() -> str:
    return _hashed("no one signs in with this")
