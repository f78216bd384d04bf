"""`cytoloop export`: give a model folder the form in which it predicts fastest."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from backend.cli.options import InFile, channel_options, inputs_option
from pipeline.io import open_image
from pipeline.model_input import model_image
from pipeline.types import Image
from pipeline.windows import Window
from training.model_folder import read_description
from training.recipes.default_fields import FieldFolder, load_fields
from training.serving.served_model import OPENVINO, ServedModel, serve_model

_LARGEST_PX = 512
_FIELDS_PER_SOURCE = 4


@click.command()
@click.argument("model_dir", type=InFile)
@click.argument("images", type=InFile, nargs=-1)
@click.option("--data", type=InFile, help="Folder of the default model's images; those to test on are used.")
@click.option("--exact", is_flag=True, help="Compute in float32 alone, so that every machine finds the same.")
@inputs_option
@channel_options
def export(
    model_dir: Path,
    images: tuple[Path, ...],
    *,
    data: Path | None,
    exact: bool,
    inputs: dict[str, str],
    **how: object,
) -> None:
    """Export a model once more and verify it against Keras on IMAGES; `cytoloop train` does so by itself.

    The middle of each image is used, 512 px at most.

    \b
    Examples:
      cytoloop export model-1 tissue.ome.tif --nuclear DAPI --membrane ECAD
      cytoloop export training/default_model --data images --exact
    """
    if not images and data is None:
        raise click.UsageError("Name images to verify the export on, or their folder with --data.")
    names = read_description(model_dir).input_channels
    crops = []
    for path in images:
        with open_image(path, **how) as source:  # type: ignore[arg-type]
            window = _middle(*source.shape[-2:])
            crops.append(model_image(source, window, names=names, inputs=inputs))
    if data is not None:
        crops += _test_fields(data)
    click.echo(f"{model_dir}: {_told(serve_model(model_dir, crops, exact=exact))}")


def _test_fields(data: Path) -> Iterator[Image]:
    """Give the middle of a few fields of each source that the default model did not learn from."""
    counts: dict[str, int] = {}
    for field in load_fields(FieldFolder.open(data)):
        if field.split == "test" and counts.get(field.source, 0) < _FIELDS_PER_SOURCE:
            counts[field.source] = counts.get(field.source, 0) + 1
            yield field.image[_middle(*field.image.shape[:2]).slices]


def _told(served: ServedModel) -> str:
    if served.runtime != OPENVINO:
        return served.warning
    text = f"OpenVINO in {served.precision}, weights in {served.weights}; {_f1(served.verified)}"
    if served.verified_in_full:
        text += f"; where the machine computes in f32 alone: {_f1(served.verified_in_full)}"
    return text


def _f1(verified: dict[str, Any]) -> str:
    by_name = ", ".join(f"{name} {value:.4f}" for name, value in verified["f1"].items())
    return f"F1 against Keras at IoU {verified['iou']}, {verified['n_instances']} instances: {by_name}"


def _middle(n_rows: int, n_cols: int) -> Window:
    height, width = min(n_rows, _LARGEST_PX), min(n_cols, _LARGEST_PX)
    return Window((n_rows - height) // 2, (n_cols - width) // 2, height, width)
