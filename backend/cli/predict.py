"""`cytoloop predict`: labels for one image, without server or database."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from backend.cli.options import InFile, OutPath, channel_options
from backend.cli.progress import progress_of
from pipeline.compartments import COMPARTMENTS
from pipeline.io.export import write_labels_tif
from pipeline.io.npz import write_npz
from pipeline.io.open import open_image
from pipeline.io.source import ImageSource
from pipeline.model_input import model_image
from pipeline.windows import Window
from training.predictor import Predictor, load_predictor, predict_image

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


def predict_source(predictor: Predictor, source: ImageSource) -> tuple[np.ndarray[Any, Any], tuple[str, ...]]:
    """Labels (frame, row, column, compartment) int32 of every frame, and the compartments' names."""
    n_frames, _, rows, cols = source.shape
    frames = []
    with progress_of("predict") as report:
        for frame in range(n_frames):

            def read(window: Window, frame: int = frame) -> np.ndarray[Any, Any]:
                return model_image(source, window, frame)

            frames.append(predict_image(predictor, read, (rows, cols), progress=report))
    names = tuple(name for name in COMPARTMENTS if name in frames[0])
    return np.stack([np.stack([labels[name] for name in names], axis=-1) for labels in frames]), names
