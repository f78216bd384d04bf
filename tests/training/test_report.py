import hashlib
import json
import re
import shutil

import pytest

from pipeline.dataset import build_dataset
from tests.training.conftest import tissue_item
from training.errors import AlteredModelFile, OutputNotWritten
from training.model_folder import read_description
from training.report import _crop_names, write_report


@pytest.fixture
def folder(trained, tmp_path):
    return shutil.copytree(trained[0].folder, tmp_path / "model")


def test_a_report_stands_in_the_folder_and_is_signed(folder, dataset_dir, trained):
    write_report(folder, dataset_dir)
    page = (folder / "report.html").read_text()
    assert "F1 on the test split" in page
    assert page.count("<figure>") == 2
    assert page.count("<polyline") == 2
    assert re.search(r"<td>fov-\d</td><td>nuclear</td><td class=\"n\">1</td><td class=\"n\">0\.\d{3}", page)
    # Nothing from elsewhere, nothing that runs.
    assert not re.search(r"<script|https?://|<link|javascript:| on\w+=", page)
    checksums = json.loads((folder / "checksums.json").read_text())
    assert checksums["report.html"] == hashlib.sha256(page.encode()).hexdigest()
    assert read_description(folder).metrics == trained[0].metrics
    write_report(folder, dataset_dir)
    (folder / "report.html").write_text("another")
    with pytest.raises(AlteredModelFile, match=r"report.html is truncated or altered"):
        read_description(folder)


def test_without_a_test_split_others_are_looked_at(folder, tmp_path):
    build_dataset([tissue_item(0)], tmp_path / "data", seed=0, size=192)
    write_report(folder, tmp_path / "data")
    assert "F1 on the train split" in (folder / "report.html").read_text()


def test_a_full_disk_leaves_the_model_as_it_was(folder, dataset_dir, tight_disk):
    with tight_disk(4000), pytest.raises(OutputNotWritten, match=r"report.html could not be written"):
        write_report(folder, dataset_dir)
    assert not (folder / "report.html").exists()
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["checksums.json", "metrics.json", "model.json", "weights.weights.h5"]
    )
    read_description(folder)


def test_a_source_is_named_by_its_provenance():
    sources = [
        {"split": "val", "group": "g1", "crops": [1, 2], "provenance": {"fov": "a", "site": 3}},
        {"split": "val", "group": "g2", "crops": [1]},
        {"split": "test", "group": "g3", "crops": [1]},
    ]
    assert _crop_names({"sources": sources}, "val", preferred="") == ["a", "a", "g2"]
    assert _crop_names({"sources": sources}, "val", preferred="site") == ["3", "3", "g2"]
