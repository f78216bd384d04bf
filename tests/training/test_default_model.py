"""The model that comes with the project: whole, small, described, and as good as it says on new tissue."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.metrics import pool_scores, score_labels
from pipeline.synthetic import synthetic_tissue
from training.errors import MissingModelFile
from training.model_folder import default_model_dir, read_description
from training.predictor import find_model_folder, load_predictor
from training.recipes.default_fields import LICENCES
from training.recipes.default_model import CONFIG, compare_rows, metrics_table

FOLDER = Path(__file__).parents[2] / "training" / "default_model"
CARD = (FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8")
MAX_WEIGHTS_BYTES = 5_000_000
MAX_PICTURE_BYTES, MAX_PICTURES_BYTES = 150_000, 1_500_000


@pytest.fixture(scope="module")
def description():
    return read_description(FOLDER)


def test_it_is_found_by_its_names():
    assert default_model_dir() == FOLDER
    assert find_model_folder("default") == find_model_folder("unet") == FOLDER


def test_a_folder_of_that_name_comes_first(tmp_path, monkeypatch):
    (tmp_path / "unet").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_model_folder("unet") == Path("unet")


def test_an_installation_without_it_says_so(monkeypatch):
    monkeypatch.setattr("training.predictor.default_model_dir", lambda: None)
    with pytest.raises(MissingModelFile, match="not complete in this installation: install it again"):
        load_predictor("default")


def test_it_is_whole_and_small(description):
    assert description.compartments == ("whole_cell", "nuclear")
    assert (FOLDER / "weights.weights.h5").stat().st_size < MAX_WEIGHTS_BYTES


def test_it_is_what_its_recipe_makes(description):
    assert description.config == CONFIG
    assert description.metrics["n_steps"] == CONFIG.fit.epochs * CONFIG.fit.steps_per_epoch


def test_it_learned_from_what_may_be_used(description):
    sources = {name.split("/")[0] for name in description.metrics["data"]}
    assert sources == set(LICENCES) - {"synthetic"}


def test_it_is_better_than_baseline_on_every_source(description):
    evaluation = description.metrics["evaluation"]
    pairs = compare_rows(evaluation["model"], evaluation["baseline"])
    assert {row["source"] for row, _ in pairs} == set(LICENCES)
    worse = {
        row["source"]
        for row, other in pairs
        if row["input"] == "all channels" and row["f1"]["0.5"] <= other["f1"]["0.5"]
    }
    assert not worse


def test_new_tissue_is_outlined():
    predictor = load_predictor("default")
    scores: dict[str, list] = {"whole_cell": [], "nuclear": []}
    for seed in (901, 902):
        tissue = synthetic_tissue(seed, shape=(256, 256))
        found = predictor.predict(tissue.image.astype(np.float32))
        for name, kept in scores.items():
            kept.append(score_labels(tissue.labels[name], found[name], iou=0.5))
    assert pool_scores(scores["nuclear"]).f1 > 0.9
    assert pool_scores(scores["whole_cell"]).f1 > 0.8


def test_the_card_tells_the_recorded_figures(description):
    assert metrics_table(description.metrics["evaluation"]) in CARD


def test_the_card_names_every_source_and_its_licence():
    for source, licence in LICENCES.items():
        assert re.search(rf"^\| {source} \|.*\| {re.escape(licence)} \|$", CARD, re.MULTILINE), source


def test_every_picture_of_the_card_is_there_small_and_licensed():
    shown = re.findall(r"!\[[^\]]+\]\((pictures/[^)]+)\)", CARD)
    assert sorted(FOLDER / name for name in shown) == sorted((FOLDER / "pictures").iterdir())
    sizes = [(FOLDER / name).stat().st_size for name in shown]
    assert max(sizes) < MAX_PICTURE_BYTES
    assert sum(sizes) < MAX_PICTURES_BYTES
    for name in shown:
        with Image.open(FOLDER / name) as picture:
            picture.verify()
        assert re.search(rf"\({re.escape(name)}\)\n\n.*Licence: ", CARD), name
