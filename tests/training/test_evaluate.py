import numpy as np
import pytest

from pipeline.synthetic import synthetic_tissue
from training.baseline import BaselinePredictor
from training.errors import UnusableDataset
from training.evaluate import EvaluationItem, evaluate_images, evaluate_predictor


class Oracle:
    """Predicts what it was told."""

    name = "oracle"
    compartments = ("whole_cell", "nuclear")

    def __init__(self, labels):
        self.labels = labels

    def seen_um(self, image_um):
        return None

    def predict(self, image):
        return {name: plane[: image.shape[0], : image.shape[1]] for name, plane in self.labels.items()}


def test_a_perfect_prediction_scores_one():
    tissue = synthetic_tissue(0, shape=(96, 96))
    item = EvaluationItem(tissue.image.astype(np.float32), tissue.labels)
    result = evaluate_images(Oracle(tissue.labels), [item])
    assert result["mean_f1"] == result["nuclear"]["f1"] == result["whole_cell"]["f1"] == 1


def test_a_compartment_without_truth_is_left_out_and_one_not_predicted_counts_as_empty():
    tissue = synthetic_tissue(0, shape=(96, 96))
    unknown = np.full((96, 96), -1, np.int32)
    image = tissue.image.astype(np.float32)
    item = EvaluationItem(image, {"whole_cell": tissue.labels["whole_cell"], "nuclear": unknown})
    result = evaluate_images(Oracle({"nuclear": tissue.labels["nuclear"]}), [item])
    assert set(result) == {"whole_cell", "mean_f1"}
    assert (result["whole_cell"]["n_pred"], result["mean_f1"]) == (0, 0)


def square_cells(*cols):
    labels = np.zeros((20, 60), np.int32)
    for number, col in enumerate(cols, start=1):
        labels[5:15, col : col + 10] = number
    return labels


def test_pooled_and_mean_per_image_are_told_apart():
    image = np.ones((20, 60, 2), np.float32)
    items = [EvaluationItem(image, {"nuclear": square_cells(*cols)}) for cols in ((0,), (0, 15, 30), ())]
    score = evaluate_images(Oracle({"nuclear": square_cells(0)}), items[:2])["nuclear"]
    assert (score["f1"], score["f1_per_image"], score["n_images"]) == (4 / 6, (1 + 2 / 4) / 2, 2)
    # Nothing to find and nothing found: no image to be right or wrong about.
    empty = evaluate_images(Oracle({"nuclear": square_cells()}), items)["nuclear"]
    assert (empty["n_true"], empty["n_images"]) == (4, 2)


def test_a_compartment_without_any_instance_on_either_side_does_not_lower_the_mean():
    image, cells = np.ones((20, 60, 2), np.float32), square_cells(0, 20)
    item = EvaluationItem(image, {"whole_cell": square_cells(), "nuclear": cells})
    assert evaluate_images(Oracle({"nuclear": cells}), [item])["mean_f1"] == 1
    found = evaluate_images(Oracle({"nuclear": cells, "whole_cell": cells}), [item])
    assert (found["whole_cell"]["gained"], found["mean_f1"]) == (2, 0.5)


def test_instances_where_nothing_is_known_do_not_count():
    truth = np.zeros((20, 40), np.int32)
    truth[5:10, 5:10] = 1
    truth[:, 20:35] = -1
    predicted = np.where(truth == 1, 1, 0).astype(np.int32)
    predicted[5:10, 25:35] = 2
    predicted[12:16, 19:30] = 3
    item = EvaluationItem(np.ones((20, 40, 2), np.float32), {"nuclear": truth})
    score = evaluate_images(Oracle({"nuclear": predicted}), [item])["nuclear"]
    assert (score["n_true"], score["n_pred"], score["f1"]) == (1, 1, 1)


def test_a_split_of_a_dataset_version_is_scored(dataset_dir):
    result = evaluate_predictor(BaselinePredictor(), dataset_dir)
    assert set(result) == {"whole_cell", "nuclear", "mean_f1"}
    assert result["mean_f1"] == pytest.approx((result["whole_cell"]["f1"] + result["nuclear"]["f1"]) / 2)
    assert result["nuclear"]["n_true"] > 20


def test_a_split_without_truth_is_refused(dataset_dir, monkeypatch):
    empty = np.zeros((1, 32, 32, 2), np.float32), np.full((1, 32, 32, 2), -1, np.int32)
    monkeypatch.setattr("training.evaluate.load_split", lambda folder, split: empty)
    with pytest.raises(UnusableDataset, match="the test split has no crop with truth"):
        evaluate_predictor(BaselinePredictor(), dataset_dir)
