"""The demo's images: synthetic tissue by default, or the labelled and unlabelled images of a folder.

What is known of an image (its truth) is kept apart from what is ingested: annotators, predictor and
training see only a copy without labels.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.compartments import COMPARTMENTS
from pipeline.errors import InputError
from pipeline.io import ImageSource, find_images, open_image, write_npz
from pipeline.synthetic import synthetic_tissue
from pipeline.types import LabelSet
from pipeline.windows import Window

MAX_PX = 2_000_000
MIN_CELLS = 20
"""The default of the QC rule that drops an image from a dataset."""


@dataclass(frozen=True)
class DemoImage:
    """One image to ingest (`path`, without labels) and its truth (empty when nobody knows it)."""

    path: Path
    source: str
    truth: LabelSet
    n_cells: int = 0


@dataclass
class DemoImages:
    """What a demo works on: one list of labelled images per round, unlabelled ones, and what was left out."""

    rounds: list[list[DemoImage]]
    unlabelled: list[DemoImage] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def synthetic_images(folder: Path, *, n_rounds: int, per_round: int, seed: int) -> DemoImages:
    """Seeded synthetic tissue for every round, and one more field for a person to try."""
    count = n_rounds * per_round
    images = [_synthetic(folder, seed * 1000 + i) for i in range(count + 1)]
    rounds = [images[i * per_round : (i + 1) * per_round] for i in range(n_rounds)]
    return DemoImages(rounds, unlabelled=images[count:])


def _synthetic(folder: Path, seed: int) -> DemoImage:
    tissue = synthetic_tissue(seed)
    return blind_copy(
        folder,
        f"tissue-{seed}",
        tissue.image,
        source="synthetic",
        truth=tissue.labels,
        facts={"channels": list(tissue.channels), "nuclear_channel": tissue.channels[0]},
    )


def folder_images(
    images: Path, folder: Path, *, n_rounds: int, per_round: int, seed: int, n_unlabelled: int = 3
) -> DemoImages:
    """Share the images of a folder out: every round gets the same number of each source (its subfolder).

    Sources with fewer labelled images than rounds take no part, so that rounds can be compared.
    When too few are labelled for any round, synthetic tissue fills in and the folder's images
    wait for a person at the end.
    """
    labelled: dict[str, list[Path]] = defaultdict(list)
    unlabelled: list[Path] = []
    left_out: list[str] = []
    for path in find_images([images]):
        try:
            with open_image(path) as source:
                if _too_large(source):
                    left_out.append(f"{path}: larger than {MAX_PX:,} px, too long for a demo")
                elif not source.labels:
                    unlabelled.append(path)
                elif _n_cells(source) < MIN_CELLS:
                    left_out.append(f"{path}: fewer than {MIN_CELLS} cells, no dataset would take it")
                else:
                    labelled[path.parent.name].append(path)
        except InputError as fault:
            left_out.append(str(fault))
    chosen = _share_out(labelled, n_rounds=n_rounds, per_round=per_round, seed=seed)
    if chosen:
        rounds = [[_from_file(path, folder) for path in paths] for paths in chosen]
    else:
        rounds = synthetic_images(folder, n_rounds=n_rounds, per_round=per_round, seed=seed).rounds
        unlabelled += [path for paths in labelled.values() for path in paths]
    waiting = [_from_file(path, folder) for path in unlabelled[:n_unlabelled]]
    return DemoImages(rounds, unlabelled=waiting, left_out=left_out)


def _too_large(source: ImageSource) -> bool:
    n_frames, _, rows, cols = source.shape
    return n_frames * rows * cols > MAX_PX


def _n_cells(source: ImageSource) -> int:
    _, _, rows, cols = source.shape
    whole = Window(0, 0, rows, cols)
    return max(len(np.unique(source.read_labels(name, 0, whole))) - 1 for name in source.labels)


def _share_out(
    labelled: dict[str, list[Path]], *, n_rounds: int, per_round: int, seed: int
) -> list[list[Path]]:
    """Deal the sources out in turn, `n_rounds` images at a time, until a round is full."""
    rng = np.random.default_rng(seed)
    decks = {
        name: [paths[i] for i in rng.permutation(len(paths))] for name, paths in sorted(labelled.items())
    }
    rounds: list[list[Path]] = [[] for _ in range(n_rounds)]
    while len(rounds[0]) < per_round:
        decks = {name: deck for name, deck in decks.items() if len(deck) >= n_rounds}
        if not decks:
            break
        for deck in list(decks.values())[: per_round - len(rounds[0])]:
            for paths in rounds:
                paths.append(deck.pop())
    return rounds if rounds[0] else []


def _from_file(path: Path, folder: Path) -> DemoImage:
    with open_image(path) as source:
        _, n_channels, rows, cols = source.shape
        whole = Window(0, 0, rows, cols)
        image = np.stack([source.read(0, c, whole) for c in range(n_channels)], axis=-1)
        truth = {name: source.read_labels(name, 0, whole) for name in source.labels}
        nuclear = next((c.name for c in source.channels if c.role == "nuclear"), None)
        membrane = next((c.name for c in source.channels if c.role == "membrane"), None)
        facts = {
            "channels": [c.name for c in source.channels],
            "nuclear_channel": nuclear,
            "membrane_channel": membrane,
            "compartments": [c for c in COMPARTMENTS if c in truth] or None,
            "pixel_size_um": source.pixel_size_um,
            "group": source.group,
        }
    name = f"{path.parent.name}-{path.name.split('.')[0]}"
    return blind_copy(folder, name, image, source=path.parent.name, truth=truth, facts=facts)


def blind_copy(
    folder: Path, name: str, image: np.ndarray, *, source: str, truth: LabelSet, facts: Mapping[str, object]
) -> DemoImage:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.npz"
    write_npz(path, X=image[None])
    known = {key: value for key, value in facts.items() if value is not None}
    path.with_suffix(".json").write_text(json.dumps(known))
    n_cells = max((len(np.unique(labels)) - 1 for labels in truth.values()), default=0)
    return DemoImage(path, source, truth, n_cells)
