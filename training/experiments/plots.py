"""The plots that experiments share: matplotlib without a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLORS = {"whole_cell": "#d95f02", "nuclear": "#1b6ca8"}


def new_plot(*, title: str, x: str, y: str) -> tuple[Figure, Axes]:
    """Make a figure with one set of axes."""
    figure = Figure(figsize=(6.4, 4.2))
    axes = figure.subplots()
    axes.set(title=title, xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(visible=True, alpha=0.25)
    return figure, axes


def draw_lines(axes: Axes, lines: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> None:
    """Draw one line per name; compartments have colours of their own."""
    for name, (x, y) in lines.items():
        axes.plot(x, y, marker="o", label=name.replace("_", " "), color=COLORS.get(name))
    axes.legend(frameon=False)


def draw_matrix(
    axes: Axes, values: npt.NDArray[np.floating[Any]], *, rows: Sequence[str], columns: Sequence[str]
) -> None:
    """Draw a matrix of values from 0 to 1 with the figures written in; NaN stays white."""
    axes.grid(visible=False)
    axes.imshow(values, vmin=0, vmax=1, cmap="viridis")
    axes.set_xticks(range(len(columns)), columns, rotation=30, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            color = "white" if value < 0.6 else "black"
            axes.text(column, row, f"{value:.2f}", ha="center", va="center", color=color)
