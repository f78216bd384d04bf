"""Write metrics.json: scores that two published packages give, for the tests of `pipeline.metrics`.

Run in an environment of its own, which the tests do not need::

    python -m venv oracle && oracle/bin/pip install stardist==0.9.2 cellpose==4.2.1.1 scikit-image
    oracle/bin/python tests/contract/generate_metrics.py

Both packages count a pair whose IoU equals the threshold, this project only one above it; images in which
that could matter are left out.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from cellpose.metrics import average_precision
from scipy import ndimage as ndi
from skimage.segmentation import watershed
from stardist.matching import matching

SIDE_PX = 40
AP_IOUS = [(50 + 5 * step) / 100 for step in range(10)]
MATCHING_IOUS = [0.1, 0.3, 0.5, 0.6, 0.75]
FIGURES = ("n_true", "n_pred", "tp", "fp", "fn", "precision", "recall", "f1", "panoptic_quality")


def cells(rng: np.random.Generator, *, n_cells: int) -> np.ndarray:
    """Draw cells that touch one another here and there."""
    seeds = np.zeros((SIDE_PX, SIDE_PX), int)
    places = rng.choice(SIDE_PX * SIDE_PX, n_cells, replace=False)
    seeds.ravel()[places] = 1 + np.arange(n_cells)
    distance = ndi.distance_transform_edt(seeds == 0)
    return watershed(distance, seeds, mask=distance < rng.uniform(3, 7)).astype(int)


def disturb(rng: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    """Shift, shrink, join and lose cells, as a predictor does."""
    out = np.roll(labels, rng.integers(-2, 3, 2), axis=(0, 1))
    for label in np.unique(out[out > 0]):
        fate = rng.random()
        if fate < 0.15:
            out[out == label] = 0
        elif fate < 0.3:
            out[out == label] = rng.choice(np.unique(out[out > 0]))
        elif fate < 0.6:
            mask = out == label
            out[mask & ~ndi.binary_erosion(mask)] = 0
        elif fate < 0.7:
            rows = np.argwhere(out == label)[:, 0]
            out[(out == label) & (np.arange(SIDE_PX)[:, None] > rows.mean())] = out.max() + 1
    return out


def has_ties(true: np.ndarray, pred: np.ndarray) -> bool:
    """Tell whether any IoU equals a threshold."""
    found = []
    for t in np.unique(true[true > 0]):
        for p in np.unique(pred[(true == t) & (pred > 0)]):
            found.append(((true == t) & (pred == p)).sum() / ((true == t) | (pred == p)).sum())
    return bool(np.isclose(np.array(found)[:, None], sorted({*AP_IOUS, *MATCHING_IOUS})).any())


def case(true: np.ndarray, pred: np.ndarray) -> dict[str, object]:
    """Score one pair of images with both packages."""
    stardist = {}
    for iou in MATCHING_IOUS:
        result = matching(true, pred, thresh=iou)._asdict()
        stardist[str(iou)] = {name: float(result[name]) for name in FIGURES}
    precisions, *_ = average_precision([true], [pred], threshold=AP_IOUS)
    return {
        "true": true.tolist(),
        "pred": pred.tolist(),
        "stardist_matching": stardist,
        "cellpose_average_precision": [float(value) for value in precisions[0]],
    }


def main() -> None:
    """Write the file beside this one."""
    rng = np.random.default_rng(20240611)
    cases: list[dict[str, object]] = []
    while len(cases) < 12:
        true = cells(rng, n_cells=int(rng.integers(4, 16)))
        pred = disturb(rng, true)
        if not has_ties(true, pred):
            cases.append(case(true, pred))
    made_with = {name: version(name) for name in ("stardist", "cellpose", "numpy", "scipy", "scikit-image")}
    out = {"made_with": made_with, "ap_ious": AP_IOUS, "cases": cases}
    text = json.dumps(out, separators=(",", ":")).replace('{"true"', '\n{"true"')
    Path(__file__).with_name("metrics.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
