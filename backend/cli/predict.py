"""`cytoloop predict`: labels for one image, without server or database."""

from functools import partial
from pathlib import Path
from typing import Any

import click
import numpy as np

from backend.cli.options import InFile, OutPath, channel_options
from backend.cli.progress import progress_of
from pipeline.io import ImageSource, open_image, write_labels_tif, write_npz
from pipeline.model_input import model_image
from pipeline.types import Labels
from training.large_images import predict_image
from training.predictor import Predictor, load_predictor

SUFFIXES = (".npz", ".tif", ".tiff")


@click.command()
@click.argument("image", type=InFile)
@click.option("--out", type=OutPath, required=True, help="Labels as .npz (`y`, `compartments`) or .tif.")
@click.option(
    "--predictor", "spec", default="baseline", show_default=True, help="`baseline` or a model folder."
)
@channel_options
def predict(image: Path, *, out: Path, spec: str, **how: Any) -> None:
    """Outline every nucleus and every cell of an image.

    \b
    Example:
      cytoloop predict tissue.ome.tif --nuclear DAPI --membrane ECAD --out labels.npz
    """
    if out.suffix.lower() not in SUFFIXES:
        raise click.BadParameter(f"{out} must end in {', '.join(SUFFIXES)}", param_hint="--out")
    predictor = load_predictor(spec)
    with open_image(image, **how) as source:
        y, names = predict_source(predictor, source)
    if out.suffix.lower() == ".npz":
        write_npz(out, y=y, compartments=list(names))
    else:
        write_labels_tif(out, {name: y[..., plane] for plane, name in enumerate(names)})
    found = ", ".join(f"{len(np.unique(y[..., i])) - 1} {name}" for i, name in enumerate(names))
    click.echo(f"{out}: {found}")


def predict_source(predictor: Predictor, source: ImageSource) -> tuple[Labels, tuple[str, ...]]:
    """Labels (frame, row, column, compartment) int32 of every frame, and the compartments' names."""
    n_frames, _, rows, cols = source.shape
    names = predictor.compartments
    y = np.zeros((n_frames, rows, cols, len(names)), np.int32)
    with progress_of("predict") as report:
        for frame in range(n_frames):
            read = partial(model_image, source, frame=frame)
            for band in predict_image(predictor, read, (rows, cols)):
                for plane, name in enumerate(names):
                    labels = band.labels[name]
                    y[frame, band.row : band.row + len(labels), :, plane] = labels
                report(frame * rows + band.row + len(labels), n_frames * rows)
    return y, names
