"""`cytoloop default-model`: make the model that comes with the project again, score it, or draw it."""

from pathlib import Path

import click

from backend.cli.options import OutPath
from backend.cli.progress import progress_of
from training.model_folder import read_description
from training.predictor import find_model_folder, load_predictor
from training.recipes.default_fields import FieldFolder, load_fields
from training.recipes.default_model import (
    evaluate_model,
    largest_difference,
    make_default_model,
    metrics_table,
)
from training.recipes.default_pictures import write_pictures

TOLERANCE = 0.005
"""By how much an F1 may differ from the recorded one: libraries and processors round differently."""


@click.command(name="default-model")
@click.option("--data", type=OutPath, required=True, help="Folder of the images, with its MANIFEST.json.")
@click.option("--out", type=OutPath, default=Path("data/default-model"), show_default=True,
              help="New model folder.")  # fmt: skip
@click.option("--epochs", type=click.IntRange(min=1), help="Fewer epochs than the shipped model had.")
@click.option("--evaluate-only", is_flag=True, help="Score the model that comes with the project again.")
@click.option("--pictures", type=OutPath, help="Draw what it outlines on DATA/raw into this folder.")
@click.option("--model", "spec", default="default", show_default=True,
              help="Model folder to score or to draw; `default` comes with the project.")  # fmt: skip
def default_model(
    data: Path, *, out: Path, epochs: int | None, evaluate_only: bool, pictures: Path | None, spec: str
) -> None:
    """Train the default model on its images and score it on those that were held back.

    The images are not part of the project; the card beside the model says which they are. A run that was
    stopped goes on when the command is given again.

    \b
    Examples:
      cytoloop default-model --data images
      cytoloop default-model --data images --evaluate-only
    """
    if pictures is not None:
        for path, counts in write_pictures(load_predictor(spec), data / "raw", pictures):
            click.echo(f"{path}: {', '.join(f'{n} {name}' for name, n in counts.items())}")
    elif evaluate_only:
        _evaluate(data, find_model_folder(spec))
    else:
        _train(data, out, epochs=epochs)


def _train(data: Path, out: Path, *, epochs: int | None) -> None:
    with progress_of("train") as report:
        evaluation = make_default_model(
            FieldFolder.open(data),
            out,
            epochs=epochs,
            progress=lambda step: report(round(step.done * 1000), 1000),
        )
    click.echo(metrics_table(evaluation))
    click.echo(f"{out}: written")


def _evaluate(data: Path, model_dir: Path) -> None:
    recorded = read_description(model_dir).metrics["evaluation"]
    evaluation = evaluate_model(model_dir, load_fields(FieldFolder.open(data)))
    click.echo(metrics_table(evaluation))
    difference = largest_difference(evaluation, recorded)
    click.echo(f"largest difference to the recorded F1: {difference:.4f}")
    if difference > TOLERANCE:
        raise click.ClickException(
            f"{model_dir} does not score as it says: an F1 differs by {difference:.4f}, more than "
            f"{TOLERANCE}. Train it again, or fetch the project and the images again."
        )
