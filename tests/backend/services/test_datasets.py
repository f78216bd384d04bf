import json
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from backend.db import reading, transaction
from backend.errors import Conflict, NotFound
from backend.models import DatasetVersion, Fov, Project, Revision
from backend.services.context import Context
from backend.services.dataset_contents import dataset_items, group_of, load_test_images, trained_groups
from backend.services.datasets import freeze_dataset
from backend.services.fovs import IngestOptions, ingest_image
from backend.services.projects import update_settings
from pipeline.dataset import load_split
from pipeline.errors import PipelineError
from tests.backend.services.loop import Loop
from tests.backend.services.loop_images import square_nuclei, write_image_npz
from tests.pipeline.io.mcd_files import Recorded, write_mcd


@pytest.fixture
def loop(context: Context, tmp_path: Path) -> Loop:
    return Loop(context, tmp_path)


@pytest.fixture
def lite(sqlite_context: Context, tmp_path: Path) -> Loop:
    return Loop(sqlite_context, tmp_path)


def _version(loop: Loop, dataset_version_id: int) -> DatasetVersion:
    with reading(loop.context.sessions) as session:
        return session.get_one(DatasetVersion, dataset_version_id)


def _versions(loop: Loop) -> list[DatasetVersion]:
    """The latest first."""
    with reading(loop.context.sessions) as session:
        return list(session.scalars(select(DatasetVersion).order_by(DatasetVersion.number.desc())))


def test_accepted_fovs_are_frozen_with_their_labels(loop: Loop) -> None:
    fov_ids = loop.accept(4)
    loop.ingest("not accepted", seed=77)
    version = _version(loop, freeze_dataset(loop.context, project_id=loop.project_id))
    sources = version.manifest["sources"]
    assert {source["provenance"]["fov_id"] for source in sources} == set(fov_ids)
    assert sum(split["n_fovs"] for split in version.manifest["splits"].values()) == 4
    assert all(version.manifest["splits"][name]["n_fovs"] for name in ("train", "val", "test"))
    assert [loop.fov(fov_id).split for fov_id in fov_ids] == [source["split"] for source in sources]
    with loop.context.storage.local_copy(version.storage_prefix) as folder:
        assert json.loads((folder / "manifest.json").read_text())["sources"] == sources
        counted = 0
        for split in ("train", "val", "test"):
            images, labels = load_split(folder, split)
            assert images.shape[1:] == labels.shape[1:] == (256, 256, 2)
            counted += sum(len(np.unique(crop[..., 1][crop[..., 1] > 0])) for crop in labels)
    assert counted == sum(square_nuclei(seed=k).max() for k in range(4))


def test_the_same_accepted_labels_are_frozen_once(loop: Loop) -> None:
    loop.accept(3)
    first = freeze_dataset(loop.context, project_id=loop.project_id)
    assert freeze_dataset(loop.context, project_id=loop.project_id) == first
    assert freeze_dataset(loop.context, project_id=loop.project_id, seed=4) != first
    assert [version.number for version in _versions(loop)] == [2, 1]


def test_a_freeze_that_another_one_overtakes_gives_the_version_that_stands(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.services import datasets

    loop.accept(3)
    build = datasets.build_dataset
    overtaking: list[int] = []

    def meanwhile(*args: object, **values: object) -> dict[str, object]:
        manifest: dict[str, object] = build(*args, **values)  # type: ignore[arg-type]
        monkeypatch.setattr(datasets, "build_dataset", build)
        overtaking.append(freeze_dataset(loop.context, project_id=loop.project_id))
        return manifest

    monkeypatch.setattr(datasets, "build_dataset", meanwhile)
    assert [freeze_dataset(loop.context, project_id=loop.project_id)] == overtaking
    (version,) = _versions(loop)
    prefixes = {f"datasets/{name}" for name in loop.context.storage.list_folder("datasets")}
    assert prefixes == {version.storage_prefix}


def test_an_fov_stays_in_its_split_and_its_group_with_it(lite: Loop) -> None:
    lite.accept(3, group="slide")
    lite.accept(3, first=3)
    first = _version(lite, freeze_dataset(lite.context, project_id=lite.project_id)).manifest["groups"]
    lite.accept(1, first=6, group="slide")
    lite.accept(4, first=7)
    second = _version(lite, freeze_dataset(lite.context, project_id=lite.project_id, seed=9))
    assert {group: second.manifest["groups"][group] for group in first} == first
    assert len({lite.fov(fov_id).split for fov_id in (1, 2, 3, 7)}) == 1


def test_what_was_read_of_one_file_stays_in_one_split(lite: Loop, tmp_path: Path) -> None:
    """Acquisitions of one IMC file show one slide, and a file that is read twice shows one field."""
    slides = [tmp_path / name / "slide.mcd" for name in ("a", "b", "c")]
    groups: dict[Path, set[str | None]] = {}
    for number, path in enumerate(slides):
        path.parent.mkdir()
        write_mcd(path, *(Recorded(np.full((20, 24, 2), 10 * number + k, np.float32)) for k in range(3)))
        for key in ("1", "2", "3"):
            options = IngestOptions(acquisition=key, nuclear=0, name=f"slide {number}, {key}")
            fov_id = ingest_image(lite.context, project_id=lite.project_id, path=path, options=options)
            groups.setdefault(path, set()).add(group_of(lite.fov(fov_id)))
    assert [len(found) for found in groups.values()] == [1, 1, 1]
    assert len(set.union(*groups.values())) == 3

    path = write_image_npz(tmp_path / "twice.npz")
    twice = [
        ingest_image(lite.context, project_id=lite.project_id, path=path, options=IngestOptions(name=name))
        for name in ("one", "two")
    ]
    assert twice[0] != twice[1]
    assert len({group_of(lite.fov(fov_id)) for fov_id in twice}) == 1


def test_two_versions_that_would_split_an_fov_differently_cannot_both_stand(
    lite: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.services import datasets

    fov_ids = lite.accept(3)
    build = datasets.build_dataset

    def meanwhile(*args: object, **values: object) -> dict[str, object]:
        manifest: dict[str, object] = build(*args, **values)  # type: ignore[arg-type]
        with transaction(lite.context.sessions) as session:
            held = session.get_one(Fov, fov_ids[0])
            held.split = "test" if manifest["groups"][held.group] != "test" else "val"  # type: ignore[index]
        return manifest

    monkeypatch.setattr(datasets, "build_dataset", meanwhile)
    with pytest.raises(Conflict, match="of another dataset version meanwhile; freeze again"):
        freeze_dataset(lite.context, project_id=lite.project_id)
    assert list(lite.context.storage.list("datasets")) == []


def test_each_source_says_in_which_version_it_was_first(lite: Loop) -> None:
    lite.accept(2)
    freeze_dataset(lite.context, project_id=lite.project_id)
    lite.accept(1, first=2)
    freeze_dataset(lite.context, project_id=lite.project_id)
    manifest = _versions(lite)[0].manifest
    added = {
        source["provenance"]["fov_id"]: source["provenance"]["added_in"] for source in manifest["sources"]
    }
    assert list(added.values()) == [1, 1, 2]


def test_without_accepted_fovs_there_is_nothing_to_freeze(lite: Loop) -> None:
    lite.ingest("one")
    with pytest.raises(Conflict, match="no accepted FOV to train on; accept one in review first"):
        freeze_dataset(lite.context, project_id=lite.project_id)
    with pytest.raises(NotFound, match="no project 9"):
        freeze_dataset(lite.context, project_id=9)


def test_quality_control_follows_the_project_and_a_failure_leaves_nothing(lite: Loop) -> None:
    with transaction(lite.context.sessions) as session:
        project = session.get_one(Project, lite.project_id)
        project.settings = {**project.settings, "qc": {"min_cells": 5000}}
    lite.accept(1)
    with pytest.raises(PipelineError, match="fewer than 5000"):
        freeze_dataset(lite.context, project_id=lite.project_id)
    assert list(lite.context.storage.list("datasets")) == []


def test_large_fovs_are_taken_in_pieces_of_whole_crops(lite: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.services.dataset_contents.CROP_PX", 16)
    monkeypatch.setattr("backend.services.dataset_contents._MOST_CROPS", 2)
    fov = lite.fov(lite.ingest("one", compartments=("nuclear",), n_frames=2))
    items = list(dataset_items(lite.context, fov, lite.revision(fov.current_revision_id)))
    assert {item.image.shape for item in items} == {(32, 32, 2), (32, 24, 2)}
    assert len(items) == len({item.source_id for item in items}) == 2 * 3 * 4
    assert {item.group for item in items} == {fov.group}
    frame, row, col = 1, 64, 32
    piece = next(item for item in items if item.source_id.endswith(f"frame-{frame}/{row}-{col}"))
    np.testing.assert_array_equal(piece.labels["nuclear"], square_nuclei()[row : row + 32, col : col + 32])
    assert piece.provenance["window"] == [row, col, 32, 32]


def _mark(loop: Loop, fov_id: int, marks: dict[str, object]) -> None:
    with transaction(loop.context.sessions) as session:
        revision = session.get_one(Revision, session.get_one(Fov, fov_id).current_revision_id)
        revision.marks = marks


def test_ignored_regions_carry_no_truth(lite: Loop) -> None:
    (fov_id,) = lite.accept(1)
    square = [[0, 0], [0, 40], [30, 40], [30, 0]]
    _mark(lite, fov_id, {"ignore/r": {"frame": 0, "points": square}, "uncertain/nuclear/1": True})
    (item,) = dataset_items(
        lite.context, lite.fov(fov_id), lite.revision(lite.fov(fov_id).current_revision_id)
    )
    assert {name: int(mask.sum()) for name, mask in item.hidden.items()} == {
        "whole_cell": 1200,
        "nuclear": 1200,
    }
    version = _version(lite, freeze_dataset(lite.context, project_id=lite.project_id))
    with lite.context.storage.local_copy(version.storage_prefix) as folder:
        _, labels = load_split(folder, "train")
    assert (labels[0, :30, :40] == -1).all()
    assert (labels[0, 31:90, 41:90] >= 0).any()


def test_uncertain_cells_carry_no_truth_unless_they_are_to_be_kept(lite: Loop) -> None:
    (fov_id,) = lite.accept(1)
    _mark(lite, fov_id, {"uncertain/nuclear/1": True})
    hidden = freeze_dataset(lite.context, project_id=lite.project_id)
    assert freeze_dataset(lite.context, project_id=lite.project_id, hide_uncertain=True) == hidden
    kept = freeze_dataset(lite.context, project_id=lite.project_id, hide_uncertain=False)
    assert freeze_dataset(lite.context, project_id=lite.project_id, hide_uncertain=False) == kept != hidden
    with transaction(lite.context.sessions) as session:
        update_settings(session, project_id=lite.project_id, changes={"hide_uncertain": False})
    assert freeze_dataset(lite.context, project_id=lite.project_id) == kept
    known = []
    for version_id in (kept, hidden):
        with lite.context.storage.local_copy(_version(lite, version_id).storage_prefix) as folder:
            known.append(load_split(folder, "train")[1][0, ..., 1])
    assert (known[0] == 1).any()
    np.testing.assert_array_equal(known[1], np.where(known[0] == 1, -1, known[0]))


def test_test_images_leave_out_the_groups_that_a_model_knows(lite: Loop) -> None:
    for fov_id in lite.accept(5):
        with transaction(lite.context.sessions) as session:
            session.get_one(Fov, fov_id).pixel_size_um = 0.4
    version = _version(lite, freeze_dataset(lite.context, project_id=lite.project_id))
    groups = version.manifest["groups"]
    held_out = {group for group, split in groups.items() if split == "test"}
    assert trained_groups(version.manifest) == set(groups) - held_out
    with lite.context.storage.local_copy(version.storage_prefix) as folder:
        everything = load_test_images(folder, version.manifest, without_groups=())
        nothing = load_test_images(folder, version.manifest, without_groups=held_out)
    assert {lite.fov(fov_id).group for fov_id in everything.fov_ids} == held_out
    assert len(everything.X) == version.manifest["splits"]["test"]["n_crops"]
    assert everything.pixel_sizes_um == (0.4,) * len(everything.X)
    assert (len(nothing.X), nothing.pixel_sizes_um, nothing.fov_ids) == (0, (), frozenset())
