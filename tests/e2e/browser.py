"""Find Chromium for the browser tests, or get it: PATH, Playwright's download, the system's package manager.

Run as a script (`make test` does) it makes sure that there is one, or fails with the one line to run.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "No Chromium was found and none could be installed. Run: sudo apt-get install --yes chromium"


def find_browser() -> str | None:
    """Path of a Chromium on PATH or of the one that Playwright has downloaded, else None."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def ensure_browser() -> str:
    """Path of a Chromium, installed if need be; exits with the line to run where it cannot be had."""
    steps = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        steps += [["apt-get", "update", "-qq"], ["apt-get", "install", "--yes", "-qq", "chromium"]]
    path = find_browser()
    for step in steps:
        if path:
            break
        print(f"[set-up] browser: {' '.join(step)}", flush=True)
        subprocess.run(step, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600, check=False)
        path = find_browser()
    if not path:
        sys.exit(ADVICE)
    return path


if __name__ == "__main__":
    print(f"browser: {ensure_browser()}")
