"""How gunicorn serves the application, everywhere: `gunicorn --config python:backend.gunicorn_conf`.

Threads, because a request that waits for the database or the storage lets others go on; several processes,
because one interpreter uses one core.
"""

from pathlib import Path

from backend.config import Settings

_SETTINGS = Settings.from_env()
_SHARED_MEMORY = Path("/dev/shm")

wsgi_app = "backend.wsgi:app"
worker_class = "gthread"
workers = _SETTINGS.web_workers
threads = _SETTINGS.web_threads
keepalive = 30
timeout = 60
graceful_timeout = 8
loglevel = "warning"
# The heartbeat of a worker is a file; on a slow disk it would make the master kill a healthy worker.
worker_tmp_dir = str(_SHARED_MEMORY) if _SHARED_MEMORY.is_dir() else None
control_socket_disable = True
