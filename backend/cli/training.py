"""`cytoloop train` and `cytoloop evaluate`: a model from a dataset version, on files alone."""

import json
from pathlib import Path

import click

from backend.cli.options import InFile, OutPath, json_option
from backend.cli.progress import progress_of
from training.evaluate import evaluate_predictor
from training.predictor import load_predictor
from training.train import train_model


@click.command()
@click.argument("dataset_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=OutPath, required=True, help="New model folder.")
@click.option("--epochs", type=click.IntRange(min=1), help="Passes over the training crops.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="Longest time to train.")
@click.option("--seed", type=int, default=0, show_default=True)
def train(dataset_dir: Path, *, out: Path, epochs: int | None, minutes: float | None, seed: int) -> None:
    """Train the `unet` predictor on a dataset version; the weights with the best validation loss are kept.

    \b
    Example:
      cytoloop train dataset-1 --out model-1 --minutes 10
    """
    with progress_of("train") as report:
        result = train_model(
            dataset_dir,
            out,
            epochs=epochs,
            minutes=minutes,
            seed=seed,
            progress=lambda step: report(round(step.done * 1000), 1000),
        )
    click.echo(
        f"{out}: {', '.join(result.compartments)}; best validation loss {result.best_val_loss:.4f}"
        f" in epoch {result.best_epoch} of {result.n_epochs}"
    )


@click.command()
@click.argument("model_dir", type=InFile)
@click.argument("dataset_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--split", type=click.Choice(["train", "val", "test"]), default="test", show_default=True)
@click.option("--iou", type=click.FloatRange(0, 1, max_open=True), default=0.5, show_default=True)
@json_option
def evaluate(model_dir: Path, dataset_dir: Path, *, split: str, iou: float, as_json: bool) -> None:
    """Score a model on a split of a dataset version.

    \b
    Example:
      cytoloop evaluate model-1 dataset-1 --split test --json
    """
    scores = evaluate_predictor(load_predictor(model_dir), dataset_dir, split=split, iou=iou)
    if as_json:
        click.echo(json.dumps(scores, indent=2))
        return
    click.echo(f"{split} at IoU {iou}: mean F1 {scores['mean_f1']}")
    for name, values in scores.items():
        if isinstance(values, dict):
            click.echo(f"  {name}: " + ", ".join(f"{key} {value:.4g}" for key, value in values.items()))
