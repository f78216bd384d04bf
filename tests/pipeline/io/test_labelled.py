"""Labelled files as items of a dataset; several people's labels of one image."""

import json

import numpy as np
import pytest

from pipeline.errors import InvalidImage, InvalidLabels, UnreadableImage
from pipeline.io.labelled import read_annotated, read_labelled
from pipeline.io.npz import write_npz


@pytest.fixture
def image(tmp_path):
    """Write an image with one nucleus, whatever is said beside it, and further arrays."""

    def write(name, *, labelled=True, said=None, **more):
        x = np.arange(16 * 12, dtype=np.uint16).reshape(1, 16, 12, 1)
        y = np.zeros((1, 16, 12, 1), np.int32)
        y[0, 3:9, 4:10] = 7
        labels = {"y": y, "compartments": ["nuclear"]} if labelled else {}
        path = tmp_path / f"{name}.npz"
        write_npz(path, X=x, **labels)
        if more:
            with np.load(path) as arrays:
                np.savez(path, **arrays, **more)
        beside = {"channels": ["DAPI"], "nuclear_channel": "DAPI", **(said or {})}
        path.with_suffix(".json").write_text(json.dumps(beside))
        return path

    return write


def test_items_carry_what_is_said_beside_them(image, tmp_path):
    image("a", said={"platform": "CODEX", "tissue": "spleen", "group": "slide 3", "pixel_size_um": 0.4})
    image("b")
    steps = []
    first, second = read_labelled([tmp_path], progress=lambda *step: steps.append(step))
    assert first.group == "slide 3"
    assert first.provenance == {
        "file": "a.npz",
        "folder": tmp_path.name,
        "frame": 0,
        "platform": "CODEX",
        "tissue": "spleen",
        "pixel_size_um": 0.4,
    }
    assert second.group == str(tmp_path / "b.npz")
    assert "platform" not in second.provenance
    assert (first.image.shape, first.image[1, 0, 0], first.labels["nuclear"].max()) == ((16, 12, 2), 12, 7)
    assert steps == [(1, 2), (2, 2)]


def test_an_image_without_labels_is_refused(image):
    with pytest.raises(InvalidImage, match=r"plain\.npz.*has no labels; leave it out or label it first"):
        list(read_labelled([image("plain", labelled=False)]))


def test_labels_of_several_people(image):
    other = np.ones((1, 16, 12, 1), np.int32)
    (found,) = read_annotated([image("two", y_expert2=other)])
    assert found.compartment == "nuclear"
    assert {name: int(plane.max()) for name, plane in found.makers.items()} == {"expert1": 7, "expert2": 1}
    assert {plane.shape for plane in found.makers.values()} == {(16, 12)}


def test_every_image_of_a_file_and_every_file_of_a_folder_is_taken(image, tmp_path):
    image("one", y_expert2=np.full((1, 16, 12, 1), 2, np.int32))
    frames = np.zeros((3, 16, 12), np.int32)
    frames[1, 2:5, 2:5] = 4
    (tmp_path / "three.json").write_text(
        json.dumps({"axes": "TYXC", "channels": ["DAPI"], "compartments": ["nuclear"]})
    )
    np.savez(
        tmp_path / "three.npz", X=np.ones((3, 16, 12, 1), np.uint16), y=frames, y_b=np.full_like(frames, 5)
    )
    flat = {"X": np.ones((16, 12, 1), np.uint16), "y": frames[1], "y_b": frames[0]}
    np.savez(tmp_path / "flat.npz", **flat)
    (tmp_path / "flat.json").write_text(json.dumps({"channels": ["DAPI"], "compartments": ["nuclear"]}))
    flat_one, *found = read_annotated([tmp_path])
    assert np.array_equal(flat_one.makers["expert1"], frames[1])
    assert [{name: int(plane.max()) for name, plane in item.makers.items()} for item in found] == [
        {"expert1": 7, "expert2": 2},
        {"expert1": 0, "b": 5},
        {"expert1": 4, "b": 5},
        {"expert1": 0, "b": 5},
    ]
    assert {plane.shape for item in found for plane in item.makers.values()} == {(16, 12)}


def test_files_that_hold_no_labels_of_several_people_are_refused(image, tmp_path):
    with pytest.raises(InvalidLabels, match=r"y_b is \(1, 5, 12, 1\), y is \(1, 16, 12, 1\); give labels of"):
        list(read_annotated([image("other", y_b=np.ones((1, 5, 12, 1), np.int32))]))
    with pytest.raises(InvalidImage, match=r"plain\.npz.*has no labels as `y`; leave it out"):
        list(read_annotated([image("plain", labelled=False)]))
    picture = tmp_path / "picture.tif"
    picture.write_bytes(b"II")
    with pytest.raises(InvalidImage, match=r"picture\.tif: is no \.npz; labels of several people"):
        list(read_annotated([picture]))
    damaged = tmp_path / "damaged.npz"
    damaged.write_bytes(b"PK")
    with pytest.raises(UnreadableImage, match="the npz cannot be read"):
        list(read_annotated([damaged]))


def test_values_that_are_no_labels_are_refused(image):
    with pytest.raises(InvalidLabels, match="expert2 holds negative values"):
        list(read_annotated([image("bad", y_expert2=np.full((1, 16, 12, 1), -4))]))
