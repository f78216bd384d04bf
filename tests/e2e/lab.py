"""A lab at work on the running application: its project, its jobs, and what their annotators hold."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.demo.annotator import SimulatedAnnotator
from backend.demo.client import ApiClient, wait_until
from backend.demo.corrections import HumanError
from backend.demo.images import DemoImage, blind_copy
from backend.demo.loop import Loop
from backend.demo.stages import Stages
from pipeline.synthetic import synthetic_tissue


@dataclass(frozen=True)
class Lab:
    """A lab at work on the running application."""

    loop: Loop
    folder: Path

    def open_job(self, name: str, *, shape: tuple[int, int] = (120, 150), crop_size_px: int = 270) -> "Job":
        """Ingest one small FOV, its right half empty for drawing, and launch a job on it."""
        tissue = synthetic_tissue(7, shape=shape)
        tissue.image[:, shape[1] // 2 :] = tissue.image.min(axis=(0, 1))
        for labels in tissue.labels.values():
            labels[:, shape[1] // 2 :] = 0
        facts = {"channels": list(tissue.channels), "nuclear_channel": tissue.channels[0]}
        image = blind_copy(
            self.folder, name.replace(" ", "-"), tissue.image, source="e2e", truth=tissue.labels, facts=facts
        )
        stages = Stages("e2e", quiet=True)
        truths = self.loop.ingest([image], stages)
        job = self.loop.launch(name, list(truths), stages, crop_size_px=crop_size_px)
        return Job(self.loop, job, image, next(iter(truths)))


@dataclass(frozen=True)
class Job:
    """A launched job on one FOV."""

    loop: Loop
    job: dict[str, Any]
    image: DemoImage
    fov_id: int

    def url(self, annotator: str) -> str:
        return self.loop.launch_url(self.job["id"], annotator)

    def session(self, annotator: str) -> tuple[ApiClient, dict[str, Any]]:
        """The annotator's own HTTP session and open assignment, to see what the server holds."""
        token = self.url(annotator).rsplit("/", 1)[1]
        client = ApiClient.launch(self.loop.base_url, token)
        return client, client.post(f"/jobs/{self.job['id']}/claims")

    def annotate(self) -> None:
        """Let a simulated annotator finish the job and wait for the stitched FOV."""
        client = ApiClient.launch(self.loop.base_url, self.url("simulated").rsplit("/", 1)[1])
        SimulatedAnnotator(client, lambda _: self.image.truth, seed=0, error=HumanError()).work(
            self.job["id"]
        )
        self.wait_for_state("stitched")

    def wait_for_state(self, state: str) -> dict[str, Any]:
        found: dict[str, Any] = wait_until(
            lambda: self.loop.reviewer.get(f"/fovs/{self.fov_id}"),
            lambda fov: fov["state"] == state,
            timeout_s=60,
            what=f"FOV to be {state}",
        )
        return found
