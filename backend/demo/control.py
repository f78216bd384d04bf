"""The control experiment: what the same images would have cost with the untrained predictor's proposals."""

from typing import Any

import numpy as np

from backend.demo.corrections import HumanError, correct_labels
from backend.demo.images import DemoImage
from pipeline.io import open_image
from pipeline.model_input import model_image
from pipeline.windows import Window, plan_windows
from training.predictor import load_predictor


def baseline_edits(images: list[DemoImage], job: dict[str, Any], *, error: HumanError, seed: int) -> int:
    """Edits that the simulated annotator would make on `baseline` proposals of the same crops."""
    predictor = load_predictor("baseline")
    rng = np.random.default_rng(seed)
    n_edits = 0
    for image in images:
        with open_image(image.path) as source:
            _, _, rows, cols = source.shape
            proposal = predictor.predict(model_image(source, Window(0, 0, rows, cols), 0))
        windows = plan_windows((rows, cols), size_px=job["crop_size_px"], overlap=job["overlap"])
        for compartment, truth in image.truth.items():
            labels = proposal.get(compartment, np.zeros((rows, cols), np.int32)).astype(np.uint32)
            for window in windows:
                crop = labels[window.slices].copy()
                edits = correct_labels(
                    crop, truth[window.slices], compartment=compartment, error=error, rng=rng
                )
                n_edits += sum(1 for _ in edits)
    return n_edits
