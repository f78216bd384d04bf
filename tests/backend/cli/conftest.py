import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from backend.cli import COMMANDS, main
from pipeline.io.npz import write_npz
from pipeline.synthetic import synthetic_tissue

Call = Callable[..., Result]


@pytest.fixture
def call() -> Call:
    """Run `cytoloop ARGS...`; anything but a clear error is raised."""

    def run(*args: object) -> Result:
        result = CliRunner().invoke(main, [str(arg) for arg in args])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def labelled(tmp_path: Path) -> Callable[[int], Path]:
    """Write one small labelled image and say where."""

    def write(seed: int, shape: tuple[int, int] = (300, 280)) -> Path:
        tissue = synthetic_tissue(seed, shape=shape)
        path = tmp_path / f"tissue-{seed}.npz"
        y = np.stack([tissue.labels["whole_cell"], tissue.labels["nuclear"]], axis=-1)
        write_npz(path, X=tissue.image[None], y=y[None], compartments=["whole_cell", "nuclear"])
        path.with_suffix(".json").write_text(
            json.dumps({"channels": ["DAPI", "membrane"], "nuclear_channel": "DAPI"})
        )
        return path

    return write


@pytest.fixture(params=sorted(COMMANDS))
def command(request: pytest.FixtureRequest) -> str:
    """Each command's name in turn."""
    return str(request.param)
