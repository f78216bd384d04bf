"""`cytoloop export`: give a model folder the form in which it predicts fastest."""

from pathlib import Path

import click

from backend.cli.options import InFile, channel_options
from pipeline.io import open_image
from pipeline.model_input import model_image
from pipeline.windows import Window
from training.serving.served_model import OPENVINO, serve_model

_LARGEST_PX = 512


@click.command()
@click.argument("model_dir", type=InFile)
@click.argument("images", type=InFile, nargs=-1, required=True)
@channel_options
def export(model_dir: Path, images: tuple[Path, ...], **how: object) -> None:
    """Export a model once more and verify it against Keras on IMAGES; `cytoloop train` does so by itself.

    The middle of each image is used, 512 px at most.

    \b
    Example:
      cytoloop export model-1 tissue.ome.tif --nuclear DAPI --membrane ECAD
    """
    crops = []
    for path in images:
        with open_image(path, **how) as source:  # type: ignore[arg-type]
            crops.append(model_image(source, _middle(*source.shape[-2:])))
    served = serve_model(model_dir, crops)
    if served.runtime == OPENVINO:
        f1 = ", ".join(f"{name} {value:.4f}" for name, value in served.verified["f1"].items())
        click.echo(f"{model_dir}: OpenVINO in {served.precision}; F1 against Keras at IoU 0.9: {f1}")
    else:
        click.echo(f"{model_dir}: {served.warning}")


def _middle(n_rows: int, n_cols: int) -> Window:
    height, width = min(n_rows, _LARGEST_PX), min(n_cols, _LARGEST_PX)
    return Window((n_rows - height) // 2, (n_cols - width) // 2, height, width)
