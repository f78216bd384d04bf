"""Images among files and folders."""

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile

from pipeline.errors import UnreadableImage
from pipeline.io.find import find_images, is_channel_folder, scan_images
from pipeline.io.ome_zarr import write_image
from pipeline.io.open import open_image

PLANE = np.arange(30 * 40, dtype=np.uint16).reshape(30, 40)


def planes(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        tifffile.imwrite(folder / f"{name}.tif", PLANE)
    return folder


@pytest.mark.parametrize(
    ("names", "together"),
    [
        (("dapi", "CD45"), True),
        (("dsDNA", "dapi", "CD45"), True),
        (("img1_DAPI", "img1_CD45", "img1_PanCK"), True),
        (("a_DAPI_w1", "a_GFP_w1"), True),
        (("DAPI",), False),
        (("nuclei_1", "nuclei_2"), False),
        (("img1_DAPI", "img2_DAPI", "img1_CD45"), False),
        (("a", "b", "c"), False),
    ],
)
def test_a_folder_is_one_image_only_when_its_names_say_so(
    names: tuple[str, ...], together: bool, tmp_path: Path
) -> None:
    folder = planes(tmp_path / "x", *names)
    assert is_channel_folder(folder) is together
    expected = [folder] if together else [folder / f"{name}.tif" for name in sorted(names)]
    assert find_images([tmp_path]) == expected


def test_a_folder_called_tifs_is_one_image(tmp_path: Path) -> None:
    assert find_images([planes(tmp_path / "Point1" / "TIFs", "a", "b").parent]) == [
        tmp_path / "Point1" / "TIFs"
    ]


def test_planes_of_two_kinds_are_not_one_image(tmp_path: Path) -> None:
    folder = planes(tmp_path / "x", "dapi")
    tifffile.imwrite(folder / "cd45.tif", PLANE[:-1])
    assert not is_channel_folder(folder)
    tifffile.imwrite(folder / "cd45.tif", np.stack([PLANE, PLANE]))
    assert not is_channel_folder(folder)
    (folder / "cd45.tif").write_bytes(b"II*\0 not a TIFF")
    assert not is_channel_folder(folder)
    (folder / "cd45.tif").unlink()
    (folder / "cd45.png").write_bytes(imagecodecs.png_encode(PLANE))
    assert is_channel_folder(folder)


def test_folders_are_walked_in_order_and_the_rest_is_named(tmp_path: Path) -> None:
    planes(tmp_path / "b", "one")
    planes(tmp_path / "a", "two")
    for name in ("a/two.json", "README.md", ".hidden.tif"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "scan.svs").write_bytes(b"x")
    (tmp_path / "scan.mcd").write_bytes(b"x")
    with open_image(tmp_path / "a" / "two.tif") as source:
        write_image(tmp_path / "c" / "fov.zarr", source)
    (tmp_path / "b" / "above").symlink_to(tmp_path)
    outside = planes(tmp_path.parent / f"{tmp_path.name}-outside", "three")
    (tmp_path / "d.tif").symlink_to(outside / "three.tif")
    found = scan_images([tmp_path])
    assert list(found.images) == [
        tmp_path / "a" / "two.tif",
        tmp_path / "b" / "one.tif",
        tmp_path / "c" / "fov.zarr",
        tmp_path / "scan.mcd",
    ]
    reasons = dict(found.skipped)
    assert set(reasons) == {tmp_path / "d.tif", tmp_path / "scan.svs"}
    assert "QuPath" in reasons[tmp_path / "scan.svs"]
    assert "outside" in reasons[tmp_path / "d.tif"]


def test_a_file_that_is_named_is_taken_once_and_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.mcd").write_bytes(b"x")
    assert find_images([tmp_path / "a.mcd", tmp_path / "a.mcd"]) == [tmp_path / "a.mcd"]
    with pytest.raises(UnreadableImage, match="no such file"):
        find_images([tmp_path / "b.tif"])
