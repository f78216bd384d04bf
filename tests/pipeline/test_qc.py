"""Quality control: laws of the rules as a whole, then each rule on cells drawn by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline import label_planes
from pipeline.benchmarks import peak_growth_bytes
from pipeline.errors import InvalidLabels
from pipeline.label_planes import ArrayPlane
from pipeline.qc import RULES, SEVERITIES, QcThresholds, clean_labels, run_qc, run_qc_planes
from pipeline.windows import Window, plan_windows

CALM = QcThresholds(min_cells=0, min_area_px=0)


@st.composite
def label_sets(draw):
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=10))
    names = draw(st.sampled_from([["whole_cell"], ["nuclear"], ["whole_cell", "nuclear"]]))
    labels = st.sampled_from([0, 0, 0, 1, 2, 5])
    return {name: draw(hnp.arrays(np.int32, shape, elements=labels)) for name in names}


def draw_cells(*boxes, shape=(40, 60)):
    """Give a label image with boxes (label, rows, cols)."""
    labels = np.zeros(shape, dtype=np.int32)
    for label, rows, cols in boxes:
        labels[slice(*rows), slice(*cols)] = label
    return labels


def grid_of_cells(n=6, size=9, step=12):
    """Give n x n square cells with gaps."""
    labels = np.zeros((n * step, n * step), dtype=np.int32)
    for k in range(n * n):
        row, col = (k // n) * step + 1, (k % n) * step + 1
        labels[row : row + size, col : col + size] = k + 1
    return labels


def found(labels, *rules, thresholds=CALM, **options):
    return [f for f in run_qc(labels, thresholds=thresholds, **options) if f.rule in rules]


def facts(findings):
    return [(f.compartment, f.label, f.value) for f in findings]


@given(label_sets(), st.integers(1, 6))
def test_findings_are_in_place_and_do_not_depend_on_numbering(labels, size_px):
    thresholds = QcThresholds(min_outlier_cells=2, seam_px=1, min_area_px=3)
    seams = [Window(0, 0, min(size_px, image.shape[0]), image.shape[1]) for image in labels.values()]
    findings = run_qc(labels, thresholds=thresholds, seams=seams)
    for finding in findings:
        assert finding.severity in SEVERITIES
        if finding.label is not None:
            assert labels[finding.compartment][finding.row, finding.col] == finding.label
    shifted = {name: np.where(image, image + 70_000, 0) for name, image in labels.items()}
    again = run_qc(shifted, thresholds=thresholds, seams=seams)
    assert [(f.rule, f.compartment, f.row, f.col, f.value) for f in again] == [
        (f.rule, f.compartment, f.row, f.col, f.value) for f in findings
    ]
    assert [f.label for f in again if f.label] == [f.label + 70_000 for f in findings if f.label]


@given(label_sets(), st.integers(1, 6), st.integers(1, 40))
def test_findings_in_bands_are_those_of_the_whole(labels, size_px, band_px):
    thresholds = QcThresholds(min_outlier_cells=2, seam_px=1, min_area_px=3, size_z=1, shape_z=1)
    shape = next(iter(labels.values())).shape
    seams = plan_windows(shape, size_px=size_px)
    whole = run_qc(labels, thresholds=thresholds, seams=seams)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_planes, "BAND_PX", band_px)
        patch.setattr(label_planes, "BLOCK_SHAPE", (size_px, size_px + 1))
        planes = {name: ArrayPlane(image) for name, image in labels.items()}
        assert list(run_qc_planes(planes, thresholds=thresholds, seams=seams)) == whole


def test_memory_follows_the_bands_and_not_the_image():
    cells = np.zeros((2048, 2048), dtype=np.int32)
    cells[::256] = 7
    cells[:, 1000:1300] = 7
    labels = {"whole_cell": cells, "nuclear": cells.copy()}
    seams = plan_windows(cells.shape, size_px=512)
    run_qc({name: image[:300, :300] for name, image in labels.items()}, seams=seams[:1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(label_planes, "BAND_PX", 2**17)
        patch.setattr(label_planes, "BLOCK_SHAPE", (256, 512))
        assert peak_growth_bytes(lambda: run_qc(labels, seams=seams)) < cells.nbytes / 4


@given(label_sets(), st.integers(0, 9), st.integers(0, 5))
def test_cleaning_removes_the_small_and_nothing_else_and_once_is_enough(labels, min_area_px, min_cells):
    thresholds = QcThresholds(min_area_px=min_area_px, min_cells=min_cells)
    cleaned, findings = clean_labels(labels, thresholds=thresholds)
    small = {(f.compartment, f.label) for f in findings if f.rule == "small"}
    for name, image in labels.items():
        for label in np.unique(image[image > 0]).tolist():
            area = (image == label).sum()
            assert ((name, label) in small) == (area < min_area_px)
            assert (cleaned[name] == label).sum() == (area if area >= min_area_px else 0)
    again, second = clean_labels(cleaned, thresholds=thresholds)
    assert all(np.array_equal(again[name], cleaned[name]) for name in labels)
    assert second == [f for f in findings if f.rule == "few_cells"]
    n_cells = len(np.unique(cleaned[next(iter(cleaned))][cleaned[next(iter(cleaned))] > 0]))
    assert len(second) == (n_cells < min_cells)


def test_even_cells_give_no_finding():
    cells = grid_of_cells()
    nuclei = np.where(np.isin(np.arange(72) % 12, range(4, 8)), cells, 0)
    nuclei = np.where(np.isin(np.arange(72) % 12, range(4, 8))[:, None], nuclei, 0)
    seams = [Window(r, c, 36, 36) for r in (0, 36) for c in (0, 36)]
    assert run_qc({"whole_cell": cells, "nuclear": nuclei}, seams=seams) == []
    assert run_qc({"nuclear": nuclei}, seams=seams) == []


def test_small():
    labels = draw_cells((4, (0, 3), (0, 4)), (9, (10, 13), (10, 15)))
    findings = found({"whole_cell": labels}, "small", thresholds=QcThresholds(min_cells=0))
    assert facts(findings) == [("whole_cell", 4, 12)]
    assert findings[0].message == "12 px, fewer than 15: probably a leftover."
    assert (findings[0].severity, findings[0].row, findings[0].col) == ("warning", 1, 2)


def test_few_cells_counts_whole_cells_or_else_nuclei():
    cells, nuclei = grid_of_cells(5), grid_of_cells(5)
    nuclei[nuclei > 19] = 0
    assert found({"whole_cell": cells, "nuclear": nuclei}, "few_cells", thresholds=QcThresholds()) == []
    (finding,) = found({"nuclear": nuclei}, "few_cells", thresholds=QcThresholds())
    assert finding.message == "19 instances in nuclear, fewer than 20."
    assert (finding.severity, finding.compartment, finding.label) == ("error", None, None)
    assert (finding.row, finding.col, finding.value) == (30, 30, 19)


def test_split_label():
    labels = draw_cells(
        (3, (0, 6), (0, 6)), (3, (6, 9), (6, 9)), (5, (20, 26), (0, 6)), (5, (20, 22), (7, 9))
    )
    findings = found({"whole_cell": labels}, "split_label")
    assert facts(findings) == [("whole_cell", 5, 2)]
    assert findings[0].message == "One label in 2 pieces; 4 px are apart from the largest."


def test_holes_are_background_that_one_instance_encloses():
    labels = draw_cells(
        (1, (0, 8), (0, 8)), (0, (3, 5), (3, 5)),
        (2, (20, 28), (0, 8)), (7, (23, 25), (3, 5)),
        (3, (0, 8), (20, 28)), (0, (3, 5), (20, 24)),
        (4, (32, 40), (40, 48)), (0, (36, 40), (42, 44)),
    )  # fmt: skip
    assert facts(found({"nuclear": labels}, "holes")) == [("nuclear", 1, 4)]
    lenient = QcThresholds(min_cells=0, max_hole_px=4)
    assert found({"nuclear": labels}, "holes", thresholds=lenient) == []


def test_nucleus_outside_its_cell():
    cells = draw_cells((1, (0, 10), (0, 10)), (2, (0, 10), (20, 30)))
    nuclei = draw_cells((11, (2, 6), (7, 12)), (12, (2, 7), (25, 31)), (13, (30, 34), (0, 4)))
    findings = found({"whole_cell": cells, "nuclear": nuclei}, "nucleus_outside")
    assert facts(findings) == [("nuclear", 11, pytest.approx(0.4)), ("nuclear", 13, 1)]
    assert [f.message for f in findings] == [
        "40% of the nucleus lie outside cell 1.",
        "The nucleus lies in no cell.",
    ]


def test_several_nuclei_and_none():
    cells = draw_cells((1, (0, 10), (0, 20)), (2, (20, 30), (0, 10)), (3, (20, 30), (20, 30)))
    nuclei = draw_cells((7, (2, 6), (2, 6)), (5, (2, 6), (10, 14)), (9, (24, 28), (24, 28)))
    labels = {"whole_cell": cells, "nuclear": nuclei}
    (several,) = found(labels, "several_nuclei")
    assert (several.label, several.value, several.message) == (1, 2, "The cell holds 2 nuclei: 5, 7.")
    (without,) = found(labels, "no_nucleus")
    assert (without.label, without.severity, without.message) == (2, "info", "The cell holds no nucleus.")


def test_an_image_without_any_nucleus_says_nothing_of_nuclei():
    cells = draw_cells((1, (0, 10), (0, 20)))
    labels = {"whole_cell": cells, "nuclear": np.zeros_like(cells)}
    assert found(labels, "no_nucleus", "several_nuclei", "nucleus_outside") == []


def test_seams_are_straight_cuts_along_crop_borders():
    labels = draw_cells(
        (1, (5, 20), (2, 14)), (2, (20, 33), (2, 14)),
        (3, (5, 19), (20, 32)),
        (4, (12, 30), (40, 52)),
    )  # fmt: skip
    seams = [Window(0, 0, 20, 60), Window(20, 0, 20, 60)]
    findings = found({"whole_cell": labels}, "seam", seams=seams)
    assert facts(findings) == [("whole_cell", 1, 12), ("whole_cell", 2, 12)]
    assert findings[0].message == "Cut straight for 12 px along a crop border."
    turned = found({"whole_cell": labels.T}, "seam", seams=[Window(0, 0, 60, 20), Window(0, 20, 60, 20)])
    assert facts(turned) == facts(findings)
    assert found({"whole_cell": labels}, "seam") == []


def test_a_round_cell_that_meets_a_crop_border_is_no_seam():
    rows, cols = np.ogrid[:40, :60]
    labels = ((rows - 10) ** 2 + (cols - 20) ** 2 < 100).astype(np.int32)
    assert found({"whole_cell": labels}, "seam", seams=[Window(0, 0, 20, 60), Window(20, 0, 20, 60)]) == []


def test_outliers_in_size_and_shape():
    labels = np.zeros((100, 72), dtype=np.int32)
    labels[:72] = grid_of_cells()
    labels[72:98, 0:26] = 50
    labels[74:77, 30:70] = 51
    labels[80:98:2, 30:50] = 52
    labels[80:98, 40] = 52
    size = found({"whole_cell": labels}, "size_outlier")
    assert [(f.label, f.message) for f in size] == [
        (50, "676 px, where 81 px are usual."),
        (52, "189 px, where 81 px are usual."),
    ]
    shape = found({"whole_cell": labels}, "shape_outlier")
    assert [(f.label, f.message) for f in shape] == [
        (51, "Far longer than the others."),
        (52, "Far more ragged than the others."),
    ]
    few = QcThresholds(min_outlier_cells=40)
    assert found({"whole_cell": labels}, "size_outlier", "shape_outlier", thresholds=few) == []


def test_each_rule_has_a_name_of_its_own_and_a_known_severity():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert {rule.severity for rule in RULES} == set(SEVERITIES)


def test_a_finding_is_json():
    (finding,) = found({"nuclear": draw_cells((4, (0, 1), (0, 1)))}, "small", thresholds=QcThresholds())
    assert finding.to_json() == {
        "rule": "small",
        "severity": "warning",
        "compartment": "nuclear",
        "label": 4,
        "row": 0,
        "col": 0,
        "message": "1 px, fewer than 15: probably a leftover.",
        "value": 1.0,
    }


@pytest.mark.parametrize("function", [run_qc, clean_labels])
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({}, "The compartments are missing; give one or both of whole_cell, nuclear"),
        ({"membrane": np.zeros((2, 2), int)}, "The compartments are membrane; give one or both"),
        ({"nuclear": np.zeros((1, 2, 2), int)}, r"nuclear has shape \(1, 2, 2\); give one frame"),
        ({"nuclear": np.zeros((0, 2), int)}, r"shape \(0, 2\); give an image with pixels"),
        ({"nuclear": np.full((2, 2), -3)}, "nuclear holds negative values"),
        (
            {"whole_cell": np.zeros((2, 2), int), "nuclear": np.zeros((2, 3), int)},
            r"whole_cell has shape \(2, 2\) and nuclear has shape \(2, 3\)",
        ),
    ],
)
def test_bad_label_sets(function, labels, message):
    with pytest.raises(InvalidLabels, match=message):
        function(labels)
