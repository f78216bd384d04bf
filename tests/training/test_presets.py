import json
from pathlib import Path

import pytest

from training import presets
from training.config import FitConfig, MesmerConfig, UNetConfig, config_to_dict
from training.errors import InvalidConfig
from training.postprocess import WatershedConfig
from training.presets import change_config, load_config, load_preset, preset_names


def test_the_presets_are_these():
    assert preset_names() == ("mesmer", "mesmer-as-shipped", "mesmer-lineage", "unet")


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_says_everything_and_survives_a_file(name, tmp_path):
    config = load_preset(name)
    said = json.loads((Path(presets.__file__).parent / f"{name}.json").read_text())
    assert said == json.loads(json.dumps(config_to_dict(config)))
    (tmp_path / "config.json").write_text(json.dumps(config_to_dict(config)))
    assert load_config(tmp_path / "config.json") == config
    assert change_config(config, []) == config


def test_the_default_preset_is_what_the_code_says():
    assert load_preset() == UNetConfig()
    assert load_preset("mesmer") == MesmerConfig()


def test_the_paper_s_numbers_are_in_its_preset():
    fit = load_preset("mesmer").fit
    assert (fit.learning_rate, fit.clip_norm, fit.batch_size, fit.rate_decay) == (1e-4, 0.001, 8, 0.99)
    assert (fit.crop_px, fit.epochs, fit.schedule) == (256, 100, "exponential")


def test_the_shipped_program_and_the_paper_differ_in_the_pyramid():
    paper, shipped = load_preset("mesmer"), load_preset("mesmer-as-shipped")
    assert (paper.depthwise, paper.levels) == (True, "combined")
    assert (shipped.depthwise, shipped.levels) == (False, "finest")
    assert shipped.whole_cell == WatershedConfig.preset("mesmer_whole_cell")
    assert load_preset("mesmer-lineage").n_channels == 6


def test_single_settings_are_changed():
    config = change_config(load_preset(), ["fit.learning_rate=0.001", "filters=[8,16]", "network=unet"])
    assert config == UNetConfig(filters=(8, 16), fit=FitConfig(learning_rate=0.001))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["fit.lr=1"], r"'fit.lr=1' names no setting; known ones are \['balance_by'"),
        (["fit.epochs.n=1"], "'fit.epochs.n=1' names no setting"),
        (["depthwise=true"], "'depthwise=true' names no setting"),
        (["fit.epochs"], "'fit.epochs' has no value; write it as key=value"),
        (["fit.epochs=many"], "the settings: fit: epochs is 'many'; it must be int"),
        (["fit.schedule=linear"], "schedule is 'linear'; choose one of"),
        (["network=mesmer"], r"the settings has unknown settings \['filters'"),
        (["network=vgg"], "network is 'vgg'; choose one of"),
    ],
)
def test_wrong_settings_are_refused_by_name(settings, message):
    with pytest.raises(InvalidConfig, match=message):
        change_config(load_preset(), settings)


def test_an_unknown_preset_is_refused_with_the_known_ones():
    with pytest.raises(InvalidConfig, match="no preset 'best'; choose one of mesmer, mesmer-as-shipped"):
        load_preset("best")


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "config.json cannot be read as JSON"), ("[]", "config.json is list; it must be an object")],
)
def test_a_file_that_is_no_config_is_refused(text, message, tmp_path):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(InvalidConfig, match=message):
        load_config(tmp_path / "config.json")
    with pytest.raises(InvalidConfig, match="cannot be read as JSON"):
        load_config(tmp_path / "absent.json")
