"""`cytoloop experiment`: the paper's experiments on one's own images."""

import tempfile
from pathlib import Path
from typing import Any

import click

from backend.cli.options import OutPath
from backend.cli.progress import progress_of
from pipeline.io.labelled import read_annotated, read_labelled
from training.experiments.catalogue import EXPERIMENTS, find_experiment
from training.experiments.outcome_files import outcome_folder
from training.experiments.settings import ExperimentSettings
from training.presets import DEFAULT_PRESET, change_config, load_preset, preset_names

_LISTED = "\n".join(f"  {name:<18} {entry.summary}" for name, entry in EXPERIMENTS.items())


@click.command(
    help=f"""Run one of the paper's experiments on labelled images; write a table, a plot and what was found.

    \b
{_LISTED}

    \b
    Example:
      cytoloop experiment dataset-size labelled/ --out sizes --epochs 5
"""
)
@click.argument("name", type=click.Choice(list(EXPERIMENTS)), metavar="NAME")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=OutPath, required=True, help="New folder.")
@click.option(
    "--preset",
    type=click.Choice(preset_names()),
    default=DEFAULT_PRESET,
    show_default=True,
    help="What is trained.",
)
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change one setting of it.")
@click.option("--epochs", type=click.IntRange(min=1), help="Budget of each model that is trained.")
@click.option(
    "--minutes", type=click.FloatRange(min=0, min_open=True), help="The same as time; makes runs differ."
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--iou",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.5,
    show_default=True,
    help="Two instances are the same above it.",
)
@click.option(
    "--predictor",
    default="baseline",
    show_default=True,
    help="Judged where nothing is trained, or its folder.",
)
@click.option(
    "--by",
    type=click.Choice(["platform", "tissue", "folder"]),
    default="platform",
    show_default=True,
    help="What tells the categories of `specialists` apart.",
)
def experiment(
    name: str, *, paths: tuple[Path, ...], out: Path, preset: str, changes: tuple[str, ...], **options: Any
) -> None:
    """Run one experiment; the help text above lists them."""
    chosen = find_experiment(name)
    config = change_config(load_preset(preset), changes)
    with (
        outcome_folder(out) as write,
        tempfile.TemporaryDirectory(prefix="cytoloop-") as scratch,
        progress_of(name) as report,
    ):
        settings = ExperimentSettings(
            scratch=Path(scratch),
            config=config,
            progress=lambda done: report(round(done * 1000), 1000),
            **options,
        )
        images = read_annotated(paths) if chosen.takes == "annotators" else list(read_labelled(paths))
        outcome = chosen.load()(images, settings=settings)
        write(outcome)
    click.echo(outcome.finding)
