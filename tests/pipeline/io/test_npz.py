"""Arrays in .npz files, and label images exported for other programs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.errors import InvalidImage, InvalidLabels, UnreadableImage
from pipeline.io.export import write_label_stack, write_labels_npz, write_labels_tif
from pipeline.io.npz import read_npz, write_npz
from pipeline.io.open import open_image
from pipeline.windows import Window

LABELS = np.arange(2 * 12 * 15 * 2).reshape(2, 12, 15, 2) * 1000


@given(
    y=hnp.arrays(
        np.int32, hnp.array_shapes(min_dims=4, max_dims=4, max_side=5), elements=st.integers(0, 2**31 - 1)
    ),
    dtype=st.sampled_from(["uint8", "float32", "uint16"]),
)
def test_what_is_written_is_read(y: np.ndarray, dtype: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    y = y[..., :2]
    names = ["nuclear", "whole_cell"][: y.shape[-1]]
    path = tmp_path_factory.mktemp("npz") / "a.npz"
    image = np.ones((*y.shape[:3], 3), dtype)
    write_npz(path, X=image, y=y, compartments=names, channels=["a", "b", "ä"])
    arrays = read_npz(path)
    assert arrays.X is not None
    assert arrays.y is not None
    np.testing.assert_array_equal(arrays.X, image)
    np.testing.assert_array_equal(arrays.y, y)
    assert arrays.X.dtype == image.dtype
    assert arrays.compartments == tuple(names)
    assert arrays.channels == ("a", "b", "ä")
    assert list(path.parent.iterdir()) == [path]


def test_two_planes_without_names_are_cells_and_nuclei(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", y=LABELS)
    assert read_npz(tmp_path / "a.npz").compartments == ("whole_cell", "nuclear")


def test_one_plane_without_a_name_is_what_the_caller_says(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", y=LABELS[..., 0])
    arrays = read_npz(tmp_path / "a.npz", one_plane="nuclear")
    assert arrays.compartments == ("nuclear",)
    assert arrays.X is None
    assert arrays.y is not None
    assert arrays.y.shape == (2, 12, 15, 1)
    with pytest.raises(InvalidLabels, match="nothing says which compartment"):
        read_npz(tmp_path / "a.npz")
    (tmp_path / "a.json").write_text('{"compartments": ["whole_cell"], "channels": ["x"]}')
    assert read_npz(tmp_path / "a.npz").compartments == ("whole_cell",)


@pytest.mark.parametrize(
    ("arrays", "error", "message"),
    [
        ({"y": LABELS, "compartments": np.array(["nuclear"])}, InvalidLabels, "Name each plane"),
        ({"y": LABELS, "compartments": np.array(["nuclear", "spots"])}, InvalidLabels, "Name each plane"),
        ({"y": LABELS, "compartments": np.array([1, 2])}, InvalidImage, "must be a list of texts"),
        ({"y": LABELS[0, 0]}, InvalidImage, r"y is \(15, 2\)"),
        ({"X": LABELS, "channels": np.array(["a"])}, InvalidImage, "2 channels and 1 names"),
        ({"X": LABELS[:, :5], "y": LABELS}, InvalidLabels, "y must have the images"),
        ({"y": -LABELS}, InvalidLabels, "negative"),
        ({"z": LABELS}, InvalidImage, "neither X nor y"),
    ],
)
def test_files_against_the_convention_are_refused(
    arrays: dict[str, Any], error: type[Exception], message: str, tmp_path: Path
) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(error, match=message) as caught:
        read_npz(tmp_path / "a.npz")
    assert "a.npz" in str(caught.value)


def test_a_file_that_is_no_npz_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"PK nothing")
    with pytest.raises(UnreadableImage, match="cannot be read"):
        read_npz(tmp_path / "a.npz")


def test_exported_npz_has_whole_cells_first(tmp_path: Path) -> None:
    nuclear, whole = LABELS[0, ..., 0].astype(np.int32), LABELS[0, ..., 1].astype(np.int32)
    write_labels_npz(tmp_path / "a.npz", {"nuclear": nuclear, "whole_cell": whole})
    arrays = read_npz(tmp_path / "a.npz")
    assert arrays.compartments == ("whole_cell", "nuclear")
    assert arrays.y is not None
    np.testing.assert_array_equal(arrays.y, np.stack([whole, nuclear], axis=-1)[np.newaxis])
    write_labels_npz(tmp_path / "b.npz", {"nuclear": LABELS[..., 0].astype(np.int32)})
    frames = read_npz(tmp_path / "b.npz").y
    assert frames is not None
    np.testing.assert_array_equal(frames[..., 0], LABELS[..., 0])


@pytest.mark.parametrize("n_frames", [1, 2])
def test_exported_tiff_is_uint32_with_names(n_frames: int, tmp_path: Path) -> None:
    labels = {
        "nuclear": np.squeeze(LABELS[:n_frames, ..., 0]).astype(np.int32),
        "whole_cell": np.squeeze(LABELS[:n_frames, ..., 1]).astype(np.int32),
    }
    write_labels_tif(tmp_path / "a.tif", labels, pixel_size_um=0.5)
    assert tifffile.imread(tmp_path / "a.tif").dtype == np.uint32
    with open_image(tmp_path / "a.tif") as source:
        assert [channel.name for channel in source.channels] == ["whole_cell", "nuclear"]
        assert source.pixel_size_um == 0.5
        for channel, name in enumerate(("whole_cell", "nuclear")):
            read = source.read(n_frames - 1, channel, Window(0, 0, 12, 15))
            np.testing.assert_array_equal(read, labels[name].reshape(n_frames, 12, 15)[-1])
    assert list(tmp_path.iterdir()) == [tmp_path / "a.tif"]


def test_a_stack_is_written_a_part_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.io.export._ROWS_AT_ONCE", 5)
    stack = np.moveaxis(LABELS, -1, 1).astype(np.int32)
    names = ("whole_cell", "nuclear")
    for suffix in ("npz", "tif"):
        write_label_stack(tmp_path / f"a.{suffix}", stack, compartments=names)
    arrays = read_npz(tmp_path / "a.npz")
    assert arrays.compartments == names
    np.testing.assert_array_equal(arrays.y, LABELS)
    write_labels_tif(tmp_path / "b.tif", {name: stack[:, plane] for plane, name in enumerate(names)})
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "a.tif"), stack)
    np.testing.assert_array_equal(tifffile.imread(tmp_path / "b.tif"), stack)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "a.tif", "b.tif"]


def test_label_sets_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    plane = np.zeros((5, 5), np.int32)
    with pytest.raises(InvalidLabels, match="cannot be written"):
        write_labels_npz(tmp_path / "a.npz", {"spots": plane})
    with pytest.raises(InvalidLabels, match="cannot be written"):
        write_labels_tif(tmp_path / "a.tif", {})
    with pytest.raises(InvalidLabels, match="differ in shape"):
        write_labels_tif(tmp_path / "a.tif", {"nuclear": plane, "whole_cell": plane[1:]})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("image", "labels"), [((12, 15, 1), (12, 15)), ((1, 12, 15, 1), (1, 12, 15))])
def test_labels_of_a_single_channel_need_no_axis_of_planes(
    image: tuple[int, ...], labels: tuple[int, ...], tmp_path: Path
) -> None:
    y = LABELS[0, ..., 0].reshape(labels)
    path = tmp_path / "a.npz"
    np.savez(path, X=np.ones(image, np.uint16), y=y, channels=np.array(["DAPI"]))
    (tmp_path / "a.json").write_text('{"compartments": ["nuclear"]}')
    with open_image(path) as source:
        found = source.read_labels("nuclear", 0, Window(0, 0, 12, 15))
    np.testing.assert_array_equal(found, LABELS[0, ..., 0])
