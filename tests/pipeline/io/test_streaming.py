"""Memory does not grow with the image: large files are read and stored in pieces."""

import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.lib import format as npy_format

from pipeline.io.lazy_image import LazyImage
from pipeline.io.ome_zarr import open_fov, write_image
from pipeline.io.open import open_image
from pipeline.io.preview import preview_png
from pipeline.windows import Window

SIDE = 8000
N_BYTES = SIDE * SIDE * 2


def tiles() -> Iterator[np.ndarray]:
    for index in range((SIDE // 512 + 1) ** 2):
        yield np.full((512, 512), index % 1000, np.uint16)


@pytest.fixture(scope="module")
def tiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.tif"
    tifffile.imwrite(
        path, tiles(), shape=(SIDE, SIDE), dtype=np.uint16, tile=(512, 512), compression="zlib", metadata=None
    )
    return path


def peak_bytes(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def read_windows(source: LazyImage) -> None:
    for row in range(0, SIDE - 300, 1900):
        source.read(0, 0, Window(row, SIDE - row - 270, 270, 270))


def test_windows_of_a_large_tiff_are_read_in_a_few_megabytes(tiled: Path) -> None:
    def work() -> None:
        with open_image(tiled) as source:
            read_windows(source)

    assert peak_bytes(work) < 20_000_000 < N_BYTES / 6


def test_a_large_tiff_is_stored_in_less_memory_than_its_pixels(tiled: Path, tmp_path: Path) -> None:
    def work() -> None:
        with open_image(tiled) as source:
            write_image(tmp_path / "a.zarr", source)

    assert peak_bytes(work) < 0.6 * N_BYTES
    with open_image(tiled) as source:
        fov = open_fov(tmp_path / "a.zarr")
        window = Window(3000, 5100, 600, 700)
        np.testing.assert_array_equal(fov.read(0, 0, window), source.read(0, 0, window))
        assert peak_bytes(lambda: preview_png(fov)) < 20_000_000


def test_a_compressed_npz_is_read_without_holding_it(tmp_path: Path) -> None:
    path = tmp_path / "large.npz"
    header = {"descr": "<u2", "fortran_order": False, "shape": (1, SIDE, SIDE, 1)}
    band = np.arange(SIDE * 100, dtype=np.uint16).tobytes()
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("X.npy", "w") as member,
    ):
        npy_format.write_array_header_1_0(member, header)
        for _ in range(SIDE // 100):
            member.write(band)

    def work() -> None:
        with open_image(path) as source:
            read_windows(source)

    assert peak_bytes(work) < 20_000_000


def test_channels_of_a_folder_are_held_one_at_a_time(tmp_path: Path) -> None:
    names = ["dapi", *(f"cd{n}" for n in range(9))]
    plane = np.arange(1000 * 1000, dtype=np.uint16).reshape(1000, 1000)
    for name in names:
        tifffile.imwrite(tmp_path / f"{name}.tif", plane, compression="zlib", rowsperstrip=1000)

    def work() -> None:
        with open_image(tmp_path) as source:
            for channel in range(len(names)):
                source.read(0, channel, Window(0, 0, 200, 200))

    # A plane has 2 MB; decoding one takes a few copies of it, all ten planes at once would be 20 MB.
    assert peak_bytes(work) < 14_000_000
