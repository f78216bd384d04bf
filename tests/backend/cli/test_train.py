"""What `cytoloop train` says about its config before it trains anything."""

import json

import pytest


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--set", "fit.lr=1"], ["'fit.lr=1' names no setting", "learning_rate"]),
        (["--set", "fit.epochs"], ["has no value"]),
        (["--preset", "mesmer", "--set", "levels=p3"], ["levels is 'p3'", "finest"]),
        (["--preset", "best"], ["'best' is not one of", "mesmer-as-shipped"]),
        (["--base", "BASE"], ["model.json is not there"]),
        (["--preset", "unet", "--config", "CONFIG"], ["give one of them"]),
        (["--config", "CONFIG"], ["unknown settings ['depth']"]),
        (["--seed", "-1"], ["-1"]),
    ],
)
def test_a_config_that_cannot_be_is_refused_by_name(call, tmp_path, options, words):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "checksums.json").write_text("{}")
    (tmp_path / "config.json").write_text(json.dumps({"network": "unet", "depth": 3}))
    places = {"BASE": tmp_path / "base", "CONFIG": tmp_path / "config.json"}
    given = [places.get(option, option) for option in options]
    result = call("train", tmp_path, "--out", tmp_path / "model", *given)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert all(word in result.output for word in words), result.output
    assert not (tmp_path / "model").exists()
