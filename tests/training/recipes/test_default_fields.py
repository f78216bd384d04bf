"""The fields of the default model: nothing is in two splits, and nothing is read that is not signed."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.synthetic import TissueSettings
from training.errors import UnusableDataset
from training.recipes.default_fields import (
    LICENCES,
    SPLITS,
    FieldFolder,
    load_fields,
    split_groups,
    synthetic_fields,
)
from training.recipes.default_tissues import TISSUES

GROUPS = st.dictionaries(st.text("abc", min_size=1, max_size=4), st.sampled_from(["256", "360", "520"]))


def put(root: Path, items: list[dict], source: str, name: str, **arrays) -> None:
    """Write one image as the folder has it; every pixel of X is told from every other one."""
    facts = {"group": arrays.pop("group", name), "channels": arrays.pop("channels", ["stain"])}
    file = root / source / f"{name}.npz"
    file.parent.mkdir(exist_ok=True)
    np.savez_compressed(file, **{key: array[None] for key, array in arrays.items()})
    file.with_suffix(".json").write_text(json.dumps(facts))
    items.append(
        {
            "id": f"{source}/{name}",
            "source": source,
            "file": f"{source}/{name}.npz",
            "meta": f"{source}/{name}.json",
            "shape": [1, *arrays["X"].shape],
            "channels": facts["channels"],
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        }
    )


def numbered(n_rows: int, n_cols: int, n_channels: int, *, start: int = 1) -> np.ndarray:
    pixels = np.arange(start, start + n_rows * n_cols, dtype=np.int32).reshape(n_rows, n_cols)
    return np.repeat(pixels[..., None], n_channels, axis=-1)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("images")
    items: list[dict] = []
    for number in range(6):
        image = numbered(40, 50, 1, start=10_000_000 * (number + 1))
        group = f"group-{number // 2}"
        put(root, items, "dsb2018_fluo", f"nuclei-{number}", X=image, y=np.ones_like(image), group=group)
    tile = numbered(1008, 1344, 3)
    put(
        root,
        items,
        "codex_hubmap_expert",
        "tile",
        X=tile,
        y=np.ones_like(tile[..., :1]),
        y_expert2=np.full_like(tile[..., :1], 2),
    )
    slides = {"Set12_20-6plex": "1_1", "Set8_11-6plex": "2_2", "Set8_11-6plex_": "14996_59221"}
    for slide, place in slides.items():
        lung = numbered(40, 50, 3)
        put(
            root,
            items,
            "mif_akoya_rgb",
            f"{slide}_{place}",
            X=lung,
            y=np.ones((40, 50, 2), np.int32),
            group=slide.rstrip("_"),
        )
    put(
        root,
        items,
        "mif_akoya_components",
        "one",
        X=numbered(260, 348, 3),
        y=np.ones((260, 348, 2), np.int32),
        channels=["Cy5 (membrane-like)", "FITC", "DAPI"],
    )
    put(root, items, "mibi_ark", "not to be read", X=numbered(8, 8, 1), y=np.ones((8, 8, 1), np.int32))
    (root / "MANIFEST.json").write_text(json.dumps({"items": items}))
    return root


@pytest.fixture(scope="module")
def fields(root: Path):
    return load_fields(FieldFolder.open(root), synthetic_shape=(48, 48))


@given(GROUPS, st.integers(0, 3))
def test_every_group_is_in_one_split_whatever_the_order(groups, seed):
    splits = split_groups(groups, seed=seed)
    assert set(splits) == set(groups)
    assert set(splits.values()) <= set(SPLITS)
    assert split_groups(dict(reversed(groups.items())), seed=seed) == splits
    for kind in set(groups.values()):
        members = [splits[group] for group in groups if groups[group] == kind]
        assert ("test" in members) == (len(members) > 1)
        assert "train" in members


def test_no_pixel_is_in_two_splits(fields):
    seen: dict[int, tuple[str, str]] = {}
    for item in fields:
        if item.source in ("mif_akoya_rgb", "synthetic"):
            continue
        if item.source.startswith("dsb"):
            values = [int(item.image[0, 0, 0])]
        else:
            values = item.image[..., 0].astype(np.int64).ravel().tolist()
        for value in values:
            assert seen.setdefault((item.source, value), item.split) == item.split


def test_the_pieces_of_one_tile_lie_apart(fields):
    places = {}
    for item in fields:
        if item.source == "codex_hubmap_expert":
            rows, cols = np.divmod(item.image[..., 0].astype(np.int64) - 1, 1344)
            places[item.split] = (rows.min(), rows.max(), cols.min(), cols.max())
    assert set(places) == set(SPLITS)
    assert places["test"][2] - max(places["train"][3], places["val"][3]) > 60
    assert places["val"][0] - places["train"][1] > 30


def test_the_pieces_of_the_unmixed_image_lie_apart(fields):
    places = {}
    for item in fields:
        if item.source == "mif_akoya_components":
            rows, cols = np.divmod(item.image[..., 0].astype(np.int64) - 1, 348)
            places[item.split] = (rows.min(), rows.max(), cols.min(), cols.max())
    assert set(places) == set(SPLITS)
    assert places["test"][2] - max(places["train"][3], places["val"][3]) > 30
    assert places["val"][0] - places["train"][1] > 15


def test_a_group_and_a_slide_stay_in_one_split(fields):
    of_group: dict[str, set[str]] = {}
    for item in fields:
        if item.source == "dsb2018_fluo":
            of_group.setdefault(str(int(item.name[-1]) // 2), set()).add(item.split)
        if item.source == "mif_akoya_rgb":
            of_group.setdefault(item.name.split("/")[1].split("_")[0], set()).add(item.split)
    assert [len(of_group[group]) for group in ("0", "1", "2")] == [1, 1, 1]
    assert of_group["Set12"] == {"test"}
    assert of_group["Set8"] == {"train", "val"}


def test_channels_and_labels_are_where_they_belong(fields):
    by_source = {item.source: item for item in fields if item.split == "train"}
    assert set(by_source) == set(LICENCES)
    assert {item.image.dtype for item in fields} == {np.dtype(np.float32)}
    nuclei = by_source["dsb2018_fluo"]
    assert not nuclei.image[..., 1].any()
    assert (nuclei.labels[..., 0] == -1).all()
    assert (nuclei.labels[..., 1] == 1).all()
    codex = by_source["codex_hubmap_expert"]
    assert (codex.labels == [1, -1]).all()
    assert (codex.second_opinion == 2).all()
    assert (by_source["mif_akoya_components"].labels == 1).all()


def test_only_what_may_be_used_is_read_and_noted(root):
    folder = FieldFolder.open(root)
    load_fields(folder, synthetic_shape=(48, 48))
    assert len(folder.read) == 11
    assert not any("mibi" in name for name in folder.read)
    for name, digest in folder.read.items():
        assert hashlib.sha256((root / name).read_bytes()).hexdigest() == digest


def test_synthetic_fields_to_test_on_are_those_of_the_demo():
    splits = [item.split for item in synthetic_fields(shape=(48, 48))]
    assert {split: splits.count(split) for split in SPLITS} == {
        split: len(settings) for split, settings in TISSUES.items()
    }
    assert set(TISSUES["test"]) == {TissueSettings()}


def test_cells_of_synthetic_fields_follow_nuclei_unless_they_are_much_larger():
    for settings, item in zip(TISSUES["train"], synthetic_fields(shape=(48, 48)), strict=False):
        assert item.cells_follow_nuclei == (settings.nucleus_size >= 1)


def test_a_file_that_was_changed_is_refused(root, tmp_path):
    folder = FieldFolder.open(root)
    folder.items[0]["sha256"] = "0" * 64
    with pytest.raises(UnusableDataset, match=r"its manifest says 000.*fetch the folder again"):
        load_fields(folder)


def test_a_file_that_is_gone_is_named(root):
    folder = FieldFolder.open(root)
    folder.items[0]["file"] = "dsb2018_fluo/gone.npz"
    with pytest.raises(UnusableDataset, match=r"gone\.npz cannot be read"):
        load_fields(folder)


def test_a_folder_without_a_source_is_refused(root):
    folder = FieldFolder.open(root)
    folder.items = [item for item in folder.items if item["source"] != "codex_hubmap_expert"]
    with pytest.raises(UnusableDataset, match="no image of codex_hubmap_expert; the default model needs all"):
        load_fields(folder)


@pytest.mark.parametrize("content", [None, "no JSON", "{}"])
def test_a_folder_without_a_manifest_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "MANIFEST.json").write_text(content)
    with pytest.raises(UnusableDataset, match=r"MANIFEST\.json does not list the images.*DATA=FOLDER"):
        FieldFolder.open(tmp_path)
