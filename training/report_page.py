"""The HTML of a report: one page that needs no other file and runs no script."""

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image as Picture

from pipeline.types import Image, Labels
from training.config import NetworkConfig
from training.targets import inner_edges

_TRUTH_COLOR, _FOUND_COLOR = (255, 215, 0), (255, 0, 255)
_WIDTH, _HEIGHT, _MARGIN = 640, 240, 44
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2127}
table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:left;border-bottom:1px solid #ccd}
td.n{text-align:right;font-variant-numeric:tabular-nums}figure{display:inline-block;margin:.5rem 1rem .5rem 0}
img{image-rendering:pixelated;max-width:100%}svg{max-width:100%;height:auto}figcaption{font-size:.85rem}
"""


@dataclass(frozen=True)
class Example:
    """One compartment of one crop: image (row, col, channel), labels true and predicted (row, col)."""

    source: str
    compartment: str
    image: Image
    truth: Labels
    found: Labels


def render_page(
    *,
    title: str,
    metrics: Mapping[str, Any],
    config: NetworkConfig,
    split: str,
    rows: Sequence[Mapping[str, Any]],
    examples: Sequence[Example],
) -> str:
    """Return the page.

    Parameters
    ----------
    metrics
        What `metrics.json` says.
    split
        That the rows and the examples come from.
    rows
        Of the table of scores; all have the same keys.
    """
    facts = {
        "network": config.network,
        "epochs": len(metrics["curve"]),
        "best epoch": metrics["best_epoch"],
        "ended by": metrics["ended_by"],
        "steps": metrics["n_steps"],
        "training crops": metrics["n_train_crops"],
        "validated on": metrics["validated_on"],
        "seconds": metrics["elapsed_s"],
        "seed": metrics["seed"],
    }
    parts = [
        f"<h1>{escape(title)}</h1>",
        _table([{"": name, " ": value} for name, value in facts.items()]),
        "<h2>Loss</h2>",
        _curves(metrics["curve"]),
        f"<h2>F1 on the {escape(split)} split</h2>",
        _table(rows),
        "<h2>Examples</h2><p>Truth in yellow, prediction in magenta.</p>",
        *(_figure(example) for example in examples),
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "<p>Nothing to show.</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
    body = "".join(f"<tr>{''.join(_cell(value) for value in row.values())}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f'<td class="n">{value:.3f}</td>'
    return f'<td class="n">{value}</td>' if isinstance(value, int) else f"<td>{escape(str(value))}</td>"


def _curves(curve: Sequence[Mapping[str, Any]]) -> str:
    """Return the losses of each epoch as an SVG picture."""
    if not curve:
        return "<p>No epoch was completed.</p>"
    top = max(max(entry["train_loss"], entry["val_loss"]) for entry in curve) or 1.0
    last = curve[-1]["epoch"]

    def place(entry: Mapping[str, Any], name: str) -> str:
        x = _MARGIN + (_WIDTH - 2 * _MARGIN) * (entry["epoch"] - 1) / max(last - 1, 1)
        y = _HEIGHT - _MARGIN - (_HEIGHT - 2 * _MARGIN) * entry[name] / top
        return f"{x:.1f},{y:.1f}"

    lines = [
        _line([place(entry, name) for entry in curve], color=color, name=label)
        for name, color, label in (
            ("train_loss", "#5b6b7c", "training"),
            ("val_loss", "#c2410c", "validation"),
        )
    ]
    low, right = _HEIGHT - _MARGIN, _WIDTH - _MARGIN
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" aria-label="Loss by epoch">'
        f'<path d="M{_MARGIN},{_MARGIN}V{low}H{right}" fill="none" stroke="#99a"/>{"".join(lines)}'
        f'<text x="4" y="{_MARGIN}" font-size="12">{top:.4f}</text>'
        f'<text x="4" y="{low}" font-size="12">0</text>'
        f'<text x="{right}" y="{_HEIGHT - 20}" font-size="12" text-anchor="end">epoch {last}</text>'
        f'<text x="{_MARGIN}" y="20" font-size="12" fill="#5b6b7c">training</text>'
        f'<text x="{_MARGIN + 70}" y="20" font-size="12" fill="#c2410c">validation</text></svg>'
    )


def _line(places: Iterable[str], *, color: str, name: str) -> str:
    return (
        f'<polyline points="{" ".join(places)}" fill="none" stroke="{color}" stroke-width="2">'
        f"<title>{name}</title></polyline>"
    )


def _figure(example: Example) -> str:
    shown = _rgb(example.image)
    pair = np.concatenate(
        [
            _outlined(shown, example.truth, color=_TRUTH_COLOR),
            np.full((shown.shape[0], 4, 3), 255, np.uint8),
            _outlined(shown, example.found, color=_FOUND_COLOR),
        ],
        axis=1,
    )
    caption = escape(f"{example.source}: {example.compartment}")
    return (
        f'<figure><img alt="{caption}, truth and prediction" src="data:image/png;base64,{_png(pair)}">'
        f"<figcaption>{caption}; {_count(example.truth)} true, {_count(example.found)} predicted</figcaption>"
        "</figure>"
    )


def _rgb(image: Image) -> npt.NDArray[np.uint8]:
    """Show the first channel in blue, the second in green, each up to its 99.5 percentile."""
    shown = np.zeros((*image.shape[:2], 3), np.float32)
    for channel, color in zip(range(min(image.shape[2], 2)), (2, 1), strict=False):
        plane = image[..., channel].astype(np.float64)
        low, high = float(plane.min()), float(np.percentile(plane, 99.5))
        if high > low:
            shown[..., color] = np.clip((plane - low) / (high - low), 0, 1)
    return np.rint(shown * 255).astype(np.uint8)


def _outlined(
    shown: npt.NDArray[np.uint8], labels: Labels, *, color: tuple[int, int, int]
) -> npt.NDArray[np.uint8]:
    result = shown.copy()
    result[inner_edges(labels)] = color
    return result


def _png(pixels: npt.NDArray[np.uint8]) -> str:
    stream = io.BytesIO()
    Picture.fromarray(pixels).save(stream, "PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode()


def _count(labels: Labels) -> int:
    return int(np.count_nonzero(np.unique(labels)))
