import signal
from types import FrameType

import click

from backend.config import Settings
from backend.errors import CytoloopError
from backend.first_users import FILE_NAME
from backend.logging import configure_logging
from backend.serve import Stack, embedded_stack


@click.command(epilog="Example: cytoloop serve --port 8080")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free one."
)
def serve(host: str, port: int) -> None:
    """Run the whole application on this machine until Ctrl-C.

    Migrates the database, then starts Redis, the worker, beat and the web server. Settings come from the
    environment; with none set, everything lives in the folder data.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        settings = Settings.from_env()
        configure_logging(level=settings.log_level, style=settings.log_style)
        with embedded_stack(settings, host=host, port=port, log_files=False) as stack:
            _greet(stack)
            while True:
                signal.pause()
    except CytoloopError as fault:
        raise click.ClickException(str(fault)) from None
    except KeyboardInterrupt:
        click.echo("Stopped.")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    # From here on everything is being stopped, within seconds; a second signal must not cut that short.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _greet(stack: Stack) -> None:
    click.echo(f"Cytoloop is up: {stack.url} (data in {stack.settings.data_dir}). Ctrl-C stops it.")
    for name, password in stack.new_passwords.items():
        click.echo(f"  first sign-in: {name} / {password}")
    if stack.new_passwords:
        click.echo(f"  kept in {stack.settings.data_dir / FILE_NAME}; shown only this once.")
