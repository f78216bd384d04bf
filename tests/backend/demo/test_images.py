import json
from pathlib import Path

import numpy as np
import pytest

from backend.demo.images import folder_images, synthetic_images
from pipeline.io import read_npz, write_npz


def write_image(folder: Path, name: str, *, n_cells: int | None) -> None:
    """An image of 64 x 64 px; with labels of squares when a number of cells is given."""
    folder.mkdir(parents=True, exist_ok=True)
    y = None
    if n_cells is not None:
        y = np.zeros((1, 64, 64, 1), np.int32)
        for k in range(n_cells):
            row, col = divmod(k, 8)
            y[0, row * 8 : row * 8 + 5, col * 8 : col * 8 + 5, 0] = k + 1
    write_npz(folder / name, X=np.ones((1, 64, 64, 1), np.uint8), y=y)
    facts = {"channels": ["DAPI"], "nuclear_channel": "DAPI", "compartments": ["nuclear"], "group": "g1"}
    (folder / name).with_suffix(".json").write_text(json.dumps(facts))


@pytest.fixture
def images(tmp_path):
    for source, count in {"a": 5, "b": 2, "lonely": 1}.items():
        for index in range(count):
            write_image(tmp_path / "in" / source, f"{index}.npz", n_cells=24)
    write_image(tmp_path / "in" / "a", "empty.npz", n_cells=3)
    write_image(tmp_path / "in" / "new", "plain.npz", n_cells=None)
    return tmp_path / "in"


def test_every_round_gets_the_same_number_of_each_source(images, tmp_path):
    chosen = folder_images(images, tmp_path / "out", n_rounds=2, per_round=9, seed=0)
    sources = [sorted(image.source for image in images) for images in chosen.rounds]
    assert sources == [["a", "a", "b"], ["a", "a", "b"]]
    paths = [image.path for images in chosen.rounds for image in images]
    assert len(set(paths)) == 6


def test_too_few_cells_are_left_out_and_unlabelled_images_wait(images, tmp_path):
    chosen = folder_images(images, tmp_path / "out", n_rounds=2, per_round=9, seed=0)
    assert [line for line in chosen.left_out if "empty.npz" in line and "fewer than 20 cells" in line]
    assert [image.path.name for image in chosen.unlabelled] == ["new-plain.npz"]


def test_what_is_ingested_holds_no_labels_but_keeps_what_is_known(images, tmp_path):
    chosen = folder_images(images, tmp_path / "out", n_rounds=2, per_round=9, seed=0)
    image = chosen.rounds[0][0]
    assert read_npz(image.path).y is None
    facts = json.loads(image.path.with_suffix(".json").read_text())
    assert facts["compartments"] == ["nuclear"]
    assert facts["group"] == "g1"
    assert image.truth["nuclear"].max() == 24


def test_one_seed_shares_out_alike(images, tmp_path):
    first, again = (
        folder_images(images, tmp_path / name, n_rounds=2, per_round=4, seed=3) for name in ("x", "y")
    )
    names = [[[image.path.name for image in row] for row in chosen.rounds] for chosen in (first, again)]
    assert names[0] == names[1]


def test_without_labels_synthetic_tissue_fills_in(tmp_path):
    write_image(tmp_path / "in", "plain.npz", n_cells=None)
    chosen = folder_images(tmp_path / "in", tmp_path / "out", n_rounds=2, per_round=1, seed=0)
    assert [image.source for images in chosen.rounds for image in images] == ["synthetic"] * 2
    assert [image.path.name for image in chosen.unlabelled] == ["in-plain.npz"]


def test_synthetic_images_differ_from_round_to_round(tmp_path):
    chosen = synthetic_images(tmp_path, n_rounds=2, per_round=1, seed=0)
    first, second = (read_npz(images[0].path).X for images in chosen.rounds)
    assert not np.array_equal(first, second)
    assert len(chosen.unlabelled) == 1
