import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image
from sqlalchemy import func, select

from backend.db import reading
from backend.errors import AlreadyExists, NotFound
from backend.models import Fov, Revision
from backend.models.fov import FovState
from backend.models.revision import RevisionSource
from backend.services.context import Context
from backend.services.fov_labels import find_current_revision, open_fov_labels
from backend.services.fovs import (
    IngestOptions,
    describe_upload,
    fov_preview_png,
    ingest_image,
    list_fovs,
    open_reader,
)
from pipeline.errors import AmbiguousAxes, InvalidLabels, UnreadableImage
from pipeline.io.errors import UnnamedAcquisition
from pipeline.windows import Window
from tests.backend.services.loop import Loop
from tests.backend.services.loop_images import square_nuclei, write_image_npz
from tests.pipeline.io.mcd_files import Recorded, write_mcd


@pytest.fixture
def loop(sqlite_context: Context, tmp_path: Path) -> Loop:
    return Loop(sqlite_context, tmp_path)


def _is_empty(context: Context) -> bool:
    with reading(context.sessions) as session:
        n_rows = session.scalar(select(func.count()).select_from(Fov))
    return n_rows == 0 and list(context.storage.list("")) == []


def test_an_image_is_stored_as_it_is_and_described(loop: Loop, tmp_path: Path) -> None:
    fov = loop.fov(loop.ingest("one", n_frames=3, seed=5))
    assert (fov.n_frames, fov.n_rows, fov.n_columns, fov.dtype) == (3, 96, 120, "uint16")
    assert [channel["role"] for channel in fov.channels] == ["nuclear", "membrane"]
    assert (fov.channels[0]["min"], fov.channels[0]["max"]) == (10, 200)
    assert (fov.state, fov.compartments) == (FovState.INGESTED, ["whole_cell", "nuclear"])
    assert fov.n_bytes == 3 * 2 * 96 * 120 * 2
    assert fov.current_revision_id is None
    stored = open_reader(loop.context, fov).read(2, 0, Window(0, 0, 96, 120))
    np.testing.assert_array_equal(stored, np.load(tmp_path / "one.npz")["X"][2, ..., 0])
    assert stored.dtype == np.uint16


def test_labels_of_the_file_come_in_as_a_revision(loop: Loop) -> None:
    fov = loop.fov(loop.ingest("one", channels=("DAPI",), compartments=("whole_cell",)))
    assert fov.compartments == ["whole_cell", "nuclear"]
    with reading(loop.context.sessions) as session:
        revision = find_current_revision(session, fov)
    assert revision is not None
    assert (revision.source, revision.compartments) == (RevisionSource.INGEST, ["whole_cell"])
    labels = open_fov_labels(loop.context, revision).read("whole_cell", 0, Window(0, 0, 96, 120))
    np.testing.assert_array_equal(labels, square_nuclei())
    assert revision.counts == {"whole_cell": square_nuclei().max()}


def test_with_a_nuclear_channel_alone_nuclei_alone_can_be_labelled(loop: Loop) -> None:
    assert loop.fov(loop.ingest("one", channels=("DAPI",))).compartments == ["nuclear"]


def test_the_same_file_is_ingested_once_and_another_needs_another_name(loop: Loop) -> None:
    first = loop.ingest("one")
    n_objects = len(list(loop.context.storage.list("")))
    assert loop.ingest("one") == first
    assert len(list(loop.context.storage.list(""))) == n_objects
    with pytest.raises(AlreadyExists, match="another FOV named 'one'"):
        loop.ingest("one", seed=9)
    options = IngestOptions(name="one", pixel_size_um=0.5)
    with pytest.raises(AlreadyExists, match="read in another way"):
        ingest_image(loop.context, project_id=loop.project_id, path=loop.folder / "one.npz", options=options)
    assert loop.ingest("two") != first
    with reading(loop.context.sessions) as session:
        assert [fov.name for fov in list_fovs(session, project_id=loop.project_id)] == ["one", "two"]


@pytest.mark.parametrize("same_file", [True, False])
def test_an_ingest_that_another_one_overtakes(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, same_file: bool
) -> None:
    from backend.services import fovs

    write, overtaking = fovs.write_image, []

    def meanwhile(*args: Any, **values: Any) -> object:
        report = write(*args, **values)
        monkeypatch.setattr(fovs, "write_image", write)
        overtaking.append(loop.ingest("one", seed=1 if same_file else 2))
        return report

    monkeypatch.setattr(fovs, "write_image", meanwhile)
    if same_file:
        assert [loop.ingest("one", seed=1)] == overtaking
    else:
        with pytest.raises(AlreadyExists, match="another FOV named 'one', of another file"):
            loop.ingest("one", seed=1)
    prefixes = [f"fovs/{name}" for name in loop.context.storage.list_folder("fovs")]
    assert prefixes == [loop.fov(overtaking[0]).storage_prefix]


def test_a_json_file_beside_the_image_is_part_of_what_is_compared(loop: Loop, tmp_path: Path) -> None:
    path = write_image_npz(tmp_path / "a.npz")
    ingest_image(loop.context, project_id=loop.project_id, path=path)
    (tmp_path / "a.json").write_text('{"channels": ["DAPI", "CD45"], "nuclear_channel": "DAPI"}')
    with pytest.raises(AlreadyExists):
        ingest_image(loop.context, project_id=loop.project_id, path=path)


def test_nothing_is_stored_when_the_file_cannot_be_used(loop: Loop, tmp_path: Path) -> None:
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"II*\0 no tiff at all")
    with pytest.raises(UnreadableImage, match=r"broken\.tif"):
        ingest_image(loop.context, project_id=loop.project_id, path=broken)
    volume = tmp_path / "volume.tif"
    tifffile.imwrite(volume, np.zeros((4, 30, 30), np.uint16), photometric="minisblack")
    with pytest.raises(AmbiguousAxes):
        ingest_image(loop.context, project_id=loop.project_id, path=volume)
    labels = np.zeros((1, 96, 120, 1), np.int32)
    labels[0, 90, 100] = -3
    named = {"y": labels, "compartments": np.array(["nuclear"])}
    path = tmp_path / "minus.npz"
    np.savez(path, X=np.ones((1, 96, 120, 1)), channels=np.array(["DAPI"]), **named)
    with pytest.raises(InvalidLabels, match="negative"):
        ingest_image(loop.context, project_id=loop.project_id, path=path)
    assert _is_empty(loop.context)


def test_nothing_is_stored_when_the_row_cannot_be_added(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_args: object, **_values: object) -> None:
        raise ConnectionError("the database went away")

    monkeypatch.setattr("backend.services.fovs.add_fov_revision", lost)
    with pytest.raises(ConnectionError):
        loop.ingest("one", compartments=("nuclear",))
    assert _is_empty(loop.context)


def test_an_absent_project_is_found_out_before_anything_is_read(loop: Loop, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no project 99"):
        ingest_image(loop.context, project_id=99, path=write_image_npz(tmp_path / "a.npz"))
    assert _is_empty(loop.context)


def test_a_channel_may_be_named_by_its_number_in_digits(loop: Loop, tmp_path: Path) -> None:
    path = write_image_npz(tmp_path / "a.npz")
    options = IngestOptions(nuclear="1", membrane="0", group="slide 3")
    fov = loop.fov(ingest_image(loop.context, project_id=loop.project_id, path=path, options=options))
    assert [channel["role"] for channel in fov.channels] == ["membrane", "nuclear"]
    assert fov.group == "slide 3"


def test_a_file_that_came_under_another_name_is_in_the_group_of_its_own(loop: Loop, tmp_path: Path) -> None:
    (tmp_path / "upload").mkdir()
    given = write_image_npz(tmp_path / "Größe 1.npz")
    uploaded = tmp_path / "upload" / "Groe_1.npz"
    uploaded.write_bytes(given.read_bytes())
    groups = [
        loop.fov(ingest_image(loop.context, project_id=loop.project_id, path=path, options=each)).group
        for path, each in (
            (given, IngestOptions(name="one")),
            (uploaded, IngestOptions(name="other", file_name=given.name)),
        )
    ]
    assert groups[0] == groups[1]
    assert groups[0] is not None
    assert groups[0].startswith("Größe 1.npz ")


def test_an_upload_is_described_with_its_question_and_a_picture(tmp_path: Path) -> None:
    volume = tmp_path / "volume.tif"
    tifffile.imwrite(volume, np.zeros((4, 30, 30), np.uint16), photometric="minisblack")
    asked = describe_upload(volume)
    assert asked["ambiguous"]
    assert asked["what"] == "axes"
    assert "ZYX" in asked["choices"]
    told = describe_upload(volume, options=IngestOptions(axes="CYX", nuclear="2"))
    assert not told["ambiguous"]
    assert told["shape"] == (1, 4, 30, 30)
    assert told["channels"][2]["role"] == "nuclear"
    assert told["preview_png"].startswith("iVBOR")


def test_acquisitions_of_one_file_are_fovs_of_their_own(loop: Loop, tmp_path: Path) -> None:
    pixels = np.ones((20, 30, 2), np.float32)
    path = write_mcd(tmp_path / "slide.mcd", Recorded(pixels), Recorded(2 * pixels, name="margin"))
    asked = describe_upload(path)
    assert (asked["what"], asked["choices"]) == ("acquisition", ["1", "2"])
    context, project_id = loop.context, loop.project_id
    with pytest.raises(UnnamedAcquisition):
        ingest_image(context, project_id=project_id, path=path)
    for said, name in (("1", "slide.mcd acquisition 1"), ("margin", "slide.mcd acquisition margin")):
        options = IngestOptions(acquisition=said)
        ids = {ingest_image(context, project_id=project_id, path=path, options=options) for _ in range(2)}
        fov = loop.fov(ids.pop())
        assert (ids, fov.name, fov.source["options"]["acquisition"]) == (set(), name, said)
        assert fov.channels[0]["max"] == (2 if said == "margin" else 1)


def test_the_preview_has_the_size_asked_for_and_shows_labels(loop: Loop) -> None:
    fov_id = loop.ingest("one", compartments=("nuclear",))
    with reading(loop.context.sessions) as session:
        plain, outlined = (
            fov_preview_png(session, loop.context, fov_id=fov_id, with_labels=shown, size=60)
            for shown in (False, True)
        )
    assert Image.open(io.BytesIO(plain)).size == (60, 48)
    assert plain != outlined


def test_progress_is_told_in_blocks(loop: Loop, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    ingest_image(
        loop.context,
        project_id=loop.project_id,
        path=write_image_npz(tmp_path / "a.npz"),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen[-1][0] == seen[-1][1] > 0


def test_a_revision_of_a_crop_is_not_opened_as_one_of_an_fov(loop: Loop) -> None:
    revision = Revision(id=3, task_id=5, storage_prefix="x", compartments=[])
    with pytest.raises(Exception, match="Revision 3 is of a crop"):
        open_fov_labels(loop.context, revision)
