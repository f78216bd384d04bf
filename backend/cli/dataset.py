"""`cytoloop dataset`: labelled files into a dataset version, without server or database."""

from contextlib import closing
from pathlib import Path

import click

from backend.cli.options import OutPath
from backend.cli.progress import progress_of
from pipeline.dataset import build_dataset
from pipeline.io.labelled import read_labelled
from pipeline.model_input import INPUT_CHANNELS


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=OutPath, required=True, help="New folder for train, val and test.npz.")
@click.option("--split", type=(float, float, float), default=(0.8, 0.1, 0.1), show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--min-area", type=click.IntRange(min=0), default=15, show_default=True, help="Pixels of a cell."
)
@click.option(
    "--min-cells", type=click.IntRange(min=0), default=20, show_default=True, help="Cells of an image."
)
@click.option(
    "--channel",
    "channels",
    multiple=True,
    default=INPUT_CHANNELS,
    show_default=True,
    help="A channel to train on, by role or name; once for each, in order.",
)
@click.option("--size", type=click.IntRange(min=16), default=256, show_default=True, help="Edge in pixels.")
def dataset(
    paths: tuple[Path, ...],
    *,
    out: Path,
    split: tuple[float, float, float],
    seed: int,
    min_area: int,
    min_cells: int,
    channels: tuple[str, ...],
    size: int,
) -> None:
    """Freeze labelled images into a dataset version: checked, split by FOV, cropped, with a manifest.

    \b
    Examples:
      cytoloop dataset labelled/ --out dataset-1 --split 0.8 0.1 0.1 --seed 0
      cytoloop dataset labelled/ --out dataset-2 --channel nuclear --channel membrane --channel CD3
    """
    with (
        progress_of("dataset") as report,
        # Closed when building fails as well, so that what was unpacked of an image goes at once.
        closing(read_labelled(paths, channels=channels, progress=report)) as items,
    ):
        manifest = build_dataset(
            items,
            out,
            fractions=split,
            seed=seed,
            min_area=min_area,
            min_cells=min_cells,
            size=size,
            channels=channels,
        )
    for name, counts in manifest["splits"].items():
        click.echo(f"{name:<5} {counts}")
    for dropped in manifest["dropped"]:
        click.echo(f"dropped: {dropped}")
