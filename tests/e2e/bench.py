"""The speed of the editor in a real browser, as one table: `npm run bench:browser` in `frontend/`.

The engine runs on a page of its own with a canvas of 1000 x 800: the times are those of script with its
upload and drawing calls. The annotator's page is the built one, served by the application itself.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from backend.config import Settings
from backend.demo.page_load import open_job
from backend.logging import configure_logging
from backend.serve import embedded_stack
from tests.e2e.browser import ensure_browser
from tests.e2e.editor_page import READY
from tests.e2e.engine_build import build_engine_page, serve_folder

SIZES = ((2048, 100), (4096, 200))
RENDERERS = ("webgl2", "canvas2d")
N_STROKES = 400
N_LOADS = 5
DEEPCELL = {
    "brush stroke of 20 events": "454 ms",
    "trim": "110,487 ms",
    "flood a cell": "496 ms",
    "autofit": "119,807 ms",
    "sent per brush stroke": "804 kB",
    "kept per undo step": "16.8 MB",
}
"""DeepCell Label for one edit at 2048 x 2048 with 10,404 cells, on two shared cores."""
AIMS = {
    "pointer event, brush of radius 5 (99 %)": "4 ms",
    "pointer event, brush of radius 50 (99 %)": "16 ms",
    "sent per brush stroke": "1 kB",
    **dict.fromkeys(("trim", "flood a cell", "merge by a drag", "delete", "split by a line"), "20 ms"),
    **dict.fromkeys(("autofit", "watershed split"), "100 ms"),
}
SCRIPTS_BEFORE_PAINT = """() => {
  const { startTime } = performance.getEntriesByName("first-contentful-paint")[0];
  const scripts = performance.getEntriesByType("resource").filter(
    ({ name, fetchStart }) => name.endsWith(".js") && fetchStart < startTime);
  return scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
}"""


@dataclass(frozen=True)
class Row:
    """One line of the table; `values` are those of the columns."""

    what: str
    values: list[str]
    aim: str
    deepcell: str


def measure_engine(browser: Browser, url: str) -> list[Row]:
    """Every size with every renderer."""
    columns = [
        _engine_column(browser, url, size=size, n_across=n_across, renderer=renderer)
        for size, n_across in SIZES
        for renderer in RENDERERS
    ]
    return [
        Row(what, [column[what] for column in columns], _aim(what), DEEPCELL.get(what, ""))
        for what in columns[0]
    ]


def _aim(what: str) -> str:
    return "10 ms" if what.startswith("undo of") else AIMS.get(what, "")


def _engine_column(browser: Browser, url: str, *, size: int, n_across: int, renderer: str) -> dict[str, str]:
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.goto(f"{url}/engine.html")
    page.wait_for_function("() => window.enginePage")
    call = "([size, n, kind]) => enginePage.runBench(size, n, kind)"
    rows = page.evaluate(call, [size, n_across, renderer])
    column = {row["what"]: f"{row['value']:,.3g} {row['unit']}" for row in rows}
    n_bytes, n_px = _kept_per_step(page)
    column["kept per undo step"] = f"{n_bytes:,.0f} B for {n_px:,.0f} px"
    page.evaluate("() => enginePage.closeBench()")
    page.close()
    return column


def _kept_per_step(page: Page) -> tuple[float, float]:
    """Memory that stays after a stroke, history and log of the session together, and pixels changed."""
    page.evaluate("count => enginePage.paintStrokes(count)", N_STROKES)
    before = _held_bytes(page)
    n_px = page.evaluate("count => enginePage.paintStrokes(count)", N_STROKES)
    return (_held_bytes(page) - before) / N_STROKES, n_px / N_STROKES


def _held_bytes(page: Page) -> float:
    devtools = page.context.new_cdp_session(page)
    for _ in range(3):
        devtools.send("HeapProfiler.collectGarbage")
    usage: dict[str, Any] = devtools.send("Runtime.getHeapUsage")
    devtools.detach()
    return float(usage["usedSize"] + usage.get("backingStorageSize", 0))


def measure_page(browser: Browser, url: str) -> list[Row]:
    """The annotator's page with an empty cache: its scripts, and the time until a crop can be edited."""
    ready_s, script_bytes = [], 0.0
    for _ in range(N_LOADS):
        page = browser.new_context().new_page()
        page.goto(url, wait_until="commit")
        page.wait_for_selector(READY, timeout=30_000)
        ready_s.append(float(page.evaluate("performance.now()")) / 1000)
        script_bytes = page.evaluate(SCRIPTS_BEFORE_PAINT)
        page.context.close()
    blank = [""] * (len(SIZES) * len(RENDERERS) - 1)
    return [
        Row("script before the first paint", [f"{script_bytes / 1000:.1f} kB", *blank], "150 kB", ""),
        Row("first crop of 270 x 270 can be edited", [f"{median(ready_s):.2f} s", *blank], "1.5 s", ""),
    ]


def table(rows: list[Row]) -> str:
    """The rows in Markdown."""
    heads = [f"{size}, {renderer}" for size, _ in SIZES for renderer in RENDERERS]
    lines = [["", *heads, "below (2048)", "DeepCell Label (2048)"]]
    lines += [[row.what, *row.values, row.aim, row.deepcell] for row in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    rule = [f"|{'|'.join('-' * (width + 2) for width in widths)}|"]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    return "\n".join(texts[:1] + rule + texts[1:])


def main() -> None:
    """Measure everything and print the table."""
    configure_logging(level="ERROR", style="console")
    with tempfile.TemporaryDirectory(prefix="cytoloop-bench-") as name, sync_playwright() as playwright:
        folder = Path(name)
        build_engine_page(folder / "engine")
        browser = playwright.chromium.launch(
            executable_path=ensure_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        with serve_folder(folder / "engine", isolated=True) as url:
            rows = measure_engine(browser, url)
        with embedded_stack(Settings(data_dir=folder / "data"), port=0) as stack:
            rows += measure_page(browser, open_job(stack, folder / "images"))
        browser.close()
    print(table(rows))


if __name__ == "__main__":
    main()
