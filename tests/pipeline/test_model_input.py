"""The channels that a predictor sees."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InvalidImage, InvalidSetting
from pipeline.io.errors import UnnamedChannel
from pipeline.io.lazy_image import ChannelInfo
from pipeline.model_input import find_inputs, model_image
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


PANEL = (
    ChannelInfo("DAPI", "nuclear"),
    ChannelInfo("CD45", "membrane"),
    ChannelInfo("CD3 (Er170)"),
    ChannelInfo("CD20"),
    ChannelInfo("Ki67"),
)
TAKEN = ("nuclear", "membrane", "CD20", "cd3")


@given(order=st.permutations(range(len(PANEL))))
def test_the_order_of_the_channels_of_an_image_does_not_matter(order: list[int]) -> None:
    found = find_inputs([PANEL[index] for index in order], names=TAKEN)
    assert [PANEL[order[index]].name for index in found if index is not None] == [
        "DAPI",
        "CD45",
        "CD20",
        "CD3 (Er170)",
    ]


def test_what_is_said_wins_over_roles_and_names() -> None:
    inputs = {"membrane": "Ki67", "CD20": "2", "cd3": ""}
    assert find_inputs(PANEL, names=TAKEN, inputs=inputs) == (0, 4, 2, None)
    assert find_inputs(PANEL, names=TAKEN[2:], inputs={"CD20": "ki67"}) == (4, 2)


def test_named_channels_are_read_and_zeros_stand_for_none() -> None:
    source = Reader((ChannelInfo("CD8"), ChannelInfo("CD4"), ChannelInfo("DNA", "nuclear")))
    names, inputs = ("nuclear", "membrane", "cd4", "CD20"), {"CD20": ""}
    image = model_image(source, Window(2, 3, 10, 11), 1, names=names, inputs=inputs)
    assert (image.shape, image.dtype) == ((10, 11, 4), np.float32)
    np.testing.assert_array_equal(image[..., 0], PIXELS[1, 2, 2:12, 3:14])
    np.testing.assert_array_equal(image[..., 2], PIXELS[1, 1, 2:12, 3:14])
    assert not image[..., [1, 3]].any()


@pytest.mark.parametrize(
    ("names", "inputs", "error", "message"),
    [
        (("nuclear", "CD8"), {}, InvalidImage, "takes a channel 'CD8', and 0 of the channels .*'DAPI'"),
        (("CD8",), {}, InvalidImage, "Say which one it is, CD8=CHANNEL, or CD8= when there is none"),
        (("CD3",), {"CD3": "CD8"}, UnnamedChannel, "the CD3 channel 'CD8' is not one of its 5 channels"),
        (("CD3",), {"CD33": "CD3"}, InvalidSetting, r"takes no input 'CD33'; it takes \['CD3'\]"),
    ],
)
def test_channels_that_cannot_be_found_are_named(
    names: tuple[str, ...], inputs: dict[str, str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        find_inputs(PANEL, names=names, inputs=inputs)
