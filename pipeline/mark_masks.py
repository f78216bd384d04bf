"""Which pixels marks keep out of training."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipeline.mark_grammar import IGNORE, UNCERTAIN, MarkValue, parse_key
from pipeline.regions import regions_mask
from pipeline.types import LabelSet, Mask
from pipeline.windows import Window


def hidden_pixels(
    marks: Mapping[str, MarkValue], labels: LabelSet, *, frame: int, window: Window, hide_uncertain: bool
) -> dict[str, Mask]:
    """Find the pixels of a window without truth: those in ignored regions, and uncertain cells if wanted.

    Parameters
    ----------
    marks : mapping
        Those of the FOV.
    labels : dict
        Label images (row, col) of the window by compartment.
    frame : int
    window : Window
        In FOV pixels.
    hide_uncertain : bool
        Whether cells with the mark `uncertain` are left out, too.

    Returns
    -------
    dict
        For each compartment a mask of the shape of the window; empty where nothing is hidden.
    """
    keys = {name: parse_key(name) for name in marks}
    polygons = [
        marks[name]["points"]
        for name, key in keys.items()
        if key.kind == IGNORE and marks[name]["frame"] == frame
    ]
    region = regions_mask(polygons, window)
    hidden = {}
    for compartment, image in labels.items():
        unsure = [
            key.label
            for key in keys.values()
            if hide_uncertain and key.kind == UNCERTAIN and key.compartment == compartment
        ]
        mask = region | np.isin(image, unsure) if unsure else region
        if mask.any():
            hidden[compartment] = mask
    return hidden
