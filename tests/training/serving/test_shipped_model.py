"""The model that comes with the project is packed with all that its checksums name, and needs no Keras."""

import subprocess
import sys
import tomllib
from pathlib import Path

from training.model_folder import signed_files
from training.serving.served_model import LEAST_F1, find_served

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "training" / "default_model"
MOST_BYTES = 7_000_000
N_INSTANCES = 1000


def test_its_served_form_was_verified_on_many_instances():
    served = find_served(FOLDER)
    assert (served.runtime, served.warning) == ("openvino", "")
    assert served.verified["n_instances"] > N_INSTANCES
    assert min(served.verified["f1"].values()) >= LEAST_F1


def test_it_answers_alike_on_every_machine():
    assert find_served(FOLDER).precision == "f32"


def test_it_predicts_without_keras():
    code = (
        "import sys, numpy as np;"
        "from training.predictor import load_predictor;"
        "load_predictor('default').predict(np.eye(64)[..., None] * [1, 0]);"
        "sys.exit(bool({'keras', 'tensorflow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_signed_file_is_packed():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["training"]
    packed = {path for pattern in patterns for path in (ROOT / "training").glob(pattern)}
    assert {FOLDER / name for name in signed_files(FOLDER)} <= packed


def test_no_file_of_another_model_lies_beside_them():
    assert {f"serving/{path.name}" for path in (FOLDER / "serving").iterdir()} <= set(signed_files(FOLDER))


def test_it_is_small():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < MOST_BYTES
