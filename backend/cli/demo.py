"""`cytoloop demo`: the whole loop, from images to a better predictor, then the application left serving."""

import contextlib
import json
import signal
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from backend.bootstrap import build_context
from backend.cli.options import OutPath
from backend.config import Settings
from backend.demo.client import ApiClient
from backend.demo.images import DemoImages, folder_images, synthetic_images
from backend.demo.loop import Loop
from backend.demo.report import RoundReport, as_json, table
from backend.demo.stages import Stages
from backend.logging import configure_logging
from backend.serve import Stack, embedded_stack

TRAIN_MINUTES = 2.5
MOST_LEFT_OUT_SHOWN = 5
FOVS_PER_ROUND = {"synthetic": 8, "folder": 24}
"""Large enough to train on and to compare with; small enough for ten minutes on two cores."""


@click.command()
@click.option(
    "--images", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Your own images."
)
@click.option("--rounds", "n_rounds", type=click.IntRange(min=2), default=2, show_default=True)
@click.option("--report", "report_path", type=OutPath, help="Write the figures as JSON.")
@click.option("--exit", "exit_after", is_flag=True, help="End after the report instead of serving.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=TRAIN_MINUTES,
              show_default=True, help="Training time per round.")  # fmt: skip
def demo(
    *,
    images: Path | None,
    n_rounds: int,
    report_path: Path | None,
    exit_after: bool,
    host: str,
    port: int,
    seed: int,
    minutes: float,
) -> None:
    """Run the loop on synthetic tissue, or on your own images, with simulated annotators.

    \b
    Example:
      cytoloop demo --images ~/tissue --exit --report report.json
    """
    with tempfile.TemporaryDirectory(prefix="cytoloop-demo-") as folder:
        chosen = choose_images(images, Path(folder) / "images", n_rounds=n_rounds, seed=seed)
        settings = replace(Settings.from_env(), data_dir=Path(folder) / "data", train_minutes=minutes)
        configure_logging(level="WARNING", style="console")
        with embedded_stack(settings, host=host, port=port) as stack:
            loop = prepare(stack, seed=seed)
            rounds = run_rounds(loop, chosen)
            report = as_json(rounds, images=str(images or "synthetic"), seed=seed, left_out=chosen.left_out)
            if report_path:
                report_path.write_text(json.dumps(report, indent=2) + "\n")
            click.echo(f"\n{table(rounds)}\n\n{verdict(rounds)}")
            if not exit_after:
                click.echo(invitation(loop, chosen, stack))
                wait_for_interrupt()


def choose_images(images: Path | None, folder: Path, *, n_rounds: int, seed: int) -> DemoImages:
    """The images of every round; says what is left out and why."""
    if images is None:
        return synthetic_images(folder, n_rounds=n_rounds, per_round=FOVS_PER_ROUND["synthetic"], seed=seed)
    chosen = folder_images(images, folder, n_rounds=n_rounds, per_round=FOVS_PER_ROUND["folder"], seed=seed)
    for line in chosen.left_out[:MOST_LEFT_OUT_SHOWN]:
        click.echo(f"left out: {line}", err=True)
    if len(chosen.left_out) > MOST_LEFT_OUT_SHOWN:
        click.echo(f"left out: {len(chosen.left_out)} files in all; the report names each", err=True)
    return chosen


def prepare(stack: Stack, *, seed: int) -> Loop:
    """Sign in as the first accounts and open a project."""
    admin = ApiClient.sign_in(stack.url, "admin", stack.passwords["admin"])
    reviewer = ApiClient.sign_in(stack.url, "reviewer", stack.passwords["reviewer"])
    # Each round asks for its training itself, once all of its FOVs are accepted.
    # It begins without a trained model, so that the first round shows what the loop gains from nothing.
    settings = {"retrain_min_new_cells": 1_000_000_000, "predictor": "baseline"}
    project = admin.post("/projects", {"name": "Demo", "settings": settings})
    context = build_context(stack.settings, role="cli")
    return Loop(context, stack.url, admin, reviewer, project["id"], seed)


def run_rounds(loop: Loop, chosen: DemoImages) -> list[RoundReport]:
    """Every round in turn; each prints its figures as it ends."""
    rounds: list[RoundReport] = []
    for number, images in enumerate(chosen.rounds, start=1):
        rounds.append(loop.run_round(number, images))
        click.echo(f"\n{table(rounds)}\n{rounds[-1].reason}\n")
    return rounds


def verdict(rounds: list[RoundReport]) -> str:
    """What the rounds showed, in one sentence with its figures."""
    first, last = rounds[0].edits_per_cell, rounds[-1].edits_per_cell
    if not first or last is None:
        return "Nothing was edited, so there is nothing to compare."
    change = 100 * (last - first) / first
    return (
        f"Edits per cell: {first:.3f} in round {rounds[0].round}, "
        f"{last:.3f} in round {rounds[-1].round} ({change:+.0f} %)."
    )


def invitation(loop: Loop, chosen: DemoImages, stack: Stack) -> str:
    """Launch one more job for people and say where to go."""
    truths = loop.ingest(chosen.unlabelled, stages := Stages("your turn"))
    lines = {"sign in": f"{loop.base_url}/"}
    lines |= {f"as {name}": f"password {password}" for name, password in stack.passwords.items()}
    if truths:
        job = loop.launch("Your turn", list(truths), stages)
        lines["annotator"] = loop.launch_url(job["id"], "visitor")
    lines |= {"reviewer": f"{loop.base_url}/review", "admin": f"{loop.base_url}/admin"}
    text = "\n".join(f"  {who:<12} {where}" for who, where in lines.items())
    return (
        f"\nCytoloop is serving; Ctrl-C stops it.\n{text}\n"
        "  The demo's data goes when it stops; `cytoloop serve` keeps its own.\n"
    )


def wait_for_interrupt() -> None:
    """Sleep until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            signal.pause()
    click.echo("Stopped.")
