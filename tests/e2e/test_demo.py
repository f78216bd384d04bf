import json

import numpy as np
from click.testing import CliRunner

from backend.cli import main
from pipeline.io import write_npz
from pipeline.synthetic import synthetic_tissue

FIELDS = [
    "round",
    "n_fovs",
    "n_cells",
    "proposal_f1",
    "edits_per_cell",
    "changed_px_per_cell",
    "active_s_per_cell",
    "stitched_f1",
    "candidate_f1",
    "current_f1",
    "promoted",
    "reason",
    "model_version",
    "stage_s",
]


def test_two_rounds_on_ones_own_images_end_with_a_report(tmp_path):
    images = tmp_path / "mine"
    images.mkdir()
    for seed in range(10):
        tissue = synthetic_tissue(seed, shape=(150, 140))
        y = np.stack([tissue.labels["whole_cell"], tissue.labels["nuclear"]], axis=-1)
        facts = {"channels": list(tissue.channels), "nuclear_channel": tissue.channels[0]}
        write_npz(images / f"tissue-{seed}.npz", X=tissue.image[None], y=y[None])
        (images / f"tissue-{seed}.json").write_text(json.dumps(facts))
    (images / "notes.tif").write_bytes(b"not an image")
    report = tmp_path / "report.json"
    arguments = ["--images", images, "--exit", "--report", report, "--port", "0", "--minutes", "0.1"]

    result = CliRunner().invoke(main, ["demo", *map(str, arguments)], catch_exceptions=False)

    assert result.exit_code == 0, result.output
    written = json.loads(report.read_text())
    assert len(written["left_out"]) == 1
    assert "notes.tif" in written["left_out"][0]
    rounds = written["rounds"]
    assert [row["round"] for row in rounds] == [1, 2]
    for row in rounds:
        assert set(FIELDS) <= set(row)
        assert row["n_fovs"] == 5
        assert row["n_cells"] > 100
        assert row["edits_per_cell"] > 0
        assert row["stitched_f1"] > max(0.9, row["proposal_f1"])
        assert row["candidate_f1"] is not None
        assert row["promoted"] == (row["candidate_f1"] > row["current_f1"])
        assert {"ingest", "predict", "annotate", "stitch", "review", "train"} <= set(row["stage_s"])
    assert rounds[0]["model_version"] == "baseline"
    assert rounds[1]["model_version"] == ("unet-1" if rounds[0]["promoted"] else "baseline")
    assert rounds[1]["reason"]
