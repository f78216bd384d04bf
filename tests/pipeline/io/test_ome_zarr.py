"""OME-Zarr: what is written comes back, in any window, at any level, and nothing half-written stays."""

import json
from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from zarr.storage import MemoryStore

from pipeline.errors import InvalidImage, InvalidLabels, InvalidSetting, InvalidWindow, UnreadableImage
from pipeline.io.axes import make_layout
from pipeline.io.lazy_image import ChannelInfo, LazyImage
from pipeline.io.ngff_store import StoreLike, label_names
from pipeline.io.ome_zarr import (
    LabelBlock,
    label_blocks,
    open_fov,
    open_labels,
    write_image,
    write_labels,
)
from pipeline.io.open import open_image
from pipeline.io.pyramid import halve_labels, halve_mean, level_shapes
from pipeline.windows import Window

RNG = np.random.default_rng(3)


def image_of(array: np.ndarray, *, axes: str = "TCYX", pixel_size_um: float | None = 0.5) -> LazyImage:
    path = Path("made.tif")
    layout = make_layout(axes, array.shape, path=path)
    roles = ["nuclear", "membrane", *["other"] * layout.n_channels][: layout.n_channels]
    channels = [ChannelInfo(f"c{i}", role) for i, role in enumerate(roles)]
    return LazyImage([(array, layout)], channels=channels, pixel_size_um=pixel_size_um, path=path)


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> StoreLike:
    return tmp_path / "fov.zarr" if request.param == "folder" else MemoryStore()


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "uint32", "float32", "float64"])
@pytest.mark.parametrize("axes", ["TCYX", "ZCYX"])
def test_a_stored_image_comes_back_in_its_own_dtype(store: StoreLike, dtype: str, axes: str) -> None:
    array = RNG.integers(0, 100, (2, 3, 70, 90)).astype(dtype)
    report = write_image(store, image_of(array, axes=axes))
    fov = open_fov(store)
    assert fov.shape == report.shape == (2, 3, 70, 90)
    assert fov.dtype == array.dtype
    assert fov.pixel_size_um == 0.5
    assert fov.frame_axis == axes[0].lower()
    assert fov.channels == report.channels
    assert [channel.role for channel in fov.channels] == ["nuclear", "membrane", "other"]
    for frame in range(2):
        for channel in range(3):
            window = Window(5, 6, 50, 70)
            np.testing.assert_array_equal(
                fov.read(frame, channel, window), array[frame, channel][window.slices]
            )
            low, high = array[:, channel].min(), array[:, channel].max()
            assert (fov.channels[channel].minimum, fov.channels[channel].maximum) == (low, high)


def test_levels_halve_the_image(store: StoreLike) -> None:
    array = RNG.integers(0, 60_000, (1, 1, 1101, 1037)).astype(np.uint16)
    assert write_image(store, image_of(array)).n_levels == 3
    fov = open_fov(store)
    assert [fov.level_shape(level) for level in range(3)] == [(1101, 1037), (551, 519), (276, 260)]
    half = halve_mean(array[0, 0])
    np.testing.assert_array_equal(fov.read_level(1, 0, 0, Window(0, 0, 551, 519)), half)
    np.testing.assert_array_equal(fov.read_level(2, 0, 0, Window(0, 0, 276, 260)), halve_mean(half))


def test_the_metadata_are_those_of_the_specification(tmp_path: Path) -> None:
    write_image(tmp_path / "a", image_of(RNG.random((4, 2, 600, 40)), axes="ZCYX"))
    root = json.loads((tmp_path / "a" / "zarr.json").read_text())
    ome = root["attributes"]["ome"]
    assert (root["zarr_format"], ome["version"]) == (3, "0.5")
    (multiscale,) = ome["multiscales"]
    assert [axis["name"] for axis in multiscale["axes"]] == ["c", "z", "y", "x"]
    assert [axis.get("unit") for axis in multiscale["axes"]] == [None, None, "micrometer", "micrometer"]
    scales = [each["coordinateTransformations"][0]["scale"] for each in multiscale["datasets"]]
    assert scales == [[1, 1, 0.5, 0.5], [1, 1, 1.0, 1.0]]
    assert [channel["label"] for channel in ome["omero"]["channels"]] == ["c0", "c1"]


def test_progress_counts_up_to_the_announced_total(store: StoreLike) -> None:
    calls: list[tuple[int, int]] = []
    write_image(
        store, image_of(np.zeros((1, 2, 1500, 600), np.uint8)), progress=lambda *call: calls.append(call)
    )
    total = calls[-1][1]
    assert calls == [(done, total) for done in range(1, total + 1)]


def test_channels_that_show_nothing_are_reported(store: StoreLike) -> None:
    report = write_image(store, image_of(np.stack([np.zeros((20, 20)), np.eye(20)])[None]))
    assert report.warnings == ("channel 'c0' (nuclear) is 0 everywhere: it shows nothing",)


def test_a_failing_image_leaves_nothing(store: StoreLike, tmp_path: Path) -> None:
    array = np.ones((1, 2, 30, 30))
    array[0, 1, 7, 8] = np.inf
    with pytest.raises(InvalidImage, match="channel 'c1', frame 0: inf at row 7, column 8"):
        write_image(store, image_of(array))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises((UnreadableImage, InvalidImage)):
        open_fov(store)
    write_image(store, image_of(np.ones((1, 2, 30, 30))))
    with pytest.raises(InvalidSetting, match="exists already"):
        write_image(store, image_of(array))
    assert open_fov(store).shape == (1, 2, 30, 30)


def blocks_of(labels: np.ndarray, *, height: int = 37) -> list[LabelBlock]:
    bands = [
        (frame, Window(row, 0, min(height, labels.shape[1] - row), labels.shape[2]))
        for frame in range(labels.shape[0])
        for row in range(0, labels.shape[1], height)
    ]
    return [(frame, window, labels[frame][window.slices]) for frame, window in bands]


@pytest.mark.parametrize("n_frames", [1, 3])
def test_stored_labels_come_back(store: StoreLike, n_frames: int) -> None:
    labels = RNG.integers(0, 100_000, (n_frames, 700, 130)).astype(np.int32)
    counts: list[int] = []
    for name in ("whole_cell", "nuclear"):
        write_labels(
            store, name, blocks_of(labels), shape=labels.shape, pixel_size_um=0.5, progress=counts.append
        )
    assert label_names(store) == ("whole_cell", "nuclear")
    assert counts[-1] == len(blocks_of(labels))
    reader = open_labels(store, "nuclear")
    assert reader.shape == labels.shape
    window = Window(3, 4, 690, 100)
    read = reader.read(n_frames - 1, window)
    assert read.dtype == np.int32
    np.testing.assert_array_equal(read, labels[-1][window.slices])
    half = halve_labels(labels[0])
    assert reader.level_shape(1) == half.shape
    np.testing.assert_array_equal(reader.read_level(1, 0, Window(0, 0, *half.shape)), half)
    with pytest.raises(InvalidWindow, match="not inside the label image"):
        reader.read(n_frames, window)


def test_labels_are_uint32_with_the_metadata_of_a_label_image(tmp_path: Path) -> None:
    labels = np.ones((1, 40, 50), np.int32)
    write_labels(tmp_path / "a", "nuclear", blocks_of(labels), shape=labels.shape)
    group = zarr.open_group(tmp_path / "a", mode="r")["labels/nuclear"]
    assert group["0"].dtype == np.uint32
    assert group.attrs["ome"]["image-label"] == {"source": {"image": "../../"}}


def test_what_no_block_covers_is_background(store: StoreLike) -> None:
    block = (0, Window(5, 6, 2, 3), np.full((2, 3), 9, np.int32))
    write_labels(store, "nuclear", [block], shape=(1, 30, 30))
    read = open_labels(store, "nuclear").read(0, Window(0, 0, 30, 30))
    assert (read == 9).sum() == 6
    assert (read[5:7, 6:9] == 9).all()


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ((0, Window(0, 0, 5, 5), np.zeros((5, 6), np.int32)), "does not fit"),
        ((0, Window(28, 0, 5, 5), np.zeros((5, 5), np.int32)), "does not fit"),
        ((1, Window(0, 0, 5, 5), np.zeros((5, 5), np.int32)), "does not fit"),
        ((0, Window(0, 0, 5, 5), np.full((5, 5), -1, np.int32)), "negative"),
    ],
)
def test_labels_that_do_not_fit_leave_nothing(store: StoreLike, block: LabelBlock, message: str) -> None:
    good = (0, Window(0, 0, 30, 30), np.ones((30, 30), np.int32))
    with pytest.raises(InvalidLabels, match=message):
        write_labels(store, "nuclear", [good, block], shape=(1, 30, 30))
    assert label_names(store) == ()
    with pytest.raises(UnreadableImage):
        open_labels(store, "nuclear")
    write_labels(store, "nuclear", [good], shape=(1, 30, 30))
    with pytest.raises(InvalidSetting, match="labels/nuclear exists already"):
        write_labels(store, "nuclear", [good], shape=(1, 30, 30))


def test_a_stored_fov_with_labels_is_ingested_again(tmp_path: Path) -> None:
    array = RNG.integers(0, 99, (1, 2, 60, 50)).astype(np.uint16)
    labels = RNG.integers(0, 9, (1, 60, 50)).astype(np.int32)
    write_image(tmp_path / "a.zarr", image_of(array))
    write_labels(tmp_path / "a.zarr", "nuclear", blocks_of(labels), shape=labels.shape)
    write_labels(tmp_path / "a.zarr", "debris", blocks_of(labels), shape=labels.shape)
    with open_image(tmp_path / "a.zarr", nuclear="c0") as source:
        assert (source.labels, source.alternatives) == (("nuclear",), ("debris",))
        blocks = list(label_blocks(source, "nuclear"))
        write_labels(tmp_path / "b.zarr", "nuclear", blocks, shape=labels.shape)
    read = open_labels(tmp_path / "b.zarr", "nuclear").read(0, Window(0, 0, 60, 50))
    np.testing.assert_array_equal(read, labels[0])


def test_a_chunk_that_was_damaged_is_noticed(tmp_path: Path) -> None:
    write_image(tmp_path / "a", image_of(RNG.random((1, 1, 40, 40))))
    (chunk,) = [path for path in (tmp_path / "a" / "0" / "c").rglob("*") if path.is_file()]
    chunk.write_bytes(chunk.read_bytes()[:50])
    with pytest.raises(UnreadableImage, match="cannot be read"):
        open_fov(tmp_path / "a").read(0, 0, Window(0, 0, 40, 40))


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9)))
def test_halving_keeps_the_range_and_the_shape_of_a_level(plane: np.ndarray) -> None:
    half = halve_mean(plane)
    assert half.dtype == plane.dtype
    assert half.shape == halve_labels(plane).shape == tuple((n + 1) // 2 for n in plane.shape)
    assert plane.min() <= half.min()
    assert half.max() <= plane.max()
    assert half[0, 0] == int(
        np.pad(plane, [(0, n % 2) for n in plane.shape], mode="edge")[:2, :2].mean() + 0.5
    )
    assert set(np.unique(halve_labels(plane))) <= set(np.unique(plane))


@pytest.mark.parametrize("dtype", [np.uint32, np.int64, np.uint64, np.int8])
def test_halving_does_not_overflow(dtype: type[np.integer]) -> None:
    info = np.iinfo(dtype)
    for value in (info.min, info.max):
        half = halve_mean(np.full((4, 4), value, dtype))
        assert abs(int(half[0, 0]) - int(value)) <= 2048


@given(rows=st.integers(1, 5000), cols=st.integers(1, 5000))
def test_levels_end_when_one_chunk_holds_them(rows: int, cols: int) -> None:
    shapes = level_shapes(rows, cols, smallest_px=512)
    assert shapes[0] == (rows, cols)
    assert max(shapes[-1]) <= 512
    assert all(max(shape) > 512 for shape in shapes[:-1])
