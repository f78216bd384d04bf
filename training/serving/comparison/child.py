"""A process of its own for each export and each candidate, so that what it takes can be told apart.

    python -m training.serving.comparison.child FOLDER export EXPORTER
    python -m training.serving.comparison.child FOLDER measure CANDIDATE

FOLDER holds the model folder, `image.npy` (1, row, col, channel), `calibration.npy` (n, row, col, channel)
and what was exported. The answer is a JSON object in `answer.json`, the maps of a candidate are `maps.npz`.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.benchmarks import best_time_s, peak_growth_bytes
from training.serving.comparison.candidates import CANDIDATES, MODEL
from training.serving.networks import Network

IMAGE_FILE, CALIBRATION_FILE = "image.npy", "calibration.npy"
ANSWER_FILE, MAPS_FILE = "answer.json", "maps.npz"
_FAULTS = (ImportError, RuntimeError, ValueError, TypeError, AttributeError)


def export(folder: Path, name: str) -> dict[str, Any]:
    """Write the files of one exporter into the folder."""
    # Imported here because a process that measures must not pay for it.
    from training.serving.comparison.exports import EXPORTERS

    images = np.load(folder / CALIBRATION_FILE, allow_pickle=False)
    EXPORTERS[name](folder / MODEL, folder, [image[None] for image in images])
    return {}


def measure(folder: Path, name: str, *, n_runs: int = 10) -> dict[str, Any]:
    """Load a candidate, run it, and keep its maps.

    Returns
    -------
    dict
        `first_s`, from nothing loaded to the first answer; `run_s`, the quickest of `n_runs` later ones;
        `memory_mb`, what the process grew by until the first answer, libraries included.
    """
    candidate = {candidate.name: candidate for candidate in CANDIDATES}[name]
    image = np.load(folder / IMAGE_FILE, allow_pickle=False)
    networks: list[Network] = []

    def first() -> object:
        networks.append(candidate.load(folder / candidate.file))
        return networks[0].run(image)

    begun = time.perf_counter()
    memory_mb = peak_growth_bytes(first) / 1e6
    first_s = time.perf_counter() - begun
    maps: dict[str, Any] = {**networks[0].run(image)}
    np.savez(folder / MAPS_FILE, **maps)
    run_s = best_time_s(lambda: networks[0].run(image), n_runs=n_runs)
    return {"first_s": first_s, "run_s": run_s, "memory_mb": memory_mb}


def main(folder: Path, do: str, name: str) -> None:
    """Do one thing and write the answer; what went wrong is an answer too."""
    try:
        answer = {"export": export, "measure": measure}[do](folder, name)
    except _FAULTS as fault:
        first_line = (str(fault).strip() or type(fault).__name__).splitlines()[0]
        answer = {"fault": first_line}
    (folder / ANSWER_FILE).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
