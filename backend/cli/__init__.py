"""`cytoloop`: every command lives in a module of this package and is imported only when it is called."""

import importlib
from typing import Any

import click

from backend.cli.failures import spoken_failures

COMMANDS = {
    "serve": "backend.cli.serve",
    "demo": "backend.cli.demo",
    "ingest": "backend.cli.ingest",
    "predict": "backend.cli.predict",
    "crop": "backend.cli.crops",
    "stitch": "backend.cli.crops",
    "qc": "backend.cli.labels",
    "score": "backend.cli.scores",
    "agreement": "backend.cli.scores",
    "dataset": "backend.cli.dataset",
    "train": "backend.cli.training",
    "evaluate": "backend.cli.training",
    "export": "backend.cli.export",
    "experiment": "backend.cli.experiment",
    "default-model": "backend.cli.default_model",
    "bench": "backend.cli.bench",
    "models": "backend.cli.models",
    "rollback": "backend.cli.models",
}


class LazyCommands(click.Group):
    """Imports a command's module on use, so that `--help` and numeric commands never wait for Keras."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def invoke(self, ctx: click.Context) -> Any:
        with spoken_failures():
            return super().invoke(ctx)


@click.group(
    cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="cytoloop")
def main() -> None:
    """Outline every cell and nucleus together with a model that gets better each round."""
