"""What gunicorn serves: `gunicorn backend.wsgi:app`."""

from backend.app import create_app
from backend.bootstrap import build_context
from backend.config import Settings
from backend.logging import configure_logging
from backend.temporary_files import keep_temporary_files

settings = Settings.from_env().with_data_dir()
configure_logging(level=settings.log_level, style=settings.log_style)
keep_temporary_files(settings.data_dir / "temporary")
app = create_app(build_context(settings, role="web"))
