"""The two channels that a predictor sees."""

from dataclasses import dataclass

import numpy as np
import pytest

from pipeline.errors import InvalidImage
from pipeline.io.lazy_image import ChannelInfo
from pipeline.model_input import model_image
from pipeline.windows import Window

PIXELS = np.arange(2 * 3 * 20 * 30).reshape(2, 3, 20, 30).astype(np.uint16)


@dataclass
class Reader:
    channels: tuple[ChannelInfo, ...]

    def read(self, frame: int, channel: int, window: Window) -> np.ndarray:
        return PIXELS[frame, channel][window.slices]


def reader(*roles: str) -> Reader:
    return Reader(tuple(ChannelInfo(f"c{i}", role) for i, role in enumerate(roles)))


def test_nuclear_comes_before_membrane_as_stored() -> None:
    image = model_image(reader("membrane", "other", "nuclear"), Window(2, 3, 10, 11), 1)
    assert image.dtype == np.float32
    np.testing.assert_array_equal(image[..., 0], PIXELS[1, 2, 2:12, 3:14])
    np.testing.assert_array_equal(image[..., 1], PIXELS[1, 0, 2:12, 3:14])


def test_a_missing_membrane_is_zeros() -> None:
    image = model_image(reader("nuclear"), Window(0, 0, 20, 30))
    np.testing.assert_array_equal(image[..., 0], PIXELS[0, 0])
    assert not image[..., 1].any()


@pytest.mark.parametrize(
    "roles", [("other", "membrane"), ("nuclear", "nuclear"), ("nuclear", "membrane", "membrane")]
)
def test_roles_that_are_not_clear_are_refused(roles: tuple[str, ...]) -> None:
    with pytest.raises(InvalidImage, match="exactly one must"):
        model_image(reader(*roles), Window(0, 0, 5, 5))
