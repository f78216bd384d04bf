import numpy as np
import pytest

from training.losses import inner_distance_loss, pixelwise_loss


def as_number(tensor):
    return float(np.asarray(tensor))


def random_one_hot(rng, shape=(2, 5, 6)):
    return np.eye(3, dtype=np.float32)[rng.integers(0, 3, shape)]


def test_inner_distance_loss_is_the_mean_squared_error():
    rng = np.random.default_rng(0)
    truth, predicted = rng.random((2, 4, 5, 1)), rng.random((2, 4, 5, 1))
    known = np.ones_like(truth)
    loss = inner_distance_loss(np.concatenate([truth, known], -1).astype("f"), predicted.astype("f"))
    assert as_number(loss) == pytest.approx(((truth - predicted) ** 2).mean(), rel=1e-5)


def test_pixelwise_loss_follows_the_formula():
    rng = np.random.default_rng(1)
    truth = random_one_hot(rng)
    predicted = rng.dirichlet([1, 1, 1], truth.shape[:3]).astype(np.float32)
    weight = truth.sum() / (truth.sum(axis=(0, 1, 2)) + 1) / 3
    expected = 0.01 * np.mean(-(truth * np.log(predicted) * weight).sum(axis=-1))
    assert as_number(pixelwise_loss(truth, predicted)) == pytest.approx(expected, rel=1e-4)


def test_pixels_without_truth_change_neither_loss():
    rng = np.random.default_rng(2)
    classes, distance = random_one_hot(rng), rng.random((2, 5, 6, 2)).astype(np.float32)
    distance[..., 1] = 1
    classes[:, 3:], distance[:, 3:] = 0, 0
    predicted = rng.dirichlet([1, 1, 1], (2, 5, 6)).astype(np.float32)
    other = predicted.copy()
    other[:, 3:] = rng.dirichlet([1, 1, 1], (2, 2, 6))
    assert as_number(pixelwise_loss(classes, predicted)) == pytest.approx(
        as_number(pixelwise_loss(classes, other))
    )
    assert as_number(inner_distance_loss(distance, predicted[..., :1])) == pytest.approx(
        as_number(inner_distance_loss(distance, other[..., :1]))
    )


def test_without_any_truth_both_losses_are_zero():
    nothing = np.zeros((1, 4, 4, 3), np.float32)
    predicted = np.full((1, 4, 4, 3), 1 / 3, np.float32)
    assert as_number(pixelwise_loss(nothing, predicted)) == 0
    assert as_number(inner_distance_loss(nothing[..., :2], predicted[..., :1])) == 0


def test_a_certain_wrong_answer_is_finite():
    truth = np.eye(3, dtype=np.float32)[np.zeros((1, 2, 2), int)]
    predicted = np.eye(3, dtype=np.float32)[np.ones((1, 2, 2), int)]
    assert np.isfinite(as_number(pixelwise_loss(truth, predicted)))
