"""Speed and memory of the numerics, on label images made for the purpose; `cytoloop bench` prints them.

Each figure is the best of a few runs after a first one that compiles. Memory is what the process takes beyond
the label image it starts from, as the kernel counts it, in units of that label image.
"""

from __future__ import annotations

import ctypes
import gc
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pipeline.metrics import score_labels
from pipeline.qc import run_qc
from pipeline.stitch import stitch_labels
from pipeline.types import Labels, LabelSet
from pipeline.windows import Window, plan_windows

_STATUS = Path("/proc/self/status")
_CLEAR_REFS = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"

Crops = list[tuple[Window, Labels]]


def draw_cells(size_px: int, n_cells: int, *, seed: int = 0) -> Labels:
    """Draw round cells of varying size on a jittered grid.

    Parameters
    ----------
    size_px : int
        Edge of the square image.
    n_cells : int
    seed : int

    Returns
    -------
    int32, (size_px, size_px)
        Labels 1 to `n_cells`.
    """
    generator = np.random.default_rng(seed)
    n_cols = int(np.ceil(np.sqrt(n_cells)))
    step = size_px / n_cols
    labels = np.zeros((size_px, size_px), dtype=np.int32)
    for k in range(n_cells):
        radius = step * generator.uniform(0.34, 0.48)
        row, col = (np.array(divmod(k, n_cols)) + generator.uniform(0.45, 0.55, 2)) * step
        top, left = max(int(row - radius), 0), max(int(col - radius), 0)
        part = labels[top : int(row + radius) + 2, left : int(col + radius) + 2]
        rows, cols = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
        part[((rows - row) ** 2 + (cols - col) ** 2 < radius**2) & (part == 0)] = k + 1
    return labels


def _shrunken(labels: Labels) -> Labels:
    """Give the cells without their outermost pixels, to stand for nuclei or for another's outlines."""
    inner = labels.copy()
    for axis in (0, 1):
        for step in (-2, 2):
            inner[np.roll(labels, step, axis=axis) != labels] = 0
    return inner


def best_time_s(work: Callable[[], object], *, n_runs: int) -> float:
    """Give the shortest of `n_runs` wall times in seconds, after one run that does not count."""
    work()
    times = []
    for _ in range(n_runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def _memory_bytes(field: str) -> int:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(field + ":"))
    return int(line.split()[1]) * 1024


def peak_growth_bytes(work: Callable[[], object]) -> int:
    """Give how far the resident memory of this process rises while `work` runs (Linux)."""
    gc.collect()
    # Memory that earlier work freed is still held by the C library and would hide what is taken anew.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    _CLEAR_REFS.write_text(_RESET_PEAK)
    before = _memory_bytes("VmRSS")
    held = work()
    peak = _memory_bytes("VmHWM")
    del held
    return max(peak - before, 0)


def crop_labels(labels: Labels, windows: list[Window]) -> Crops:
    """Give the crops of a label image as arrays of their own."""
    return [(window, labels[window.slices].copy()) for window in windows]


def bench_crop_and_stitch(size_px: int = 4096, n_cells: int = 20_000, *, n_runs: int = 3) -> dict[str, float]:
    """Cut a label image into crops of the default plan and stitch them again.

    Returns
    -------
    dict
        ``crop_mpx_per_s`` and ``stitch_mpx_per_s``, by pixels of the FOV; ``crop_memory_factor`` (the crops)
        and ``stitch_memory_factor`` (crops, result and everything between), in label images.
    """
    labels = draw_cells(size_px, n_cells)
    windows = plan_windows(labels.shape)
    crops = crop_labels(labels, windows)

    def stitch() -> Labels:
        return stitch_labels(crops, labels.shape)[0]

    def crop() -> Crops:
        return crop_labels(labels, windows)

    stitch_s, crop_s = best_time_s(stitch, n_runs=n_runs), best_time_s(crop, n_runs=n_runs)
    crop_bytes = sum(part.nbytes for _, part in crops)
    return {
        "crop_mpx_per_s": labels.size / crop_s / 1e6,
        "stitch_mpx_per_s": labels.size / stitch_s / 1e6,
        "crop_memory_factor": peak_growth_bytes(crop) / labels.nbytes,
        "stitch_memory_factor": (crop_bytes + peak_growth_bytes(stitch)) / labels.nbytes,
    }


def bench_score(size_px: int = 2048, n_cells: int = 8_000, *, n_runs: int = 3) -> dict[str, float]:
    """Score two label images; gives ``score_s``."""
    true = draw_cells(size_px, n_cells)
    pred = _shrunken(true)
    return {"score_s": best_time_s(lambda: score_labels(true, pred), n_runs=n_runs)}


def bench_qc(size_px: int = 2048, n_cells: int = 8_000, *, n_runs: int = 3) -> dict[str, float]:
    """Apply every rule to both compartments, seams included; gives ``qc_s``."""
    cells = draw_cells(size_px, n_cells)
    labels: LabelSet = {"whole_cell": cells, "nuclear": _shrunken(cells)}
    seams = plan_windows(cells.shape)
    return {"qc_s": best_time_s(lambda: run_qc(labels, seams=seams), n_runs=n_runs)}


def run_benchmarks() -> dict[str, float]:
    """Run all of them at their full size.

    Returns
    -------
    dict
        The figures by name; ``_s`` are seconds, ``_mpx_per_s`` millions of pixels a second.
    """
    return bench_crop_and_stitch() | bench_score() | bench_qc()
