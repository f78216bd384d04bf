"""A simulated annotator: does over HTTP what the editor page does, from the launch link to the submit."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.demo.client import ApiClient
from backend.demo.corrections import Correction, HumanError, correct_labels
from pipeline.label_diff import edit_checksum, encode_diff, labels_checksum
from pipeline.metrics import Score, score_labels
from pipeline.types import LabelSet
from pipeline.windows import Window

BATCH = 200
TruthOf = Callable[[int], LabelSet]


@dataclass
class Effort:
    """What one annotator did, and how good the proposals were that it was given."""

    n_tasks: int = 0
    n_edits: int = 0
    proposal_scores: list[Score] = field(default_factory=list)


class SimulatedAnnotator:
    """Works through a job until nothing is left. `truth_of(fov_id)` gives the ground truth of an FOV."""

    def __init__(self, client: ApiClient, truth_of: TruthOf, *, seed: int, error: HumanError) -> None:
        self._client = client
        self._truth_of = truth_of
        self._rng = np.random.default_rng(seed)
        self._error = error
        self.effort = Effort()

    def work(self, job_id: int) -> Effort:
        """Claim, correct and submit tasks of the job until it hands out no more."""
        while assignment := self._client.post(f"/jobs/{job_id}/claims"):
            self._annotate(assignment)
        return self.effort

    def _annotate(self, assignment: dict[str, Any]) -> None:
        path = f"/assignments/{assignment['id']}"
        for channel in assignment["channels"]:
            self._client.get_npy(f"{path}/channels/{channel['index']}.npy")
        labels = self._client.get_npy(f"{path}/labels.npy").copy()
        truth = self._truth_of(assignment["fov_id"])
        window = Window(**assignment["window"])
        corrections: list[Correction] = []
        for index, compartment in enumerate(assignment["compartments"]):
            if compartment not in truth:
                continue
            plane, target = labels[index, 0], truth[compartment][window.slices]
            self.effort.proposal_scores.append(score_labels(target, plane.astype(np.int32), iou=0.5))
            corrections += correct_labels(
                plane, target, compartment=compartment, error=self._error, rng=self._rng
            )
        last_seq = self._send(path, corrections, assignment["last_seq"])
        self._client.post(
            f"{path}/submit", {"last_seq": last_seq, "checksums": _checksums(assignment, labels)}
        )
        self.effort.n_tasks += 1
        self.effort.n_edits += len(corrections)

    def _send(self, path: str, corrections: list[Correction], last_seq: int) -> int:
        edits = [_edit(last_seq + 1 + i, correction) for i, correction in enumerate(corrections)]
        for start in range(0, len(edits), BATCH):
            last_seq = self._client.post(f"{path}/edits", {"edits": edits[start : start + BATCH]})["last_seq"]
        return last_seq


def _edit(seq: int, correction: Correction) -> dict[str, Any]:
    data = encode_diff(correction.diff)
    return {
        "seq": seq,
        "tool": correction.tool,
        "client_at": datetime.now(UTC).isoformat(),
        "active_s": round(correction.active_s, 3),
        "diff": base64.b64encode(data).decode(),
        "checksum": edit_checksum(data),
    }


def _checksums(assignment: dict[str, Any], labels: npt.NDArray[np.uint32]) -> dict[str, int]:
    return {name: labels_checksum(labels[i]) for i, name in enumerate(assignment["compartments"])}
