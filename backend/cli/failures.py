"""Known errors end a command with one clear line and exit status 1; unknown ones keep their traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from backend.errors import CytoloopError
from pipeline.errors import PipelineError
from pipeline.io.errors import is_disk_full
from training.errors import TrainingError

KNOWN = (CytoloopError, PipelineError, TrainingError, FileNotFoundError, FileExistsError, PermissionError)


@contextmanager
def spoken_failures() -> Iterator[None]:
    """Turn the errors of every package's tree into click's own, which prints them without a traceback."""
    try:
        yield
    except OSError as fault:
        if is_disk_full(fault):
            raise click.ClickException(
                f"{fault.filename or 'The result'} could not be written: {fault.strerror}. Free some space,"
                " or choose another place."
            ) from fault
        if not isinstance(fault, KNOWN) and fault.filename is None:
            raise
        raise click.ClickException(f"{fault.filename or 'file'}: {fault.strerror or fault}") from fault
    except KNOWN as fault:
        raise click.ClickException(str(fault)) from fault
