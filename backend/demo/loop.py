"""One round of the loop after the other, through the application's own parts."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from backend.demo.annotator import Effort, SimulatedAnnotator
from backend.demo.client import ApiClient, RefusedRequest, wait_until
from backend.demo.control import baseline_edits
from backend.demo.corrections import HumanError
from backend.demo.images import DemoImage
from backend.demo.report import RoundReport
from backend.demo.scores import mean_f1, stitched_scores
from backend.demo.stages import Stages
from backend.services.context import Context
from backend.services.fovs import IngestOptions, ingest_image
from pipeline.types import LabelSet

STAGE_LIMIT_S = 900.0
INSTRUCTIONS = "Outline every cell and every nucleus. Leave an outline alone when it is right."


@dataclass(frozen=True)
class Loop:
    """What stays the same from round to round."""

    context: Context
    base_url: str
    admin: ApiClient
    reviewer: ApiClient
    project_id: int
    seed: int
    n_annotators: int = 3
    error: HumanError = field(default_factory=HumanError)

    def run_round(self, number: int, images: list[DemoImage]) -> RoundReport:
        """Ingest, propose, annotate, stitch, review, retrain, promote: one turn, and what it showed."""
        stages = Stages(f"round {number}")
        truths = self.ingest(images, stages)
        job = self.launch(f"Round {number}", list(truths), stages)
        with stages.stage("annotate", f"{self.n_annotators} simulated annotators"):
            efforts = self._annotate(job, truths, seed=self.seed + number)
        with stages.stage("stitch", "crops into FOVs, automatic QC"):
            fovs = self._wait_for_fovs(list(truths))
        stitched = stitched_scores(self.reviewer, truths)
        with stages.stage("review", "accept every FOV"):
            self._accept(fovs)
        with stages.stage("train", "dataset, training, evaluation, promotion"):
            promotion = self._retrain(stages)
        figures = self._figures(job["id"])
        comparison = promotion["comparison"]
        return RoundReport(
            round=number,
            n_fovs=len(truths),
            n_cells=figures["n_cells"],
            proposal_f1=mean_f1(score for effort in efforts for score in effort.proposal_scores),
            edits_per_cell=figures["edits_per_cell"],
            changed_px_per_cell=figures["changed_px_per_cell"],
            active_s_per_cell=figures["active_s_per_cell"],
            baseline_edits_per_cell=baseline_edits(images, job, error=self.error, seed=self.seed)
            / max(figures["n_cells"], 1),
            stitched_f1=mean_f1(stitched),
            candidate_f1=_mean_f1(comparison["candidate"]),
            current_f1=_mean_f1(comparison["current"]),
            promoted=promotion["outcome"] == "promoted",
            reason=promotion["reason"],
            model_version=figures["model_version"],
            stage_s=stages.seconds,
        )

    def ingest(self, images: list[DemoImage], stages: Stages) -> dict[int, LabelSet]:
        """Ingest copies without labels; returns the truth by FOV id."""
        with stages.stage("ingest", f"{len(images)} images"):
            return {self._ingest_one(image): image.truth for image in images}

    def _ingest_one(self, image: DemoImage) -> int:
        return ingest_image(
            self.context, project_id=self.project_id, path=image.path, options=IngestOptions()
        )

    def launch(
        self, name: str, fov_ids: list[int], stages: Stages, *, crop_size_px: int = 270
    ) -> dict[str, Any]:
        """Launch a job on the FOVs and wait until its proposals and tasks are there."""
        body = {
            "name": name,
            "fov_ids": fov_ids,
            "instructions": INSTRUCTIONS,
            "crop_size_px": crop_size_px,
        }
        with stages.stage("predict", f"proposals for {len(fov_ids)} FOVs"):
            job = self.admin.post(f"/projects/{self.project_id}/jobs", body)
            job = wait_until(
                lambda: self.admin.get(f"/jobs/{job['id']}"),
                lambda found: found["state"] != "preparing",
                timeout_s=STAGE_LIMIT_S,
                what=f"job {name!r}",
            )
        if job["state"] == "failed":
            raise RefusedRequest("POST", "/jobs", 500, {"message": job["failure"]})
        return job

    def launch_url(self, job_id: int, annotator: str) -> str:
        """The link that an annotator opens."""
        answer = self.admin.post(f"/jobs/{job_id}/launch-tokens", {"annotator": annotator})
        return str(answer["url"])

    def _annotate(self, job: dict[str, Any], truths: Mapping[int, LabelSet], *, seed: int) -> list[Effort]:
        def work(index: int) -> Effort:
            name = f"simulated-{index + 1}"
            token = self.admin.post(f"/jobs/{job['id']}/launch-tokens", {"annotator": name})["launch_token"]
            client = ApiClient.launch(self.base_url, token)
            annotator = SimulatedAnnotator(
                client, truths.__getitem__, seed=seed * 100 + index, error=self.error
            )
            return annotator.work(job["id"])

        with ThreadPoolExecutor(self.n_annotators) as pool:
            return list(pool.map(work, range(self.n_annotators)))

    def _wait_for_fovs(self, fov_ids: list[int]) -> list[dict[str, Any]]:
        return [
            wait_until(
                partial(self.reviewer.get, f"/fovs/{fov_id}"),
                lambda fov: fov["state"] == "stitched",
                timeout_s=STAGE_LIMIT_S,
                what=f"stitching of FOV {fov_id}",
            )
            for fov_id in fov_ids
        ]

    def _accept(self, fovs: list[dict[str, Any]]) -> None:
        for fov in fovs:
            body = {"decision": "accepted", "revision_id": fov["current_revision"]["id"], "notes": ""}
            self.reviewer.post(f"/fovs/{fov['id']}/reviews", body)

    def _retrain(self, stages: Stages) -> dict[str, Any]:
        """Train on all that is accepted; returns the promotion record that the run led to."""
        run = self.admin.post(f"/projects/{self.project_id}/runs", {"kind": "train"})
        said = ""

        def look() -> dict[str, Any]:
            nonlocal said
            found: dict[str, Any] = self.admin.get(f"/runs/{run['id']}")
            text = str(found["progress"].get("message", found["state"]))
            if text != said:
                said = text
                stages.say(f"train: {text}")
            return found

        run = wait_until(
            look,
            lambda found: found["state"] not in ("queued", "running"),
            timeout_s=STAGE_LIMIT_S,
            what="training",
            every_s=2.0,
        )
        if run["state"] != "succeeded":
            raise RefusedRequest("POST", "/runs", 500, {"message": run["failure"] or run["state"]})
        promotions = self.admin.get(f"/projects/{self.project_id}/promotions")["items"]
        return max(promotions, key=lambda promotion: int(promotion["id"]))

    def _figures(self, job_id: int) -> dict[str, Any]:
        rounds = self.reviewer.get(f"/projects/{self.project_id}/rounds")["items"]
        return next(figures for figures in rounds if figures["job_id"] == job_id)


def _mean_f1(score: dict[str, Any] | None) -> float | None:
    """The gate's score of one side; None when there was nothing to compare on."""
    return None if score is None else float(score["mean_f1"])
