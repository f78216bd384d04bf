"""`cytoloop train` and `cytoloop evaluate`: a model from a dataset version, on files alone."""

import json
from pathlib import Path

import click

from backend.cli.options import InFile, OutPath, json_option
from backend.cli.progress import progress_of
from training.config import NetworkConfig
from training.evaluate import evaluate_predictor
from training.model_folder import REPORT_FILE, read_description
from training.predictor import load_predictor
from training.presets import DEFAULT_PRESET, change_config, load_config, load_preset, preset_names
from training.report import write_report
from training.serving.served_model import serve_trained_model
from training.train import train_model


@click.command()
@click.argument("dataset_dir", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=OutPath, required=True, help="New model folder.")
@click.option("--preset", type=click.Choice(preset_names()), help="A named config; `unet` without any.")
@click.option("--config", "config_file", type=InFile, help="A config as a JSON file, instead of a preset.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change one setting of it.")
@click.option("--base", type=InFile, help="Model folder whose weights it begins with.")
@click.option("--epochs", type=click.IntRange(min=1), help="Longest training, in epochs of the config.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), help="Longest time to train.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--report/--no-report", default=True, show_default=True, help="Leave a report page in it.")
def train(
    dataset_dir: Path,
    *,
    out: Path,
    preset: str | None,
    config_file: Path | None,
    settings: tuple[str, ...],
    base: Path | None,
    epochs: int | None,
    minutes: float | None,
    seed: int,
    report: bool,
) -> None:
    """Train a predictor on a dataset version; the weights with the best validation loss are kept.

    A run that was interrupted goes on where it was when the same command is given again.

    \b
    Examples:
      cytoloop train dataset-1 --out model-1 --minutes 10
      cytoloop train dataset-1 --out model-2 --preset mesmer --set fit.batch_size=4
      cytoloop train dataset-2 --out model-3 --base model-1
    """
    with progress_of("train") as note:
        result = train_model(
            dataset_dir,
            out,
            config=_choose_config(preset, config_file, settings=settings, base=base),
            base=base,
            epochs=epochs,
            minutes=minutes,
            seed=seed,
            progress=lambda step: note(round(step.done * 1000), 1000),
            checkpoint=out.with_name(f".{out.name}.checkpoint"),
        )
    click.echo(
        f"{out}: {', '.join(result.compartments)}; best validation loss {result.best_val_loss:.4f}"
        f" in epoch {result.best_epoch} of {result.n_epochs}"
    )
    served = serve_trained_model(out, dataset_dir)
    click.echo(served.warning or f"Served by {served.runtime} in {served.precision}, verified against Keras")
    if report:
        write_report(out, dataset_dir)
        click.echo(f"{out / REPORT_FILE}")


def _choose_config(
    preset: str | None, config_file: Path | None, *, settings: tuple[str, ...], base: Path | None
) -> NetworkConfig:
    """The config of the preset, the file or the base, with single settings changed."""
    if preset is not None and config_file is not None:
        raise click.UsageError("--preset and --config are two ways to say one thing; give one of them.")
    if config_file is not None:
        config = load_config(config_file)
    elif base is not None and preset is None:
        config = read_description(base).config
    else:
        config = load_preset(preset or DEFAULT_PRESET)
    return change_config(config, settings)


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
