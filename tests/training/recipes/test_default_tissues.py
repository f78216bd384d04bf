"""What synthetic tissue the default model learns from."""

from training.recipes.default_fields import SPLITS
from training.recipes.default_tissues import TISSUES


def test_every_split_has_tissue_and_what_is_validated_is_learned_too():
    assert set(TISSUES) == set(SPLITS)
    assert set(TISSUES["val"]) <= set(TISSUES["train"])
    assert set(TISSUES["test"]) <= set(TISSUES["train"])


def test_cells_of_all_sizes_are_learned_most_of_them_as_large_as_the_demos():
    spacings = sorted(settings.spacing_px for settings in TISSUES["train"])
    assert spacings[0] <= 16
    assert spacings[-1] >= 90
    assert spacings[len(spacings) // 2] < 36
