from pathlib import Path

from backend.services.fovs import IngestOptions
from backend.services.source_files import checksums_of


def test_how_a_file_is_read_is_part_of_one_checksum_alone(tmp_path: Path) -> None:
    path = tmp_path / "slide\n3.mcd"
    path.write_bytes(b"pixels")
    first, second = (
        checksums_of(path, reading=IngestOptions(acquisition=key).reading()) for key in ("1", "2")
    )
    assert first.as_read != second.as_read
    assert first.file == second.file
    assert first.group(path.name) == second.group(path.name) == f"slide3.mcd {first.file[:8]}"
    path.with_suffix(".json").write_text("{}")
    beside = checksums_of(path, reading=IngestOptions(acquisition="1").reading())
    assert beside.as_read != first.as_read
    assert beside.file == first.file


def test_files_of_one_name_and_other_contents_are_no_group(tmp_path: Path) -> None:
    groups = set()
    for name in ("a", "b"):
        folder = tmp_path / name / "fov"
        folder.mkdir(parents=True)
        (folder / "DAPI.tif").write_text(name)
        (folder / "CD3.tif").write_text("same")
        groups.add(checksums_of(folder, reading={}).group(folder.name))
    assert len(groups) == 2
    assert all(group.startswith("fov ") for group in groups)


def test_a_long_name_makes_a_group_that_can_be_stored(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 120 + ".tif")
    path.write_bytes(b"")
    assert len(checksums_of(path, reading={}).group(path.name)) <= 200
