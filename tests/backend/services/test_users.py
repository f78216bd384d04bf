"""People: passwords are hashed, unknown names take as long as wrong passwords, roles stay apart."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.security import check_password_hash

from backend.db import transaction
from backend.errors import AlreadyExists, InvalidInput, NotAllowed, NotSignedIn
from backend.models.user import Role
from backend.services import users
from backend.services.context import Context
from backend.services.users import create_user, ensure_annotator, sign_in
from tests.backend.conftest import Transaction

PASSWORD = "correct horse"


def test_who_was_created_can_sign_in(context: Context, begin: Transaction) -> None:
    with begin() as session:
        created = create_user(session, context, name="  Ada ", role=Role.ADMIN, password=PASSWORD)
        assert (created.name, created.role, created.created_at) == ("Ada", Role.ADMIN, context.clock.now())
        assert created.password_hash is not None
        assert created.password_hash.startswith("scrypt:")
    with begin() as session:
        assert sign_in(session, name="Ada ", password=PASSWORD).id == created.id


def test_every_wrong_sign_in_fails_alike_and_hashes_once(
    context: Context, begin: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    with begin() as session:
        create_user(session, context, name="Ada", role=Role.ADMIN, password=PASSWORD)
        ensure_annotator(session, context, name="Ann")
    hashed: list[str] = []

    def check(known: str, password: str) -> bool:
        hashed.append(known.split("$")[0])
        return check_password_hash(known, password)

    monkeypatch.setattr(users, "check_password_hash", check)
    tries = [("Ada", "wrong"), ("nobody", PASSWORD), ("Ann", ""), ("Ada", PASSWORD + "x" * 600), ("", "")]
    for name, password in tries:
        with begin() as session, pytest.raises(NotSignedIn) as caught:
            sign_in(session, name=name, password=password)
        assert caught.value.message == "The name or the password is wrong; check both and try again."
    assert len(hashed) == len(tries)
    assert len(set(hashed)) == 1, "the same method and cost, whoever asks"


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b", "two\nlines"])
def test_names_that_cannot_be_are_refused(sqlite_context: Context, name: str) -> None:
    with (
        transaction(sqlite_context.sessions) as session,
        pytest.raises(InvalidInput, match="cannot be the name of a user: give 1 to 200 characters"),
    ):
        create_user(session, sqlite_context, name=name, role=Role.ADMIN, password=PASSWORD)


@pytest.mark.parametrize("password", [None, "", "short", "x" * 513])
def test_a_reviewer_needs_a_password(sqlite_context: Context, password: str | None) -> None:
    with (
        transaction(sqlite_context.sessions) as session,
        pytest.raises(InvalidInput, match="A reviewer needs a password of 8 to 512 characters"),
    ):
        create_user(session, sqlite_context, name="Ray", role=Role.REVIEWER, password=password)


def test_a_name_is_taken_once(context: Context, begin: Transaction) -> None:
    with begin() as session:
        create_user(session, context, name="Ada", role=Role.ADMIN, password=PASSWORD)
        with pytest.raises(AlreadyExists, match="There is a user named 'Ada' already"):
            create_user(session, context, name="Ada", role=Role.REVIEWER, password=PASSWORD)
        create_user(session, context, name="Bea", role=Role.REVIEWER, password=PASSWORD)
    with begin() as session:
        assert sign_in(session, name="Bea", password=PASSWORD).role is Role.REVIEWER


def test_an_annotator_is_created_once_also_at_once(context: Context, begin: Transaction) -> None:
    def ensure(_: int) -> int:
        with begin() as session:
            return ensure_annotator(session, context, name="Ann").id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ensure, range(8)))) == 1


def test_a_launch_reaches_no_reviewer_or_admin(context: Context, begin: Transaction) -> None:
    with begin() as session:
        create_user(session, context, name="Ada", role=Role.ADMIN, password=PASSWORD)
        with pytest.raises(NotAllowed, match="'Ada' is no annotator"):
            ensure_annotator(session, context, name="Ada")
