"""How the default model is made and scored, on small synthetic fields."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.compartments import COMPARTMENTS
from pipeline.synthetic import synthetic_tissue
from training.errors import OutputExists
from training.model_folder import read_description
from training.predictor import load_predictor
from training.recipes import default_model as recipe
from training.recipes.default_fields import FieldFolder, SourceField

ROWS = {
    ("a", "all channels", "labels", "whole_cell"),
    ("a", "nuclear channel only", "labels", "whole_cell"),
    ("a", "all channels", "second expert", "whole_cell"),
    ("a", "nuclear channel only", "second expert", "whole_cell"),
    ("b", "all channels", "labels", "whole_cell"),
    ("b", "all channels", "labels", "nuclear"),
}


def tissue_field(number: int, split: str, *, source: str = "dsb2018_fluo", side: int = 96) -> SourceField:
    tissue = synthetic_tissue(number, shape=(side, side))
    labels = np.stack([tissue.labels["whole_cell"], tissue.labels["nuclear"]], axis=-1)
    return SourceField(f"{source}/{number}", source, split, tissue.image.astype(np.float32), labels)


@pytest.fixture(scope="module")
def fields() -> list[SourceField]:
    """A source with one compartment and two experts, and one with nuclei but no membranes."""
    one, two = tissue_field(1, "test", source="a"), tissue_field(2, "test", source="b")
    one.labels[..., 1] = -1
    return [
        replace(one, second_opinion=one.labels[::-1, :, 0].copy()),
        replace(two, image=recipe.without_membrane(two.image)),
        tissue_field(3, "train", source="b"),
    ]


def test_shares_are_those_of_the_sources(tiny_config):
    fields = [
        tissue_field(1, "train"),
        tissue_field(2, "train", side=64),
        tissue_field(3, "train", source="codex_hubmap_expert"),
        replace(tissue_field(4, "train", source="synthetic"), image=np.zeros((96, 96, 2), np.float32)),
        tissue_field(5, "val"),
        tissue_field(6, "test"),
    ]
    data = recipe.training_data(fields, config=tiny_config)
    blank = [not crop.image[..., 1].any() for crop in data.train]
    assert blank == [True, False, True, False, True, False, True]
    shares = data.weights / data.weights[-1] * recipe.SHARES["synthetic"]
    by_source = [shares[:4].sum(), shares[4:6].sum()]
    assert by_source == pytest.approx([recipe.SHARES["dsb2018_fluo"], recipe.SHARES["codex_hubmap_expert"]])
    assert data.weights.sum() == pytest.approx(1)
    assert shares[0] / shares[:2].sum() == pytest.approx(recipe.WITHOUT_MEMBRANE)
    assert shares[:2].sum() / shares[2:4].sum() == pytest.approx(96 / 64)
    assert data.validated_on == "val"


def test_cells_that_nuclei_do_not_tell_of_are_hidden_without_the_membrane(tiny_config):
    seen, hidden = tissue_field(1, "train"), replace(tissue_field(2, "train"), cells_follow_nuclei=False)
    crops = recipe.training_data([seen, hidden, tissue_field(3, "val")], config=tiny_config).train
    known = [[crop.targets[f"{name}_distance"][..., 1].mean() for name in COMPARTMENTS] for crop in crops]
    assert known == [[1, 1], [1, 1], [0, 1], [1, 1]]
    assert not crops[2].image[..., 1].any()
    assert not crops[2].targets["whole_cell_pixelwise"].any()
    assert (crops[2].labels[..., 1] == crops[3].labels[..., 1]).all()
    assert crops[2].targets["nuclear_distance"].dtype == crops[3].targets["nuclear_distance"].dtype


def test_the_shares_of_all_sources_are_given():
    assert sum(recipe.SHARES.values()) == pytest.approx(1)


def test_every_source_channel_and_truth_is_scored_apart(fields):
    rows = recipe.evaluate_fields(load_predictor("baseline"), fields)
    assert {tuple(row[key] for key in ("source", "input", "truth", "compartment")) for row in rows} == ROWS
    assert all(set(row["f1"]) == {"0.5", "0.6"} for row in rows)
    assert all(row["f1"]["0.5"] >= row["f1"]["0.6"] for row in rows)


def test_a_predictor_that_knows_the_truth_scores_one(fields):
    class Knowing:
        name, compartments = "knowing", ("whole_cell", "nuclear")

        def seen_um(self, image_um):
            return None

        def predict(self, image):
            (item,) = [item for item in fields if np.array_equal(item.image[..., 0], image[..., 0])]
            return {"whole_cell": item.labels[..., 0], "nuclear": item.labels[..., 1]}

    rows = recipe.evaluate_fields(Knowing(), fields)
    own = [row["f1"] for row in rows if row["truth"] == "labels"]
    assert own == [{"0.5": 1.0, "0.6": 1.0}] * 4
    other = [row["f1"] for row in rows if row["truth"] == "second expert"]
    assert other[0] == recipe.expert_agreement(fields)


def test_the_table_has_a_line_for_each_row(fields):
    rows = recipe.evaluate_fields(load_predictor("baseline"), fields)
    table = recipe.metrics_table({"model": rows, "baseline": rows}).splitlines()
    assert len(table) == 2 + len(ROWS)
    f1 = rows[0]["f1"]["0.5"]
    assert f"| {f1:.3f} | {f1:.3f} |" in table[2]


def test_evaluations_differ_by_their_largest_f1(fields):
    rows = recipe.evaluate_fields(load_predictor("baseline"), fields)
    moved = [*rows[1:], {**rows[0], "f1": {**rows[0]["f1"], "0.6": rows[0]["f1"]["0.6"] + 0.2}}]
    assert recipe.largest_difference({"model": rows}, {"model": rows}) == 0
    assert recipe.largest_difference({"model": rows}, {"model": moved}) == pytest.approx(0.2)
    assert recipe.largest_difference({"model": rows}, {"model": rows[1:]}) == 1


def test_a_model_is_made_scored_and_signed(tmp_path, tiny_config, fields, monkeypatch):
    made_from = [*fields[:2], tissue_field(3, "train"), tissue_field(4, "val")]

    def load(folder):
        folder.read["a/1.npz"] = "abc"
        return made_from

    monkeypatch.setattr(recipe, "load_fields", load)
    out = tmp_path / "new" / "model"
    folder = FieldFolder(Path("nowhere"), [])
    evaluation = recipe.make_default_model(folder, out, config=tiny_config, epochs=1)
    metrics = read_description(out).metrics
    assert metrics["evaluation"] == evaluation
    assert metrics["data"] == {"a/1.npz": "abc"}
    assert metrics["n_steps"] == tiny_config.fit.steps_per_epoch
    assert [path.name for path in out.parent.iterdir()] == ["model"]
    assert recipe.largest_difference(recipe.evaluate_model(out, made_from), evaluation) == 0
    with pytest.raises(OutputExists):
        recipe.make_default_model(folder, out, config=tiny_config, epochs=1)
