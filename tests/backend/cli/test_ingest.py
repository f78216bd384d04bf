import numpy as np
import pytest

from tests.pipeline.io.mcd_files import Recorded, write_mcd

PIXELS = np.ones((12, 16, 2), np.float32)


@pytest.fixture
def installation(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    write_mcd(
        folder / "a.mcd", Recorded(PIXELS), Recorded(PIXELS, claims={"ValueBytes": 2}), Recorded(PIXELS)
    )
    write_mcd(folder / "b.mcd", Recorded(PIXELS))
    return folder


def test_every_acquisition_becomes_an_fov_and_faults_are_counted(call, installation, images):
    result = call("ingest", images, "--project", "Colon")
    assert result.exit_code == 1
    assert f"{images / 'a.mcd'}, acquisition 1: FOV 1" in result.output
    assert f"{images / 'a.mcd'}, acquisition 3: FOV 2" in result.output
    assert f"{images / 'b.mcd'}: FOV 3" in result.output
    assert "acquisition 2 ('ROI_001', 12 x 16 px) holds values of type 'Float' of 2 bytes" in result.output
    assert "1 of the images could not be ingested; the others are in" in result.output


def test_a_name_that_is_taken_stops_no_other_image(call, installation, images):
    assert call("ingest", images / "b.mcd", "--project", "Colon").exit_code == 0
    write_mcd(images / "b.mcd", Recorded(2 * PIXELS))
    write_mcd(images / "c.mcd", Recorded(PIXELS))
    result = call("ingest", images / "b.mcd", images / "c.mcd", "--project", "Colon")
    assert result.exit_code == 1
    assert f"Error: {images / 'b.mcd'}: The project has another FOV named 'b.mcd'" in result.output
    assert f"{images / 'c.mcd'}: FOV 2" in result.output
    assert "1 of the images could not be ingested; the others are in" in result.output


def test_one_acquisition_may_be_named(call, installation, images):
    result = call("ingest", images / "a.mcd", "--project", "Colon", "--acquisition", "3")
    assert result.exit_code == 0, result.output
    assert result.output.count("FOV") == 1
    wrong = call("ingest", images / "a.mcd", "--project", "Colon", "--acquisition", "9")
    assert "has no one acquisition '9'. Name one of them by its number: 1 (" in wrong.output
