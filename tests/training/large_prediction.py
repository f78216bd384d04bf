"""Predicts a large square image with a cheap stand-in for a network and prints what that took, as JSON.

python tests/training/large_prediction.py SIDE_PX
"""

import json
import resource
import sys
import time

import numpy as np

from training.large_images import predict_image
from training.prediction import Prediction

PERIOD_PX, CELL_PX, N_APART = 41, 31, 32


def read(window):
    """Squares on a grid; each is as bright as its label, which no other within a tile has."""
    rows, cols = window.row + np.arange(window.height), window.col + np.arange(window.width)
    names = [(axis // PERIOD_PX % N_APART).astype(np.float32) for axis in (rows, cols)]
    lit = [(axis % PERIOD_PX < CELL_PX).astype(np.float32) for axis in (rows, cols)]
    image = np.zeros((window.height, window.width, 2), np.float32)
    image[..., 0] = np.add.outer(names[0] * N_APART, names[1] + 1) * np.multiply.outer(*lit)
    return image


class GridPredictor:
    """Takes brightness for the label."""

    name = "grid"
    compartments = ("nuclear",)

    def seen_um(self, image_um):
        return None

    def scaled(self):
        return self

    def choose_shrink(self, read, shape):
        return 1

    def calibrated(self, pieces):
        return self

    def predict_scored(self, image):
        labels = {"nuclear": image[..., 0].astype(np.int32)}
        sure = np.full(N_APART**2 + 1, 0.5, np.float32)
        return Prediction(labels, {"nuclear": sure}, {"nuclear": np.zeros(0, np.int64)})


def main(side_px: int) -> None:
    begun = time.process_time()
    bands = predict_image(GridPredictor(), read, (side_px, side_px))
    n_lit = sum(int(np.count_nonzero(band.labels["nuclear"])) for band in bands)
    sure = bands.confidences["nuclear"]
    print(
        json.dumps(
            {
                "n_instances": len(sure) - 1,
                "n_lit_px": n_lit,
                "least_confidence": float(sure[1:].min()),
                "cpu_s": time.process_time() - begun,
                "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
