"""Runs the rules, and removes what they would refuse."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.compartments import COMPARTMENTS
from pipeline.errors import InvalidLabels
from pipeline.label_planes import ArrayPlane, LabelPlane
from pipeline.labels import check_plane, map_labels
from pipeline.qc import rules
from pipeline.qc.findings import Finding, QcThresholds
from pipeline.qc.measure import Measured, measure_planes
from pipeline.types import AnyArray, LabelSet
from pipeline.windows import Window


class Rule(NamedTuple):
    """A rule: its name, how bad its findings are, and the function that finds."""

    name: str
    severity: str
    find: Callable[[Measured, QcThresholds], Iterator[rules.Hit]]


SMALL = Rule("small", "warning", rules.find_small)
FEW_CELLS = Rule("few_cells", "error", rules.find_few_cells)
RULES: tuple[Rule, ...] = (
    FEW_CELLS,
    SMALL,
    Rule("split_label", "error", rules.find_split_labels),
    Rule("holes", "warning", rules.find_holes),
    Rule("nucleus_outside", "warning", rules.find_nuclei_outside),
    Rule("several_nuclei", "warning", rules.find_several_nuclei),
    Rule("no_nucleus", "info", rules.find_no_nucleus),
    Rule("seam", "warning", rules.find_seams),
    Rule("size_outlier", "info", rules.find_size_outliers),
    Rule("shape_outlier", "info", rules.find_shape_outliers),
)
"""Every rule, in the order of their findings."""


def check_label_set(labels: Mapping[str, AnyArray]) -> LabelSet:
    """Give the compartments of one frame, checked, in their order.

    Raises
    ------
    InvalidLabels
        When there is no compartment or an unknown one, an array is no label image (row, col), has no pixel,
        or differs in shape from the other.
    """
    checked = {name: check_plane(labels[name], name=name) for name in _check_names(labels)}
    _check_planes(_planes(checked))
    return checked


def _check_names(given: Collection[str]) -> list[str]:
    unknown = sorted(set(given) - set(COMPARTMENTS))
    if unknown or not given:
        raise InvalidLabels(
            f"The compartments are {', '.join(unknown) or 'missing'}; "
            f"give one or both of {', '.join(COMPARTMENTS)}."
        )
    return [name for name in COMPARTMENTS if name in given]


def _check_planes(planes: Mapping[str, LabelPlane]) -> dict[str, LabelPlane]:
    checked = {name: planes[name] for name in _check_names(planes)}
    names, shapes = list(checked), [plane.shape for plane in checked.values()]
    if shapes[0] != shapes[-1]:
        raise InvalidLabels(
            f"{names[0]} has shape {shapes[0]} and {names[-1]} has shape {shapes[-1]}; "
            "give label images of the same pixels."
        )
    if 0 in shapes[0]:
        raise InvalidLabels(f"{names[0]} has shape {shapes[0]}; give an image with pixels.")
    return checked


def _planes(labels: LabelSet) -> dict[str, LabelPlane]:
    return {name: ArrayPlane(image) for name, image in labels.items()}


def run_qc(
    labels: Mapping[str, AnyArray],
    *,
    thresholds: QcThresholds | None = None,
    seams: Sequence[Window] | None = None,
) -> list[Finding]:
    """Apply every rule to one frame.

    Parameters
    ----------
    labels : LabelSet
        Label images (row, col) of one or both compartments.
    thresholds : QcThresholds, optional
        Defaults where none are given.
    seams : sequence of Window, optional
        The crops that the label image was stitched from; without them no seam is looked for.

    Returns
    -------
    list of Finding
        By rule, then compartment, then label.

    Raises
    ------
    InvalidLabels
        As `check_label_set`.
    """
    return list(run_qc_planes(_planes(check_label_set(labels)), thresholds=thresholds, seams=seams))


def run_qc_planes(
    planes: Mapping[str, LabelPlane],
    *,
    thresholds: QcThresholds | None = None,
    seams: Sequence[Window] | None = None,
) -> Iterator[Finding]:
    """Apply every rule to one frame that is read in parts; what is held grows with its instances alone.

    The labels are measured at once, and read again while the findings are taken.

    Parameters
    ----------
    planes : mapping of compartment to LabelPlane
        One or both compartments.
    thresholds, seams
        As for `run_qc`, and so are the findings.

    Raises
    ------
    InvalidLabels
        When there is no compartment or an unknown one, or a plane has no pixel or differs in shape from the
        other.
    """
    measured = measure_planes(_check_planes(planes), seams=seams)
    limits = thresholds or QcThresholds()
    return (finding for rule in RULES for finding in _findings(rule, measured, limits))


def _findings(rule: Rule, measured: Measured, thresholds: QcThresholds) -> Iterator[Finding]:
    for hit in rule.find(measured, thresholds):
        instances, middle = hit.instances, (measured.shape[0] // 2, measured.shape[1] // 2)
        row, col = middle if instances is None else instances.places[hit.place].tolist()
        yield Finding(
            rule=rule.name,
            severity=rule.severity,
            compartment=None if instances is None else instances.compartment,
            label=None if instances is None else int(instances.labels[hit.place]),
            row=row,
            col=col,
            message=hit.message,
            value=float(hit.value),
        )


def clean_labels(
    labels: Mapping[str, AnyArray], *, thresholds: QcThresholds | None = None
) -> tuple[LabelSet, list[Finding]]:
    """Remove the instances that are too small for a dataset.

    Parameters
    ----------
    labels : LabelSet
        Label images (row, col) of one or both compartments.
    thresholds : QcThresholds, optional
        `min_area_px` and `min_cells` are used.

    Returns
    -------
    labels : LabelSet
        New arrays; the instances that stay keep their labels.
    findings : list of Finding
        One `small` for each instance removed, and `few_cells` when those that stay are too few: such an image
        is to be dropped.

    Raises
    ------
    InvalidLabels
        As `check_label_set`.
    """
    thresholds = thresholds or QcThresholds()
    checked = check_label_set(labels)
    removed = list(_findings(SMALL, measure_planes(_planes(checked)), thresholds))
    cleaned = {name: _without(image, name=name, removed=removed) for name, image in checked.items()}
    return cleaned, removed + list(_findings(FEW_CELLS, measure_planes(_planes(cleaned)), thresholds))


def _without(image: AnyArray, *, name: str, removed: list[Finding]) -> AnyArray:
    small = np.array([f.label for f in removed if f.compartment == name], dtype=np.int64)
    return map_labels(image, old=small, new=np.zeros_like(small))
