"""The vectors of the label editor's operations are what the reference makes of them, here and now."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from skimage.segmentation import expand_labels
from skimage.segmentation import watershed as library_watershed

from tests.contract import reference_operations as plain
from tests.contract.edit_script import NAMES
from tests.contract.generate_label_operations import DRAWS, content
from tests.contract.reference_image_operations import watershed_sides

FILE = Path(__file__).with_name("label_operations.json")


def test_file_is_what_the_generator_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == content(), (
        "Run python -m tests.contract.generate_label_operations and look at what changed."
    )


def test_file_is_small_and_holds_every_operation() -> None:
    held = json.loads(FILE.read_text(encoding="utf-8"))
    changing = {vector["op"] for vector in held["vectors"] if vector["result"] is not None}
    assert changing == set(DRAWS)
    assert set(held["script"]["operations"]) == set(NAMES)
    assert len(held["script"]["edits"]) == 10_000
    assert FILE.stat().st_size < 2**20


@pytest.mark.parametrize("seed", range(6))
def test_watershed_is_that_of_the_library_where_no_heights_are_equal(seed: int) -> None:
    generator = np.random.default_rng(seed)
    relief = generator.permutation(17 * 23).reshape(17, 23).astype(np.float64)
    mask = np.ones(relief.shape, dtype=bool)
    mask[generator.random(relief.shape) < 0.1] = False
    markers = [(3, 4), (12, 18)]
    seeds = np.zeros(relief.shape, dtype=np.int32)
    for side, marker in enumerate(markers, start=1):
        mask[marker] = True
        seeds[marker] = side
    expected = library_watershed(relief, seeds, mask=mask)
    assert (watershed_sides(relief, mask, markers) == expected).all()


@pytest.mark.parametrize("distance", [1, 2.5, 6])
def test_expanded_labels_cover_what_the_library_covers(distance: float) -> None:
    generator = np.random.default_rng(1)
    nuclei = np.where(generator.random((30, 41)) < 0.02, generator.integers(1, 9, (30, 41)), 0)
    empty = np.zeros_like(nuclei)
    found = plain.expand(empty, nuclei=nuclei, distancePx=distance, label=0, mode="protect")
    expected = expand_labels(nuclei, distance)
    assert ((found > 0) == (expected > 0)).all()
    assert (found[nuclei > 0] == nuclei[nuclei > 0]).all()


def test_polygon_counts_pixel_centres() -> None:
    square = plain.polygon_mask([[1.5, 1.5], [4.5, 1.5], [4.5, 3.5], [1.5, 3.5]], (6, 7))
    assert np.argwhere(square).tolist() == [[r, c] for r in (1, 2) for c in (1, 2, 3)]
