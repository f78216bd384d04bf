"""The images of the default model: read, verified against their manifest and split by field.

All of them may be used for any purpose: nuclei outlined by hand (dsb2018_fluo, CC0), cells outlined by hand
(codex_hubmap_expert, MIT), lung tissue with labels made by software (mif_akoya_rgb, mif_akoya_components,
zlib), and synthetic tissue of this project. Other sources of the folder are not looked at.
"""

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.compartments import COMPARTMENTS
from pipeline.synthetic import synthetic_tissue
from pipeline.types import Image, Labels
from training.errors import UnusableDataset
from training.recipes.default_tissues import COARSE_IONS, TISSUES
from training.targets import IGNORED

LICENCES = {
    "dsb2018_fluo": "CC0 1.0",
    "codex_hubmap_expert": "MIT",
    "mif_akoya_rgb": "zlib",
    "mif_akoya_components": "zlib",
    "synthetic": "BSD-3-Clause, as this project",
}
SOURCES = tuple(LICENCES)
SPLITS = ("train", "val", "test")

_TEST_SLIDE = "Set12_20-6plex"
_VALIDATION_FIELD = "14996_59221"

# Pieces of images of which there is only one: split -> rows and columns. What lies between two pieces is in
# neither, so that no instance and no neighbourhood is in both.
_CODEX_PIECES = {
    "train": (slice(0, 784), slice(0, 832)),
    "val": (slice(816, 1008), slice(0, 832)),
    "test": (slice(0, 1008), slice(896, 1344)),
}
_COMPONENTS_PIECES = {
    "train": (slice(0, 204), slice(0, 200)),
    "val": (slice(220, 260), slice(0, 200)),
    "test": (slice(0, 260), slice(232, 348)),
}

_SYNTHETIC_SEEDS = {"train": 7000, "val": 7100, "test": 7200}


@dataclass(frozen=True)
class SourceField:
    """One image, or a piece of one, with what is known of it.

    image : float32 (row, col, 2), nuclear and membrane as stored; a channel that was not recorded is 0
    labels : int32 (row, col, 2), whole_cell and nuclear; -1 where nothing is known
    second_opinion : whole cells of the same piece by another expert, int32 (row, col)
    cells_follow_nuclei : whether nuclei alone say roughly where the cells are
    pixel_size_um : None where unknown
    """

    name: str
    source: str
    split: str
    image: Image
    labels: Labels
    second_opinion: Labels | None = None
    cells_follow_nuclei: bool = True
    pixel_size_um: float | None = None


@dataclass
class FieldFolder:
    """A data folder whose manifest names and signs its files.

    read : SHA-256 of the files that were read, by their path in the folder
    """

    root: Path
    items: list[dict[str, Any]]
    read: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, root: Path) -> "FieldFolder":
        """Read the manifest; raises `UnusableDataset` when there is none."""
        path = root / "MANIFEST.json"
        try:
            items = json.loads(path.read_text())["items"]
        except (OSError, ValueError, KeyError) as fault:
            raise UnusableDataset(
                f"{path} does not list the images ({type(fault).__name__}: {fault}). Give the folder that "
                "holds it, as in `make default-model DATA=FOLDER`."
            ) from fault
        return cls(root, items)

    def of(self, source: str) -> list[dict[str, Any]]:
        """Return the entries of a source in the order of their names; raises when there are none."""
        found = sorted((item for item in self.items if item.get("source") == source), key=lambda x: x["id"])
        if not found:
            raise UnusableDataset(
                f"{self.root} has no image of {source}; the default model needs all of "
                f"{', '.join(SOURCES[:-1])}."
            )
        return found

    def load(self, item: Mapping[str, Any]) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays of an entry without their first axis; raises when the file is another one."""
        path = self.root / item["file"]
        try:
            content = path.read_bytes()
        except OSError as fault:
            raise UnusableDataset(f"{path} cannot be read ({fault}); fetch the folder again.") from fault
        digest = hashlib.sha256(content).hexdigest()
        if digest != item["sha256"]:
            raise UnusableDataset(
                f"{path} has the SHA-256 {digest}, its manifest says {item['sha256']}; "
                "fetch the folder again."
            )
        self.read[item["file"]] = digest
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name][0] for name in arrays.files}

    def facts(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the JSON beside an image says of it."""
        facts: dict[str, Any] = json.loads((self.root / item["meta"]).read_text())
        return facts


def load_fields(folder: FieldFolder, *, synthetic_shape: tuple[int, int] = (512, 512)) -> list[SourceField]:
    """Read every field of the default model, and make the synthetic ones.

    Raises
    ------
    UnusableDataset
        A source or a file is missing, or a file has another checksum than its manifest says.
    """
    return [
        *_nuclei(folder),
        *_codex(folder),
        *_lung_fields(folder),
        *_components(folder),
        *synthetic_fields(shape=synthetic_shape),
    ]


def synthetic_fields(*, shape: tuple[int, int] = (512, 512)) -> Iterator[SourceField]:
    """Make the synthetic fields; nothing is read for them."""
    for split, first_seed in _SYNTHETIC_SEEDS.items():
        for seed, settings in enumerate(TISSUES[split], start=first_seed):
            tissue = synthetic_tissue(seed, shape=shape, settings=settings)
            labels = np.stack([tissue.labels[name] for name in COMPARTMENTS], axis=-1)
            yield SourceField(
                f"synthetic/{seed}",
                "synthetic",
                split,
                tissue.image.astype(np.float32),
                labels,
                cells_follow_nuclei=settings.nucleus_size >= 1,
                pixel_size_um=1.0 if settings in COARSE_IONS else None,
            )


def split_groups(groups: Mapping[str, str], *, seed: int = 0) -> dict[str, str]:
    """Split groups within their kind: a fifth to test, a tenth to val, the rest to train.

    Parameters
    ----------
    groups
        Kind of each group. A kind of one group trains; of two, one tests.
    seed
        Of the order in which the groups of a kind are dealt out.
    """
    kinds: dict[str, list[str]] = defaultdict(list)
    for group, kind in groups.items():
        kinds[kind].append(group)
    splits = {}
    for members in kinds.values():
        members.sort(key=lambda group: hashlib.sha256(f"{seed}:{group}".encode()).digest())
        n_test = math.ceil(len(members) / 5) if len(members) > 1 else 0
        n_val = round(len(members) / 10)
        for rank, group in enumerate(members):
            splits[group] = "test" if rank < n_test else "val" if rank < n_test + n_val else "train"
    return splits


def _nuclei(folder: FieldFolder) -> Iterator[SourceField]:
    """Nuclei by hand. Images of one size are of one kind of experiment, mostly: each kind is split."""
    items = folder.of("dsb2018_fluo")
    groups = {item["id"]: folder.facts(item)["group"] for item in items}
    splits = split_groups({groups[item["id"]]: str(item["shape"][1:3]) for item in items})
    for item in items:
        arrays = folder.load(item)
        yield SourceField(
            item["id"],
            "dsb2018_fluo",
            splits[groups[item["id"]]],
            _image(arrays["X"][..., 0]),
            _labels(nuclear=arrays["y"][..., 0]),
        )


def _codex(folder: FieldFolder) -> Iterator[SourceField]:
    (item,) = folder.of("codex_hubmap_expert")
    arrays = folder.load(item)
    image = _image(arrays["X"][..., 0], arrays["X"][..., 1])
    labels = _labels(whole_cell=arrays["y"][..., 0])
    for split, piece in _CODEX_PIECES.items():
        second = arrays["y_expert2"][..., 0][piece].astype(np.int32)
        yield SourceField(
            f"{item['id']}/{split}", "codex_hubmap_expert", split, image[piece], labels[piece], second
        )


def _lung_fields(folder: FieldFolder) -> Iterator[SourceField]:
    """Lung tissue, split by slide; the brighter of red and green stands for membranes."""
    for item in folder.of("mif_akoya_rgb"):
        split = "train"
        if folder.facts(item)["group"] == _TEST_SLIDE:
            split = "test"
        elif _VALIDATION_FIELD in item["id"]:
            split = "val"
        arrays = folder.load(item)
        image = _image(arrays["X"][..., 2], arrays["X"][..., :2].max(axis=-1))
        labels = _labels(whole_cell=arrays["y"][..., 0], nuclear=arrays["y"][..., 1])
        yield SourceField(item["id"], "mif_akoya_rgb", split, image, labels)


def _components(folder: FieldFolder) -> Iterator[SourceField]:
    (item,) = folder.of("mif_akoya_components")
    arrays = folder.load(item)
    names = list(item["channels"])
    image = _image(
        arrays["X"][..., names.index("DAPI")], arrays["X"][..., names.index("Cy5 (membrane-like)")]
    )
    labels = _labels(whole_cell=arrays["y"][..., 0], nuclear=arrays["y"][..., 1])
    for split, piece in _COMPONENTS_PIECES.items():
        yield SourceField(f"{item['id']}/{split}", "mif_akoya_components", split, image[piece], labels[piece])


def _image(nuclear: npt.NDArray[Any], membrane: npt.NDArray[Any] | None = None) -> Image:
    planes = [nuclear, np.zeros_like(nuclear) if membrane is None else membrane]
    return np.stack(planes, axis=-1).astype(np.float32)


def _labels(**known: npt.NDArray[Any]) -> Labels:
    shape = next(iter(known.values())).shape
    nothing = np.full(shape, IGNORED, np.int32)
    return np.stack([known.get(name, nothing) for name in COMPARTMENTS], axis=-1).astype(np.int32)
