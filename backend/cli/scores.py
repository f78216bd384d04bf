"""`cytoloop score` and `cytoloop agreement`: compare label images in files."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from backend.cli.options import InFile, json_option
from pipeline.errors import InvalidLabels, InvalidSetting
from pipeline.io.label_files import read_label_sets
from pipeline.metrics import (
    RATIOS,
    mean_boundary_f1,
    mean_ratios,
    pairwise_agreement,
    pool_boundaries,
    pool_scores,
    score_boundaries,
    score_labels,
)
from pipeline.types import LabelSet

_BOUNDARY = "boundary_f1"

iou_option = click.option(
    "--iou",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.6,
    show_default=True,
    help="Two instances are the same above it.",
)


@click.command()
@click.option("--true", "true_path", type=InFile, required=True, help="The reference labels.")
@click.option("--pred", "pred_path", type=InFile, required=True, help="The labels to judge.")
@iou_option
@click.option(
    "--tolerance",
    "tolerance_px",
    type=click.FloatRange(min=0),
    default=2.0,
    show_default=True,
    help="Pixels by which an outline may be off for the boundary F1.",
)
@json_option
def score(*, true_path: Path, pred_path: Path, iou: float, tolerance_px: float, as_json: bool) -> None:
    """Compare two label images, compartment by compartment.

    Ratios are printed pooled (of all instances together) and as the mean per image.

    \b
    Example:
      cytoloop score --true expert.npz --pred labels.npz --iou 0.5 --json
    """
    true, pred = read_label_sets(true_path), read_label_sets(pred_path)
    if len(true) != len(pred):
        raise InvalidLabels(f"has {len(pred)} images, {true_path} has {len(true)}.", path=pred_path)
    common = [name for name in true[0] if name in pred[0]]
    if not common:
        raise InvalidLabels(f"shares no compartment with {true_path}.", path=pred_path)
    scores = {
        name: _compare(
            [(a[name], b[name]) for a, b in zip(true, pred, strict=True)], iou=iou, tolerance_px=tolerance_px
        )
        for name in common
    }
    if as_json:
        click.echo(json.dumps(scores, indent=2))
        return
    for name, values in scores.items():
        _print_score(name, values, iou=iou)


def _compare(pairs: Sequence[tuple[Any, Any]], *, iou: float, tolerance_px: float) -> dict[str, Any]:
    scores = [score_labels(*pair, iou=iou) for pair in pairs]
    pooled = pool_scores(scores)
    boundaries = [score_boundaries(*pair, tolerance_px=tolerance_px) for pair in pairs]
    return {
        **pooled.as_dict(),
        _BOUNDARY: pool_boundaries(boundaries).f1,
        "average_precisions": pooled.average_precisions,
        "mean_per_image": {**mean_ratios(scores), _BOUNDARY: mean_boundary_f1(boundaries)},
    }


def _print_score(name: str, values: Mapping[str, Any], *, iou: float) -> None:
    means = values["mean_per_image"]
    click.echo(f"{name} at IoU {iou}")
    for key, value in values.items():
        if isinstance(value, int):
            click.echo(f"  {key:<12} {value}")
    click.echo(f"  {'':<12} pooled  mean of {means['n_images']} images")
    for key in (*RATIOS, _BOUNDARY):
        click.echo(f"  {key:<12} {values[key]:.4f}  {means[key]:.4f}")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="NAME=FILE...")
@iou_option
@json_option
def agreement(files: Sequence[str], *, iou: float, as_json: bool) -> None:
    """Compare the labels that several people or models made of the same images, all pairs.

    \b
    Example:
      cytoloop agreement expert1=a.npz expert2=b.npz model=labels.npz --iou 0.5
    """
    makers = {name: read_label_sets(path) for name, path in _named_files(files).items()}
    found = [
        {"first": first, "second": second, "compartment": compartment, **figures}
        for (first, second, compartment), figures in _agreements(makers, iou=iou).items()
    ]
    if not found:
        raise InvalidSetting(
            "No two of these files have a compartment in common; name files of the same one."
        )
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for row in found:
        click.echo(
            f"{row['first']} and {row['second']}, {row['compartment']}: F1 {row['f1']:.4f} at IoU {iou}"
            f" ({row['n_true']} and {row['n_pred']} instances), pixels {row['jaccard']:.4f}"
        )


def _named_files(files: Sequence[str]) -> dict[str, Path]:
    named: dict[str, Path] = {}
    for text in files:
        name, given, path = text.rpartition("=")
        name = name if given else Path(path).stem
        if name in named:
            raise InvalidSetting(f"Two files are named {name!r}; name them apart, as first={path}.")
        if not Path(path).exists():
            raise InvalidSetting(f"There is no file {path}; give NAME=FILE for each maker of labels.")
        named[name] = Path(path)
    return named


def _agreements(
    makers: Mapping[str, list[LabelSet]], *, iou: float
) -> dict[tuple[str, str, str], dict[str, Any]]:
    counts = {name: len(images) for name, images in makers.items()}
    if len(set(counts.values())) != 1:
        raise InvalidSetting(f"The files hold different numbers of images ({counts}); give the same images.")
    pooled: dict[tuple[str, str, str], list[Any]] = {}
    for images in zip(*makers.values(), strict=True):
        for compartment in ("whole_cell", "nuclear"):
            of = {
                name: image[compartment]
                for name, image in zip(makers, images, strict=True)
                if compartment in image
            }
            for pair in pairwise_agreement(of, iou=iou) if len(of) > 1 else ():
                pooled.setdefault((pair.first, pair.second, compartment), []).append(pair.score)
    return {key: pool_scores(scores).as_dict() for key, scores in pooled.items()}
