import stat

from backend.db import reading
from backend.first_users import FILE_NAME, create_first_users, read_first_passwords
from backend.models.user import Role
from backend.services.context import Context
from backend.services.users import sign_in
from tests.backend.factories import Maker


def test_an_empty_database_gets_an_admin_and_a_reviewer(sqlite_context: Context) -> None:
    sqlite_context.settings.data_dir.mkdir()
    passwords = create_first_users(sqlite_context)
    with reading(sqlite_context.sessions) as session:
        users = [sign_in(session, name=name, password=password) for name, password in passwords.items()]
    assert [(user.name, user.role) for user in users] == [("admin", Role.ADMIN), ("reviewer", Role.REVIEWER)]
    assert len(set(passwords.values())) == 2


def test_the_passwords_are_kept_for_their_owner(sqlite_context: Context) -> None:
    data_dir = sqlite_context.settings.data_dir
    data_dir.mkdir()
    assert read_first_passwords(data_dir) == {}
    passwords = create_first_users(sqlite_context)
    assert read_first_passwords(data_dir) == passwords
    assert stat.S_IMODE((data_dir / FILE_NAME).stat().st_mode) == 0o600


def test_nothing_happens_when_there_are_users(sqlite_context: Context) -> None:
    data_dir = sqlite_context.settings.data_dir
    data_dir.mkdir()
    Maker(sqlite_context).user()
    assert create_first_users(sqlite_context) == {}
    assert list(data_dir.iterdir()) == []
