"""What comes once before the processes start: `python -m backend.prepare`.

Brings the database to the newest schema, under a lock, and creates the first accounts of an empty one.
"""

import sys

from backend.bootstrap import build_context
from backend.config import Settings
from backend.errors import CytoloopError
from backend.first_users import FILE_NAME, create_first_users
from backend.migrate import migrate


def prepare(settings: Settings) -> dict[str, str]:
    """Migrate and create the first accounts; gives their passwords, by name, when they are new."""
    migrate(settings.database_url)
    return create_first_users(build_context(settings, role="cli"))


def main() -> int:
    """Prepare with the settings of the environment; 0 when everything stands."""
    try:
        settings = Settings.from_env().with_data_dir()
        passwords = prepare(settings)
    except CytoloopError as fault:
        print(f"Error: {fault}", file=sys.stderr)
        return 1
    print("The database has the newest schema.")
    if passwords:
        names = ", ".join(passwords)
        print(f"First accounts: {names}. Their passwords are in {settings.data_dir / FILE_NAME}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
