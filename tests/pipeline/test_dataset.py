"""Dataset versions: what goes in comes out, cleaned, split and cropped, and the manifest says so."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dataset import NO_TRUTH, DatasetItem, build_dataset, load_split
from pipeline.dataset_items import hide_slivers
from pipeline.errors import InvalidImage, InvalidLabels, InvalidSetting, UnreadableImage
from pipeline.splits import SPLITS


def grid_labels(shape: tuple[int, int], *, side: int = 8) -> np.ndarray:
    """Squares of `side` px with gaps of 2 px, numbered from 1."""
    rows, cols = np.indices(shape) // (side + 2)
    inside = (np.indices(shape) % (side + 2) < side).all(axis=0)
    return np.where(inside, rows * 1000 + cols + 1, 0).astype(np.int32)


def item(name: str, shape: tuple[int, int] = (100, 120), **changes: Any) -> DatasetItem:
    whole = grid_labels(shape)
    image = np.random.default_rng(len(name)).random((*shape, 2), dtype=np.float32)
    nuclear = np.where(np.indices(shape)[0] % 10 < 5, whole, 0).astype(np.int32)
    values = {
        "source_id": name,
        "group": name,
        "image": image,
        "labels": {"whole_cell": whole, "nuclear": nuclear},
        "provenance": {"file": f"{name}.tif"},
    }
    return DatasetItem(**{**values, **changes})


def test_crops_are_the_windows_of_the_images(tmp_path: Path) -> None:
    items = [item(f"fov {n}", (100, 64 + 10 * n)) for n in range(4)]
    manifest = build_dataset(items, tmp_path / "d", size=64)
    by_split = {split: load_split(tmp_path / "d", split) for split in SPLITS}
    for split, (image, labels) in by_split.items():
        assert image.dtype == np.float32
        assert labels.dtype == np.int32
        assert image.shape[1:] == labels.shape[1:] == (64, 64, 2)
        sources = [source for source in manifest["sources"] if source["split"] == split]
        crops = [(source["source_id"], window) for source in sources for window in source["crops"]]
        assert len(image) == len(crops) == manifest["splits"][split]["n_crops"]
        for index, (name, (row, col, height, width)) in enumerate(crops):
            origin = next(each for each in items if each.source_id == name)
            np.testing.assert_array_equal(image[index], origin.image[row : row + height, col : col + width])
            truth = np.stack(list(origin.labels.values()), axis=-1)[row : row + height, col : col + width]
            known = labels[index] != NO_TRUTH
            np.testing.assert_array_equal(labels[index][known], truth[known])
            assert (truth[~known] > 0).all()
    assert sum(len(image) for image, _ in by_split.values()) == sum(2 * n for n in (1, 2, 2, 2))


def test_hidden_pixels_carry_no_truth(tmp_path: Path) -> None:
    mask = np.zeros((100, 120), dtype=bool)
    mask[:32, :40] = True
    plain, hidden = item("a"), item("a", hidden={"nuclear": mask})
    manifests = [build_dataset([each], tmp_path / str(n), size=64) for n, each in enumerate((plain, hidden))]
    before, after = (load_split(tmp_path / str(n), "train")[1][0] for n in range(2))
    assert (after[:32, :40, 1] == NO_TRUTH).all()
    np.testing.assert_array_equal(after[..., 0], before[..., 0])
    changed = after[..., 1] != before[..., 1]
    assert (after[..., 1][changed] == NO_TRUTH).all()
    # Beside the mask, only what is left of cells that it cuts to slivers.
    assert (before[..., 1][changed][~mask[:64, :64][changed]] > 0).all()
    first, second = (manifest["sources"][0] for manifest in manifests)
    assert first["sha256"] != second["sha256"]
    assert first["n_cells"] == second["n_cells"]


@pytest.mark.parametrize(
    ("hidden", "message"),
    [
        ({"membrane": np.zeros((100, 120), dtype=bool)}, "a: hidden pixels of membrane are bool of"),
        (
            {"nuclear": np.zeros((9, 9), dtype=bool)},
            r"a: hidden pixels of nuclear are bool of \(9, 9\); give",
        ),
        ({"nuclear": np.zeros((100, 120))}, r"masks of \(100, 120\) for labelled compartments"),
    ],
)
def test_hidden_pixels_must_fit(tmp_path: Path, hidden: Any, message: str) -> None:
    with pytest.raises(InvalidLabels, match=message):
        build_dataset([item("a", hidden=hidden)], tmp_path / "d")


def test_a_small_image_is_padded_without_truth(tmp_path: Path) -> None:
    build_dataset([item("a", (50, 60))], tmp_path / "d", size=64)
    image, labels = load_split(tmp_path / "d", "train")
    assert (image[0, 50:] == 0).all()
    assert (image[0, :, 60:] == 0).all()
    assert (labels[0, 50:] == NO_TRUTH).all()
    assert (labels[0, :, 60:] == NO_TRUTH).all()
    assert (labels[0, :50, :60] >= 0).all()
    for split in ("val", "test"):
        assert [array.shape for array in load_split(tmp_path / "d", split)] == [(0, 64, 64, 2)] * 2


def test_a_compartment_without_labels_has_no_truth(tmp_path: Path) -> None:
    labels = {"nuclear": grid_labels((100, 120))}
    manifest = build_dataset([item("a", labels=labels)], tmp_path / "d", size=64)
    _, truth = load_split(tmp_path / "d", "train")
    assert (truth[..., 0] == NO_TRUTH).all()
    assert (truth[..., 1] > 0).any()
    assert manifest["splits"]["train"]["n_cells"] == {"whole_cell": 0, "nuclear": 120}


def test_small_cells_are_removed_and_sparse_images_dropped_and_both_said(tmp_path: Path) -> None:
    labels = {"whole_cell": grid_labels((100, 120))}
    labels["whole_cell"][99, :14] = 5000
    few = {"whole_cell": grid_labels((100, 120)) % 1000 * (grid_labels((100, 120)) < 10)}
    items = [item("good", labels=labels), item("sparse", labels=few)]
    manifest = build_dataset(items, tmp_path / "d")
    assert [source["source_id"] for source in manifest["sources"]] == ["good"]
    assert manifest["sources"][0]["n_removed"] == {"whole_cell": 1}
    assert manifest["sources"][0]["n_cells"] == {"whole_cell": 120}
    (dropped,) = manifest["dropped"]
    assert dropped["source_id"] == "sparse"
    assert dropped["reason"] == "9 instances of whole_cell after cleaning, fewer than 20"
    _, truth = load_split(tmp_path / "d", "train")
    assert 5000 not in truth


@given(shape=st.tuples(st.integers(20, 90), st.integers(20, 90)), side=st.integers(2, 30))
def test_no_label_of_a_crop_is_below_the_smallest_area(shape: tuple[int, int], side: int) -> None:
    labels = grid_labels(shape, side=side)[: shape[0] // 2 + 3, 1:]
    hidden = hide_slivers(labels, min_area=15)
    _, areas = np.unique(hidden[hidden > 0], return_counts=True)
    assert (areas >= 15).all()
    kept = hidden != NO_TRUTH
    np.testing.assert_array_equal(hidden[kept], labels[kept])
    assert (labels[~kept] > 0).all()


def test_groups_stay_together_and_keep_their_split(tmp_path: Path) -> None:
    items = [item(f"fov {n}", group=f"slide {n % 4}") for n in range(8)]
    first = build_dataset(items, tmp_path / "d", seed=5)
    for source in first["sources"]:
        assert source["split"] == first["groups"][source["group"]]
    more = [*items, *(item(f"new {n}") for n in range(5))]
    second = build_dataset(more, tmp_path / "e", seed=6, fixed=first["groups"])
    assert {group: second["groups"][group] for group in first["groups"]} == first["groups"]


def test_equal_items_give_equal_files(tmp_path: Path) -> None:
    items = [item(f"fov {n}") for n in range(3)]
    first, second = (build_dataset(iter(items), tmp_path / name, size=64) for name in "ab")
    assert first == second
    for name in ("train.npz", "val.npz", "test.npz", "manifest.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    assert json.loads((tmp_path / "a" / "manifest.json").read_text()) == first
    with np.load(tmp_path / "a" / "train.npz", allow_pickle=False) as arrays:
        assert arrays["channels"].tolist() == ["nuclear", "membrane"]
        assert arrays["compartments"].tolist() == ["whole_cell", "nuclear"]


def test_more_channels_are_kept_with_their_names(tmp_path: Path) -> None:
    names = ("nuclear", "membrane", "CD3")
    three = item("a", image=np.random.default_rng(0).random((100, 120, 3), dtype=np.float32))
    manifest = build_dataset([three], tmp_path / "d", size=64, channels=names)
    assert manifest["channels"] == list(names)
    image, labels = load_split(tmp_path / "d", "train")
    assert (image.shape[1:], labels.shape[1:]) == ((64, 64, 3), (64, 64, 2))
    np.testing.assert_array_equal(image[0], three.image[:64, :64])
    with np.load(tmp_path / "d" / "train.npz", allow_pickle=False) as arrays:
        assert arrays["channels"].tolist() == list(names)
    with pytest.raises(InvalidImage, match=r"must be \(rows, columns, 3\), nuclear and membrane and CD3"):
        build_dataset([item("b")], tmp_path / "e", channels=names)
    with pytest.raises(InvalidSetting, match="cannot be; name each one once"):
        build_dataset([three], tmp_path / "f", channels=("a", "b", "a"))


def test_a_file_that_was_changed_is_noticed(tmp_path: Path) -> None:
    build_dataset([item("a")], tmp_path / "d", size=64)
    path = tmp_path / "d" / "train.npz"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(UnreadableImage, match="not the one that the manifest describes"):
        load_split(tmp_path / "d", "train")
    path.unlink()
    with pytest.raises(UnreadableImage, match=r"has no file train\.npz"):
        load_split(tmp_path / "d", "train")
    with pytest.raises(InvalidSetting, match="no split 'all'"):
        load_split(tmp_path / "d", "all")
    with pytest.raises(UnreadableImage, match="no dataset folder"):
        load_split(tmp_path, "train")


BROKEN = [
    ({"image": np.zeros((100, 120, 3), np.float32)}, InvalidImage, r"must be \(rows, columns, 2\)"),
    ({"image": np.full((100, 120, 2), np.nan, np.float32)}, InvalidImage, "nuclear is nan at row 0"),
    ({"labels": {}}, InvalidLabels, r"labels of \[\]"),
    ({"labels": {"cytoplasm": grid_labels((100, 120))}}, InvalidLabels, "cytoplasm"),
    ({"labels": {"nuclear": grid_labels((90, 120))}}, InvalidLabels, r"are \(90, 120\)"),
    ({"labels": {"nuclear": -grid_labels((100, 120))}}, InvalidLabels, "negative"),
]


@pytest.mark.parametrize(("changes", "error", "message"), BROKEN)
def test_broken_items_leave_nothing_behind(
    changes: dict[str, Any], error: type[Exception], message: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=message) as caught:
        build_dataset([item("good"), item("broken", **changes)], tmp_path / "d")
    assert "broken" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_settings_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="at least 16"):
        build_dataset([], tmp_path / "d", size=8)
    with pytest.raises(InvalidSetting, match="sum to 1"):
        build_dataset([], tmp_path / "d", fractions=(1, 1, 1))
    with pytest.raises(InvalidSetting, match="Two items are called 'a'"):
        build_dataset([item("a"), item("a")], tmp_path / "d")
    with pytest.raises(InvalidImage, match="no image is left"):
        build_dataset([], tmp_path / "d")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "d").mkdir()
    with pytest.raises(InvalidSetting, match="exists already"):
        build_dataset([item("a")], tmp_path / "d")
