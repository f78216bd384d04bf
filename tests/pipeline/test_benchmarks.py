"""Benchmarks: they measure what they say, at a small size; no test waits for a speed."""

from __future__ import annotations

import numpy as np

from pipeline.benchmarks import (
    bench_crop_and_stitch,
    bench_qc,
    bench_score,
    best_time_s,
    draw_cells,
    peak_growth_bytes,
)
from pipeline.labels import count_instances
from pipeline.qc import run_qc


def test_the_drawn_cells_are_all_there_whole_and_the_same_for_one_seed():
    labels = draw_cells(512, 500, seed=3)
    assert count_instances(labels) == 500
    assert [f.rule for f in run_qc({"whole_cell": labels}) if f.severity != "info"] == []
    assert np.array_equal(labels, draw_cells(512, 500, seed=3))


def test_figures_have_names_and_positive_values():
    figures = bench_crop_and_stitch(600, 400, n_runs=1) | bench_score(300, 100, n_runs=1)
    figures |= bench_qc(300, 100, n_runs=1)
    assert sorted(figures) == [
        "crop_memory_factor",
        "crop_mpx_per_s",
        "qc_s",
        "score_s",
        "stitch_memory_factor",
        "stitch_mpx_per_s",
    ]
    assert all(value > 0 for name, value in figures.items() if "memory" not in name)


def test_the_best_time_leaves_out_the_first_run():
    calls = []
    assert best_time_s(lambda: calls.append(0), n_runs=3) >= 0
    assert len(calls) == 4


def test_peak_growth_counts_what_was_held_for_a_moment():
    n_bytes = 64 * 2**20
    grown = peak_growth_bytes(lambda: int(np.ones(n_bytes, dtype=np.uint8).sum()))
    assert 0.9 * n_bytes < grown < 1.5 * n_bytes
