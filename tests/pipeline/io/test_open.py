"""Opening images: axes and roles that are never guessed, the JSON file beside an image, its labels."""

import json
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
import tifffile

from pipeline.errors import (
    AmbiguousAxes,
    InvalidImage,
    InvalidLabels,
    InvalidWindow,
    UnreadableImage,
)
from pipeline.io.errors import UnnamedChannel
from pipeline.io.open import open_image
from pipeline.windows import Window

Array = npt.NDArray[Any]
ROWS, COLS = 45, 61


def values(shape: tuple[int, ...], dtype: str = "uint16") -> Array:
    return (np.arange(np.prod(shape)) * 37 % 251).astype(dtype).reshape(shape)


def grey_png(folder: Path) -> Path:
    path = folder / "a.png"
    path.write_bytes(imagecodecs.png_encode(values((ROWS, COLS))))
    return path


@pytest.mark.parametrize(
    ("shape", "choices"),
    [
        ((3, 20, 21), ("CYX", "ZYX", "TYX", "YXC")),
        ((1, 3, 20, 21), ("CYX", "ZYX", "TYX", "YXC")),
        ((2, 3, 20, 21), ("TCYX", "ZCYX", "CZYX", "CTYX", "TYXC", "ZYXC")),
    ],
)
def test_arrays_without_metadata_are_never_guessed(
    shape: tuple[int, ...], choices: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "a.npy"
    np.save(path, values(shape))
    with pytest.raises(AmbiguousAxes, match="does not say what its dimensions") as caught:
        open_image(path)
    assert caught.value.choices == choices
    for axes in choices:
        with open_image(path, axes=axes, nuclear=0) as source:
            assert source.axes == axes


def test_pages_without_names_are_never_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as tiff:
        for plane in values((4, ROWS, COLS), "uint8"):
            tiff.write(plane, metadata=None, contiguous=False)
    with pytest.raises(AmbiguousAxes, match="CYX, ZYX, TYX") as caught:
        open_image(path)
    assert caught.value.choices == ("CYX", "ZYX", "TYX")


def test_several_images_in_an_npz_are_never_guessed(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", X=values((3, ROWS, COLS, 1)))
    with pytest.raises(AmbiguousAxes) as caught:
        open_image(tmp_path / "a.npz")
    assert caught.value.choices == ("ZYXC", "TYXC")


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ("CZYX", "name 4 dimensions, the array has 3"),
        ("CYY", "cannot be used"),
        ("QYX", "cannot be used"),
        ("TCZ", "cannot be used"),
    ],
)
def test_axes_that_do_not_fit_are_refused(axes: str, message: str, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", values((3, 20, 21)))
    with pytest.raises(InvalidImage, match=message):
        open_image(tmp_path / "a.npy", axes=axes)


def test_time_and_depth_together_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", values((2, 3, 20, 21)))
    with pytest.raises(InvalidImage, match="2 time points and 3 z planes"):
        open_image(tmp_path / "a.npy", axes="TZYX")


def test_the_json_file_beside_an_image_is_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", values((2, 20, 21)))
    beside = {
        "channels": ["green", "red"],
        "nuclear_channel": "red",
        "pixel_size_um": 0.25,
        "group": "slide 1",
        "axes": None,
        "something": "else",
    }
    (tmp_path / "a.json").write_text(json.dumps(beside))
    with open_image(tmp_path / "a.npy", membrane="GREEN") as source:
        assert [(channel.name, channel.role) for channel in source.channels] == [
            ("green", "membrane"),
            ("red", "nuclear"),
        ]
        assert (source.pixel_size_um, source.group) == (0.25, "slide 1")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not readable JSON"),
        ("[]", "one JSON object"),
        ('{"channels": "a"}', "list of names"),
        ('{"group": 3}', "group must be a text"),
        ('{"pixel_size_um": -1}', "positive number"),
        ('{"compartments": ["cytoplasm"]}', "unknown. Use whole_cell and nuclear"),
    ],
)
def test_a_bad_json_file_is_refused(content: str, message: str, tmp_path: Path) -> None:
    path = grey_png(tmp_path)
    path.with_suffix(".json").write_text(content)
    with pytest.raises((InvalidImage, UnreadableImage), match=message):
        open_image(path)


def test_a_json_file_with_another_number_of_channels_is_refused(tmp_path: Path) -> None:
    path = grey_png(tmp_path)
    path.with_suffix(".json").write_text('{"channels": ["a", "b"]}')
    with pytest.raises(InvalidImage, match=r"has 1 channels and .*a.json names 2"):
        open_image(path)


def test_a_nuclear_channel_that_is_not_clear_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(imagecodecs.jpeg_encode(values((ROWS, COLS, 3), "uint8"), level=95))
    with pytest.raises(UnnamedChannel, match="Name the nuclear channel") as caught:
        open_image(path)
    assert caught.value.choices == ("red", "green", "blue")
    with pytest.raises(UnnamedChannel, match="'violet' is not one of its 3 channels"):
        open_image(path, nuclear="violet")
    with pytest.raises(UnnamedChannel, match="membrane channel 3 is not one"):
        open_image(path, nuclear=0, membrane=3)


def labelled_npz(path: Path, labels: Array, **more: Array) -> Path:
    np.savez_compressed(path, allow_pickle=False, X=values((1, ROWS, COLS, 1)), y=labels, **more)
    return path


def test_labels_of_a_file_come_by_compartment(tmp_path: Path) -> None:
    labels = values((1, ROWS, COLS, 2), "int64")
    labels[0, 0, 0, 1] = 70_000
    path = labelled_npz(tmp_path / "a.npz", labels, y_expert2=labels)
    with open_image(path) as source:
        assert source.labels == ("whole_cell", "nuclear")
        assert source.alternatives == ("y_expert2",)
        whole = Window(0, 0, ROWS, COLS)
        for plane, name in enumerate(source.labels):
            read = source.read_labels(name, 0, whole)
            assert read.dtype == np.int32
            np.testing.assert_array_equal(read, labels[0, ..., plane])


def test_one_plane_of_labels_is_named_by_file_or_json(tmp_path: Path) -> None:
    labels = values((1, ROWS, COLS, 1), "float64")
    with open_image(labelled_npz(tmp_path / "a.npz", labels, compartments=np.array(["nuclear"]))) as source:
        assert source.labels == ("nuclear",)
        with pytest.raises(InvalidLabels, match="no labels of 'whole_cell'"):
            source.read_labels("whole_cell", 0, Window(0, 0, 1, 1))
    path = labelled_npz(tmp_path / "b.npz", labels)
    with pytest.raises(InvalidLabels, match="nothing says which compartment"):
        open_image(path)
    path.with_suffix(".json").write_text('{"compartments": ["whole_cell"]}')
    with open_image(path) as source:
        assert source.labels == ("whole_cell",)


@pytest.mark.parametrize(
    ("value", "message"),
    [(-1.0, "negative"), (1.5, "fractional"), (2.0**31, "above"), (np.nan, "not finite")],
)
def test_values_that_are_no_labels_are_refused(value: float, message: str, tmp_path: Path) -> None:
    labels = np.zeros((1, ROWS, COLS, 2))
    labels[0, 3, 4, 0] = value
    with (
        open_image(labelled_npz(tmp_path / "a.npz", labels)) as source,
        pytest.raises(InvalidLabels, match=message) as caught,
    ):
        source.read_labels("whole_cell", 0, Window(0, 0, ROWS, COLS))
    assert "a.npz" in str(caught.value)


def test_labels_of_another_shape_are_refused(tmp_path: Path) -> None:
    path = labelled_npz(tmp_path / "a.npz", np.zeros((1, ROWS, COLS - 1, 2), int))
    with pytest.raises(InvalidLabels, match="y must have the images, rows and columns of X"):
        open_image(path)


@pytest.mark.parametrize("where", [(0, 0, Window(0, 0, ROWS + 1, 5)), (1, 0, Window(0, 0, 1, 1))])
def test_windows_outside_are_refused(where: tuple[int, int, Window], tmp_path: Path) -> None:
    with open_image(grey_png(tmp_path)) as source, pytest.raises(InvalidWindow, match="not inside"):
        source.read(*where)
