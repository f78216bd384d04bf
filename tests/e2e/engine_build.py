"""The page of the engine alone (frontend/tests/browser), built and served for tests and the bench."""

import functools
import http.server
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"


def build_engine_page(folder: Path) -> None:
    """Build the page into a folder.

    Raises
    ------
    subprocess.CalledProcessError
        When Vite cannot build it; what it said is on stderr.
    """
    vite = FRONTEND / "node_modules" / ".bin" / "vite"
    config = FRONTEND / "tests" / "browser" / "vite.config.ts"
    command = [str(vite), "build", "--config", str(config), "--outDir", str(folder), "--logLevel", "error"]
    subprocess.run(command, cwd=FRONTEND, check=True, timeout=120)


@contextmanager
def serve_folder(folder: Path, *, isolated: bool = False) -> Iterator[str]:
    """The address of a server of these files; an isolated page has a finer clock."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            if isolated:
                self.send_header("Cross-Origin-Opener-Policy", "same-origin")
                self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
            super().end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the output quiet."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
