"""Blur, resampling and noise on test images: how gracefully does a predictor fail?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure
from scipy import ndimage as ndi
from skimage.transform import resize

from pipeline.dataset_items import DatasetItem
from pipeline.types import Image
from training.errors import UnusableDataset
from training.evaluate import EvaluationItem, evaluate_images
from training.experiments.plots import COLORS
from training.experiments.settings import ExperimentSettings, Outcome, Row
from training.experiments.training_sets import compartments_of
from training.predictor import load_predictor
from training.sampling import crop_pixel_um

Distort = Callable[[Image, float, np.random.Generator], Image]


def blur(image: Image, sigma_px: float, _rng: np.random.Generator) -> Image:
    """Blur each channel with a Gaussian of this standard deviation."""
    return np.asarray(ndi.gaussian_filter(image, (sigma_px, sigma_px, 0)), np.float32)


def resample(image: Image, factor: float, _rng: np.random.Generator) -> Image:
    """Shrink an image by a factor and enlarge it again: the shape stays, detail is lost."""
    small = [max(round(side / factor), 1) for side in image.shape[:2]]
    shrunken = resize(image, (*small, image.shape[2]), order=1, anti_aliasing=factor > 1, preserve_range=True)
    return np.asarray(resize(shrunken, image.shape, order=1, preserve_range=True), np.float32)


def add_noise(image: Image, share: float, rng: np.random.Generator) -> Image:
    """Add Gaussian noise whose deviation is a share of each channel's 99.9 percentile."""
    top = np.percentile(image, 99.9, axis=(0, 1))
    return np.asarray(np.maximum(image + rng.normal(size=image.shape) * share * top, 0), np.float32)


DISTORTIONS: dict[str, tuple[Distort, str, tuple[float, ...]]] = {
    "blur": (blur, "sigma, px", (0, 1, 2, 3, 5)),
    "resampling": (resample, "factor", (1, 2, 3, 4, 6)),
    "noise": (add_noise, "deviation, share of the 99.9 percentile", (0, 0.05, 0.1, 0.2, 0.4)),
}


def run_distortions(items: Sequence[DatasetItem], *, settings: ExperimentSettings) -> Outcome:
    """Score `settings.predictor` on images made worse step by step (Greenwald et al. 2022, Methods).

    Nothing is trained. The first strength of each distortion leaves the image as it is.

    Raises
    ------
    UnusableDataset
        There is no image.
    """
    if not items:
        raise UnusableDataset("there is no labelled image to distort; give some.")
    predictor = load_predictor(settings.predictor)
    n_steps = sum(len(strengths) for _, _, strengths in DISTORTIONS.values())
    rows: list[Row] = []
    for name, (distort, _, strengths) in DISTORTIONS.items():
        for strength in strengths:
            rng = np.random.default_rng(settings.seed)
            worse = (
                EvaluationItem(
                    _apply(distort, item.image, strength, rng, first=strengths[0]),
                    item.labels,
                    crop_pixel_um(item.provenance),
                )
                for item in items
            )
            scores = evaluate_images(predictor, worse, iou=settings.iou)
            rows += [
                {"distortion": name, "strength": strength, "compartment": compartment, **scores[compartment]}
                for compartment in compartments_of(scores)
            ]
            settings.report(len({(row["distortion"], row["strength"]) for row in rows}) / n_steps)
    return Outcome(rows, _finding(rows, settings=settings), _plot(rows, settings=settings))


def _apply(
    distort: Distort, image: Image, strength: float, rng: np.random.Generator, *, first: float
) -> Image:
    return image if strength == first else distort(image, strength, rng)


def _lines(rows: Sequence[Row], distortion: str) -> dict[str, tuple[list[float], list[float]]]:
    lines: dict[str, tuple[list[float], list[float]]] = {}
    for row in rows:
        if row["distortion"] == distortion:
            x, y = lines.setdefault(row["compartment"], ([], []))
            x.append(row["strength"])
            y.append(row["f1"])
    return lines


def _finding(rows: Sequence[Row], *, settings: ExperimentSettings) -> str:
    parts = []
    for name in DISTORTIONS:
        for compartment, (x, y) in _lines(rows, name).items():
            parts.append(f"{name} {x[-1]:g}: {compartment} {y[0]:.3f} to {y[-1]:.3f}")
    return f"{settings.predictor}, F1 at IoU {settings.iou}: " + "; ".join(parts) + "."


def _plot(rows: Sequence[Row], *, settings: ExperimentSettings) -> Figure:
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    panels = figure.subplots(1, len(DISTORTIONS), sharey=True)
    for axes, (name, (_, unit, _)) in zip(panels, DISTORTIONS.items(), strict=True):
        for compartment, (x, y) in _lines(rows, name).items():
            axes.plot(x, y, marker="o", label=compartment.replace("_", " "), color=COLORS[compartment])
        axes.set(title=name, xlabel=unit, ylim=(0, 1))
        axes.grid(visible=True, alpha=0.25)
    figure.axes[0].set_ylabel(f"F1 at IoU {settings.iou}")
    figure.axes[0].legend(frameon=False)
    return figure
