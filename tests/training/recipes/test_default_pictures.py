"""Pictures for the model card."""

import io
import zipfile

import numpy as np
import tifffile
from PIL import Image

from pipeline.synthetic import synthetic_tissue
from training.predictor import load_predictor
from training.recipes import default_pictures
from training.recipes.default_pictures import RawFile, side_by_side, write_pictures

YELLOW, CYAN = (255, 220, 0), (0, 255, 255)


def colours(png: bytes) -> set[tuple[int, int, int]]:
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    return set(map(tuple, picture.reshape(-1, 3).tolist()))


def test_outlines_are_on_the_right_and_small_images_are_enlarged():
    tissue = synthetic_tissue(3, shape=(64, 48))
    png = side_by_side(tissue.image.astype(np.float32), tissue.labels)
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    assert picture.shape == (256, 2 * 192 + 4, 3)
    right = set(map(tuple, picture[:, 196:].reshape(-1, 3).tolist()))
    left = set(map(tuple, picture[:, :192].reshape(-1, 3).tolist()))
    assert {YELLOW, CYAN} <= right
    assert not {YELLOW, CYAN} & left


def test_nothing_to_outline_leaves_the_image_as_it_is():
    image = np.zeros((32, 32, 2), np.float32)
    assert colours(side_by_side(image, {"nuclear": np.zeros((32, 32), np.int32)})) == {
        (0, 0, 0),
        (255, 255, 255),
    }


def test_every_file_is_predicted_and_drawn(tmp_path, monkeypatch):
    tissue = synthetic_tissue(5, shape=(300, 280))
    raw = tmp_path / "raw"
    raw.mkdir()
    planes = np.moveaxis(tissue.image, -1, 0)
    tifffile.imwrite(raw / "two.planes.tif", planes, imagej=True, metadata={"axes": "CYX"})
    with zipfile.ZipFile(raw / "many.zip", "w") as archive:
        for name, plane in zip(("DAPI", "Ecad"), planes, strict=True):
            content = io.BytesIO()
            tifffile.imwrite(content, plane)
            archive.writestr(f"{name}.tif", content.getvalue())
    files = (
        RawFile("two.planes.tif", nuclear=0, membrane=1),
        RawFile("many.zip"),
        RawFile("two.planes.tif", nuclear=0, membrane=1, shrink=4),
    )
    monkeypatch.setattr(default_pictures, "RAW_FILES", files)
    written = list(write_pictures(load_predictor("baseline"), raw, tmp_path / "out"))
    assert [path.name for path, _ in written] == ["two.png", "many.png", "two.png"]
    assert written[0][1] == written[1][1] != written[2][1]
    assert min(written[0][1].values()) > max(50, *written[2][1].values())
    for path, _ in written:
        with Image.open(path) as picture:
            assert picture.size == (2 * 256 + 4, 256)
