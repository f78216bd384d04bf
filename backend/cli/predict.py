"""`cytoloop predict`: labels for one image, without server or database."""

import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import click

from backend.cli.label_spool import LabelSpool
from backend.cli.options import InFile, OutPath, channel_options, inputs_option
from backend.cli.progress import progress_of
from backend.cli.watershed import postprocessing_of, watershed_options
from pipeline.io import ImageSource, open_image, write_label_stack
from pipeline.model_input import model_image
from pipeline.types import Labels
from training.baseline import BaselinePredictor
from training.large_images import choose_shrink, predict_image
from training.object_scale import SHRINKS
from training.prediction import StageClock
from training.predictor import Predictor, load_predictor

SUFFIXES = (".npz", ".tif", ".tiff")


@click.command()
@click.argument("image", type=InFile)
@click.option("--out", type=OutPath, required=True, help="Labels as .npz (`y`, `compartments`) or .tif.")
@click.option(
    "--predictor",
    "spec",
    default="default",
    show_default=True,
    help="`default` (the model that comes with the project), `baseline` or a model folder.",
)
@click.option(
    "--shrink",
    type=click.Choice(["auto", *map(str, SHRINKS)]),
    default="auto",
    show_default=True,
    help="See the image shrunken, so that large objects stay whole; `auto` looks how large they are.",
)
@inputs_option
@watershed_options
@click.option("--timing", is_flag=True, help="Print the share of time of each stage.")
@channel_options
def predict(
    image: Path,
    *,
    out: Path,
    spec: str,
    shrink: str,
    inputs: dict[str, str],
    watershed: tuple[str, ...],
    preset: str | None,
    timing: bool,
    **how: Any,
) -> None:
    """Outline every nucleus and every cell of an image.

    \b
    Examples:
      cytoloop predict tissue.ome.tif --nuclear DAPI --membrane ECAD --out labels.npz
      cytoloop predict tissue.ome.tif --predictor model-1 --watershed nuclear.radius_px=3 --out labels.npz
      cytoloop predict nuclei-100x.tif --shrink 4 --out labels.npz
    """
    if out.suffix.lower() not in SUFFIXES:
        raise click.BadParameter(f"{out} must end in {', '.join(SUFFIXES)}", param_hint="--out")
    predictor = load_predictor(spec)
    changes = postprocessing_of(predictor.compartments, watershed, preset=preset)
    if changes and isinstance(predictor, BaselinePredictor):
        raise click.UsageError("baseline has no such watershed; name a model folder with --predictor.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with (
        open_image(image, **how) as source,
        # Beside the labels, since other places for passing files may lie in memory.
        tempfile.TemporaryDirectory(prefix=".cytoloop-", dir=out.parent) as scratch,
    ):
        chosen = None if shrink == "auto" else int(shrink)
        found = predict_source(
            predictor.adjusted(changes), source, Path(scratch) / "labels", shrink=chosen, inputs=inputs
        )
        write_label_stack(out, found.labels, compartments=found.compartments)
    click.echo(f"{out}: {found.counts()}")
    if found.scales != {1.0}:
        click.echo(found.seen())
    if timing:
        click.echo(found.shares())


@dataclass
class FoundLabels:
    """The labels of every frame of an image, and what is told of them.

    labels : int32 (frame, compartment, row, column), mapped from a file
    n_instances : by compartment, over all frames
    n_leftovers : instances without a partner in the other compartment, by compartment
    seconds : by stage
    scales : pixels of the image along the side of one that the predictor saw, of any frame
    """

    labels: Labels
    compartments: tuple[str, ...]
    n_instances: dict[str, int]
    n_leftovers: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    scales: set[float] = field(default_factory=set)

    def counts(self) -> str:
        """How many instances there are, and how many of them have no partner."""
        n_found = self.n_instances
        found = ", ".join(f"{n_instances} {name}" for name, n_instances in n_found.items())
        if len(self.compartments) < 2:
            return found
        matched = n_found[self.compartments[0]] - self.n_leftovers[self.compartments[0]]
        alone = ", ".join(f"{self.n_leftovers[name]} {name}" for name in self.compartments)
        return f"{found}; {matched} matched one to one, left over: {alone}"

    def seen(self) -> str:
        """At which scale the predictor saw the frames."""
        scales = " or ".join(f"{scale:.2g}" for scale in sorted(self.scales))
        return f"seen at {scales} px of the image per pixel"

    def shares(self) -> str:
        """What each stage took, in seconds and as a share."""
        total = sum(self.seconds.values()) or 1.0
        stages = [f"{name} {value:.2f} s ({value / total:.0%})" for name, value in self.seconds.items()]
        return f"{total:.2f} s: {', '.join(stages)}"


def predict_source(
    predictor: Predictor,
    source: ImageSource,
    spooled: Path,
    *,
    shrink: int | None = None,
    inputs: Mapping[str, str] | None = None,
) -> FoundLabels:
    """Label every frame of an image, all at one scale.

    Parameters
    ----------
    spooled
        File for the labels, which must not exist and is to stay as long as they are used.
    shrink
        As `training.large_images.predict_image` has it; what it chooses is chosen by the middle frame.
    inputs
        Which channel some input of the predictor is; see `pipeline.model_input.find_inputs`.
    """
    n_frames, _, rows, cols = source.shape
    clock = StageClock()
    read = partial(model_image, source, names=predictor.input_channels, inputs=inputs)
    with clock.stage("scale"):
        if shrink is None:
            middle = partial(read, frame=n_frames // 2)
            shrink = choose_shrink(predictor, middle, (rows, cols), pixel_size_um=source.pixel_size_um)
    names = predictor.compartments
    spool = LabelSpool(spooled, (n_frames, len(names), rows, cols))
    seconds, n_leftovers, scales = Counter(clock.seconds), Counter[str](), set()
    with progress_of("predict") as report:
        for frame in range(n_frames):
            spool.begin_frame()
            bands = predict_image(
                predictor,
                partial(read, frame=frame),
                (rows, cols),
                pixel_size_um=source.pixel_size_um,
                shrink=shrink,
            )
            for band in bands:
                planes = [band.labels[name] for name in names]
                spool.add(frame, band.row, planes)
                report(frame * rows + band.row + len(planes[0]), n_frames * rows)
            n_leftovers.update({name: len(alone) for name, alone in bands.leftovers.items()})
            seconds.update(bands.seconds)
            scales.add(bands.scale)
    n_instances = dict(zip(names, spool.n_instances, strict=True))
    return FoundLabels(spool.stack(), names, n_instances, n_leftovers, seconds, scales)
