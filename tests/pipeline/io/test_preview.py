"""Previews: what would be read, as words and as a picture."""

import json
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile

from pipeline.errors import InvalidImage
from pipeline.io.describe import describe_image, preview_image
from pipeline.io.errors import UnnamedChannel
from pipeline.io.ome_zarr import open_fov, open_labels, write_image, write_labels
from pipeline.io.open import open_image
from pipeline.io.preview import auto_contrast, overlay_png, preview_png, thumbnail
from pipeline.windows import Window

STACK = np.random.default_rng(0).integers(0, 500, (3, 90, 120)).astype(np.uint16)


@pytest.fixture
def array(tmp_path: Path) -> Path:
    np.save(tmp_path / "a.npy", STACK)
    return tmp_path / "a.npy"


def test_an_ambiguity_is_an_answer_with_choices_and_a_picture_of_the_first(array: Path) -> None:
    description, png = preview_image(array)
    assert description.ambiguous is not None
    assert description.ambiguous.what == "axes"
    assert description.ambiguous.choices == ("CYX", "ZYX", "TYX", "YXC")
    assert "Name the axes" in description.ambiguous.message
    assert (description.axes, description.shape) == ("CYX", (1, 3, 90, 120))
    assert description.stored_shape == (3, 90, 120)
    assert {channel.role for channel in description.channels} == {"other"}
    picture = imagecodecs.png_decode(png)
    assert picture.shape == (2 * (90 + 18), 2 * 124)
    json.dumps(description.to_json())


def test_what_the_user_says_is_previewed(array: Path) -> None:
    described = describe_image(array, axes="ZYX", pixel_size_um=0.3)
    assert described.ambiguous is None
    assert (described.shape, described.pixel_size_um) == ((3, 1, 90, 120), 0.3)
    assert [channel.role for channel in described.channels] == ["nuclear"]


def test_an_unnamed_nuclear_channel_is_asked_for(array: Path) -> None:
    described = describe_image(array, axes="CYX")
    assert described.ambiguous is not None
    assert (described.ambiguous.what, len(described.ambiguous.choices)) == ("nuclear", 3)
    wrong = describe_image(array, axes="CYX", nuclear=0, membrane="nothing")
    assert wrong.ambiguous is not None
    assert wrong.ambiguous.what == "membrane"
    assert wrong.channels[0].role == "nuclear"


def test_a_wrong_name_in_the_json_file_is_an_error(array: Path) -> None:
    array.with_suffix(".json").write_text('{"axes": "CYX", "membrane_channel": "nothing"}')
    with pytest.raises(UnnamedChannel, match="'nothing' is not one of its 3 channels"):
        describe_image(array, nuclear=0)


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((20, 20), np.nan, np.float32))
    with pytest.raises(InvalidImage, match="nan at row 0"):
        preview_image(tmp_path / "a.npy")


def test_a_flat_channel_is_a_warning(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.full((30, 30), 7, np.uint8))
    assert describe_image(tmp_path / "a.tif").warnings == ("channel 'channel 0' seems to be 7 everywhere",)


def test_a_thumbnail_has_at_most_the_size_asked_for(array: Path) -> None:
    with open_image(array, axes="CYX", nuclear=0) as source:
        small = thumbnail(source, frame=0, channel=1, max_side_px=50)
        np.testing.assert_array_equal(small, STACK[1, ::3, ::3])


def test_contrast_uses_the_whole_range() -> None:
    stretched = auto_contrast(np.arange(1000).reshape(20, 50))
    assert (stretched.min(), stretched.max()) == (0, 255)
    assert not auto_contrast(np.full((5, 5), 9)).any()
    spike = np.zeros((30, 30))
    spike[0, 0] = 5
    assert auto_contrast(spike).max() == 255


def test_many_channels_are_cut_off_and_counted(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((30, 40, 40), np.uint8))
    with open_image(tmp_path / "a.npy", axes="CYX", nuclear=0) as source:
        picture = imagecodecs.png_decode(preview_png(source))
    assert picture.shape == (5 * (40 + 18), 5 * 100)


def test_outlines_are_drawn_over_the_fov(array: Path, tmp_path: Path) -> None:
    labels = np.zeros((90, 120), np.int32)
    labels[20:50, 30:70] = 3
    store = tmp_path / "a.zarr"
    with open_image(array, axes="CYX", nuclear=0, membrane=1) as source:
        write_image(store, source)
    write_labels(store, "nuclear", [(0, Window(0, 0, 90, 120), labels)], shape=(1, 90, 120))
    readers = {"nuclear": open_labels(store, "nuclear")}
    picture = imagecodecs.png_decode(overlay_png(open_fov(store), labels=readers))
    assert picture.shape == (90, 120, 3)
    assert picture[20, 40].tolist() == [0, 255, 255]
    plain = imagecodecs.png_decode(overlay_png(open_fov(store)))
    changed = (picture != plain).any(axis=-1)
    assert changed[20, 30:70].all()
    assert not changed[22:49, 32:69].any()


def test_without_roles_the_first_channel_is_shown(array: Path, tmp_path: Path) -> None:
    with open_image(array, axes="CYX", nuclear=0) as source:
        source.channels = tuple(type(channel)(channel.name) for channel in source.channels)
        picture = imagecodecs.png_decode(overlay_png(source, max_side_px=60))
    assert picture.shape == (45, 60, 3)
    assert picture[..., 2].max() == 255
