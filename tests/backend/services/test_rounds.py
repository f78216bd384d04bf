from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from backend.db import reading
from backend.errors import NotFound
from backend.services.context import Context
from backend.services.proposal_scores import pooled_f1
from backend.services.rounds import job_figures
from tests.backend.services.loop import Loop


@pytest.fixture
def loop(context: Context, tmp_path: Path) -> Loop:
    return Loop(context, tmp_path)


def _figures(loop: Loop, job_id: int) -> dict[str, object]:
    with reading(loop.context.sessions) as session:
        return job_figures(session, loop.context, job_id=job_id)


def test_a_job_without_stitched_fovs_says_nothing_of_costs(loop: Loop) -> None:
    loop.ingest("one")
    figures = _figures(loop, loop.launch())
    assert (figures["n_fovs"], figures["n_stitched"], figures["n_cells"]) == (1, 0, 0)
    for name in ("proposal_f1", "edits_per_cell", "changed_px_per_cell", "active_s_per_cell"):
        assert figures[name] is None
    assert figures["model_version"] == "baseline"


def test_costs_are_those_of_the_edit_log_per_stitched_cell(loop: Loop) -> None:
    fov_id = loop.ingest("one", channels=("DAPI",))
    job_id = loop.launch(crop_size_px=200)
    changed: list[int] = []

    def remove_first(labels: npt.NDArray[np.uint32]) -> None:
        first = labels == labels[labels > 0].min()
        changed.append(int(first.sum()))
        labels[first] = 0

    loop.annotate(job_id, remove_first)
    loop.stitch(job_id, fov_id)
    loop.review(fov_id)
    figures = _figures(loop, job_id)
    n_cells = figures["n_cells"]
    assert isinstance(n_cells, int)
    assert (figures["n_edits"], figures["n_accepted"], figures["n_stitched"]) == (1, 1, 1)
    assert figures["edits_per_cell"] == 1 / n_cells
    assert figures["changed_px_per_cell"] == changed[0] / n_cells
    assert figures["active_s_per_cell"] == 2.0 / n_cells
    assert figures["proposal_f1"] == pytest.approx(2 * n_cells / (2 * n_cells + 1))


def test_f1_is_pooled_over_fovs_and_averaged_over_compartments() -> None:
    one = {"nuclear": {"n_true": 10, "n_pred": 10, "correct": 10}}
    two = {
        "nuclear": {"n_true": 30, "n_pred": 30, "correct": 10},
        "whole_cell": {"n_true": 4, "n_pred": 0, "correct": 0},
    }
    assert pooled_f1([one, two]) == pytest.approx((0.5 + 0.0) / 2)
    assert pooled_f1([]) is None
    assert pooled_f1([{"nuclear": {"n_true": 0, "n_pred": 0, "correct": 0}}]) is None


def test_an_absent_job_is_not_found(loop: Loop) -> None:
    with pytest.raises(NotFound, match="no job 4"):
        _figures(loop, 4)
