"""`cytoloop crop` and `cytoloop stitch`: the crop plan on files, without server or database."""

import json
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import numpy as np

from backend.cli.options import InFile, OutPath, channel_options
from backend.cli.progress import progress_of
from pipeline.compartments import COMPARTMENTS
from pipeline.errors import CropMismatch
from pipeline.io import ImageSource, open_image, read_npz, write_npz
from pipeline.matching import match_compartments
from pipeline.stitch import stitch_labels
from pipeline.types import LabelSet
from pipeline.windows import Window, plan_windows

MANIFEST = "manifest.json"


@click.command()
@click.argument("image", type=InFile)
@click.option("--out", type=OutPath, required=True, help="New folder for crop_*.npz and manifest.json.")
@click.option("--size", type=click.IntRange(min=1), default=270, show_default=True, help="Edge in pixels.")
@click.option("--overlap", type=click.FloatRange(0, 1, max_open=True), default=0.2, show_default=True)
@channel_options
def crop(image: Path, *, out: Path, size: int, overlap: float, **how: Any) -> None:
    """Cut an image (and its labels, if it has some) into overlapping crops.

    \b
    Example:
      cytoloop crop tissue.ome.tif --nuclear DAPI --out crops --size 270 --overlap 0.2
    """
    with open_image(image, **how) as source, new_folder(out) as folder:
        windows = plan_windows(source.shape[2:], size_px=size, overlap=overlap)
        with progress_of("crop") as report:
            for index, window in enumerate(windows):
                write_npz(folder / _crop_name(index), **_crop_arrays(source, window))
                report(index + 1, len(windows))
        manifest = {
            "source": image.name,
            "shape": list(source.shape),
            "channels": [channel.name for channel in source.channels],
            "compartments": list(source.labels),
            "pixel_size_um": source.pixel_size_um,
            "size_px": size,
            "overlap": overlap,
            "crops": [{"file": _crop_name(i), **vars(window)} for i, window in enumerate(windows)],
        }
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    click.echo(f"{len(windows)} crops in {out}")


def _crop_name(index: int) -> str:
    return f"crop_{index:05d}.npz"


def _crop_arrays(source: ImageSource, window: Window) -> dict[str, Any]:
    """`X` (frame, row, column, channel) and, where there are labels, `y` with its compartments."""
    n_frames, n_channels = source.shape[:2]
    frames = range(n_frames)
    arrays: dict[str, Any] = {
        "X": np.stack(
            [np.stack([source.read(f, c, window) for c in range(n_channels)], axis=-1) for f in frames]
        ),
        "channels": [channel.name for channel in source.channels],
    }
    if source.labels:
        arrays["y"] = np.stack(
            [
                np.stack([source.read_labels(name, f, window) for name in source.labels], axis=-1)
                for f in frames
            ]
        )
        arrays["compartments"] = list(source.labels)
    return arrays


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder that appears under its name complete, or not at all."""
    if out.exists():
        raise FileExistsError(17, "exists already; name a new folder", str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = out.parent / f".{out.name}-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    try:
        yield folder
        folder.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=OutPath, required=True, help="The stitched labels, .npz with `y`.")
@click.option("--report", "report_path", type=OutPath, help="Write merges and conflicts as JSON.")
def stitch(folder: Path, *, out: Path, report_path: Path | None) -> None:
    """Put the crops of a folder back together, merging cells at crop borders by maximum overlap.

    \b
    Example:
      cytoloop stitch crops --out stitched.npz --report stitch.json
    """
    manifest = _read_manifest(folder)
    windows = [_window_of(crop) for crop in manifest["crops"]]
    crops = [read_npz(folder / crop["file"]) for crop in manifest["crops"]]
    shape, n_frames = tuple(manifest["shape"][2:]), manifest["shape"][0]
    names = _compartments_of(folder, crops)
    frames: list[LabelSet] = []
    reports = []
    with progress_of("stitch") as report:
        for frame in range(n_frames):
            stitched: LabelSet = {}
            for plane, name in enumerate(names):
                parts = [(w, np.asarray(c.y)[frame, ..., plane]) for w, c in zip(windows, crops, strict=True)]
                stitched[name], found = stitch_labels(parts, shape)
                reports.append({"frame": frame, "compartment": name, **found.to_json()})
            frames.append(_matched(stitched))
            report(frame + 1, n_frames)
    write_npz(
        out,
        y=np.stack([np.stack([labels[name] for name in names], axis=-1) for labels in frames]),
        compartments=list(names),
    )
    if report_path:
        report_path.write_text(json.dumps(reports, indent=2) + "\n")
    click.echo(f"{len(crops)} crops stitched into {out}")


def _read_manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text())
        names = [crop["file"] for crop in manifest["crops"]]
        windows = [_window_of(crop) for crop in manifest["crops"]]
        if any(Path(name).name != name for name in names) or len(manifest["shape"]) != 4 or not windows:
            raise KeyError("crops")
    except (ValueError, KeyError, TypeError) as fault:
        raise CropMismatch(f"{path}: not a manifest of crops; write one with `cytoloop crop`.") from fault
    return manifest


def _window_of(crop: Mapping[str, Any]) -> Window:
    return Window(*(int(crop[key]) for key in ("row", "col", "height", "width")))


def _compartments_of(folder: Path, crops: list[Any]) -> tuple[str, ...]:
    found = {tuple(crop.compartments) if crop.y is not None else () for crop in crops}
    if len(found) != 1 or not next(iter(found)):
        raise CropMismatch(
            f"{folder}: every crop needs labels (`y`) of the same compartments; found {sorted(found)}."
        )
    return next(iter(found))


def _matched(stitched: LabelSet) -> LabelSet:
    """Give a nucleus and its cell one label where both compartments are there."""
    if set(stitched) != set(COMPARTMENTS):
        return stitched
    matched, _ = match_compartments(stitched["whole_cell"], stitched["nuclear"])
    return matched
