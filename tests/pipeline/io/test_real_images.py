"""Files as microscopes and their software write them.

Where the shared development images lie beside the project, each of them is read whole; a few files made
here in the same dialects are read in any case.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile

from pipeline.io.describe import preview_image
from pipeline.io.errors import UnnamedAcquisition, UnnamedChannel
from pipeline.io.find import find_images
from pipeline.io.npz import read_npz
from pipeline.io.ome_zarr import label_blocks, open_fov, open_labels, write_image, write_labels
from pipeline.io.open import open_image
from pipeline.model_input import model_image
from pipeline.windows import Window
from tests.pipeline.io.mcd_files import Recorded, write_mcd

SHARED = Path(__file__).parents[4] / "shared" / "data"


@dataclass(frozen=True)
class Expected:
    """What a raw file holds, and what the user must say to read it."""

    shape: tuple[int, int, int, int]
    dtype: str
    nuclear: str
    membrane: str | None = None
    pixel_size_um: float | None = None
    how: dict[str, Any] = field(default_factory=dict)


RAW = {
    "cellprofiler_human_AS_09125_050116030001_D03f00d0.tif": Expected((1, 1, 512, 512), "uint8", "channel 0"),
    "cellprofiler_human_AS_09125_050116030001_D03f00d1.tif": Expected((1, 1, 512, 512), "uint8", "channel 0"),
    "cellprofiler_human_AS_09125_050116030001_D03f00d2.tif": Expected((1, 1, 512, 512), "uint8", "channel 0"),
    "codex_R001_X003_Y004_8ch_16bit.ome.tif": Expected(
        (1, 8, 512, 512), "uint16", "nucleus", "membrane", 0.37745
    ),
    "crc_wsi_4ch_8bit_pyramid.ome.tif": Expected((1, 4, 2048, 2048), "uint8", "Hoechst", "E-cadherin"),
    "dsb_930f246a8e4ff273.png": Expected((1, 1, 256, 256), "uint8", "grey"),
    "imc_mockData1.mcd": Expected(
        (1, 5, 51, 64), "float32", "H3K27Ac_1977 (Yb172)", "Cytoker_651 (Pr141)", 1.0, how={"acquisition": 2}
    ),
    "imc_mockData5_001.ome.tiff": Expected((1, 5, 49, 57), "float32", "Yb172_H3K27Ac", "Pr141_Cytokeratin 5"),
    "instanseg_fluorescence_2ch.tif": Expected(
        (1, 2, 450, 450), "uint8", "channel 1", "channel 0", how={"nuclear": 1, "membrane": 0}
    ),
    "mibi_Point2_single_channel_tiffs.zip": Expected((1, 6, 1024, 1024), "uint8", "dsDNA", "NaKATPase"),
    "mibi_fov8_22ch.tiff": Expected((1, 22, 1024, 1024), "uint16", "HH3", "Membrane", 0.390625),
    "mif_component_data.tif": Expected((1, 5, 260, 348), "float32", "DAPI", None, 0.4971),
    "mif_composite_rgb.jpg": Expected((1, 3, 1400, 1868), "uint8", "blue", how={"nuclear": "blue"}),
    "neubias_xyc_16bit__cell_dna_nup_mts_actin.tif": Expected(
        (1, 4, 350, 350), "uint16", "channel 0", None, 0.1325, how={"nuclear": "0"}
    ),
    "neubias_xyc_8bit__membranes_nuclei.tif": Expected(
        (1, 2, 354, 475), "uint8", "channel 1", "channel 0", how={"nuclear": 1, "membrane": 0}
    ),
    "neubias_xyzc_16bit__dna_conf_wf.tif": Expected(
        (45, 2, 130, 133), "uint16", "channel 0", None, 0.5119, how={"nuclear": 0}
    ),
    "nf1_D6_01_DAPI_16bit.png": Expected((1, 1, 904, 1224), "uint16", "grey"),
}


def made_ome(path: Path) -> None:
    image = np.arange(3 * 90 * 80, dtype=np.uint16).reshape(3, 90, 80)
    metadata = {"axes": "CYX", "Channel": {"Name": ["DAPI", "CD3", "E-cadherin"]}, "PhysicalSizeX": 0.5}
    tifffile.imwrite(
        path, image, metadata=metadata, photometric="minisblack", tile=(32, 32), compression="zlib"
    )


def made_stack(path: Path) -> None:
    image = np.arange(5 * 2 * 60 * 70, dtype=np.uint16).reshape(5, 2, 60, 70)
    metadata = {"axes": "ZCYX", "unit": "micron"}
    tifffile.imwrite(path, image, imagej=True, resolution=(4.0, 4.0), metadata=metadata)


def made_png(path: Path) -> None:
    path.write_bytes(imagecodecs.png_encode(np.arange(90 * 80, dtype=np.uint16).reshape(90, 80)))


def made_mcd(path: Path) -> None:
    pixels = np.arange(2 * 60 * 50, dtype=np.float32).reshape(60, 50, 2)
    write_mcd(path, Recorded(pixels[:40], name="margin"), Recorded(pixels, name="tumour"))


MADE = {
    "made.ome.tif": (made_ome, Expected((1, 3, 90, 80), "uint16", "DAPI", "E-cadherin", 0.5)),
    "made_stack.tif": (
        made_stack,
        Expected((5, 2, 60, 70), "uint16", "channel 1", None, 0.25, how={"nuclear": 1}),
    ),
    "made.mcd": (
        made_mcd,
        Expected(
            (1, 2, 60, 50),
            "float32",
            "H3K27Ac_1977 (Yb172)",
            "Cytokeratin 5_651 (Pr141)",
            1.0,
            how={"acquisition": "tumour"},
        ),
    ),
    "made.png": (made_png, Expected((1, 1, 90, 80), "uint16", "grey")),
}
NAMES = [*MADE, *(RAW if SHARED.is_dir() else ())]
LABELLED = sorted(SHARED.glob("*/*.npz")) if SHARED.is_dir() else []


def raw_file(name: str, folder: Path) -> tuple[Path, Expected]:
    if name in RAW:
        return SHARED / "raw" / name, RAW[name]
    make, expected = MADE[name]
    make(folder / name)
    return folder / name, expected


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_read_and_stored_as_it_is(name: str, tmp_path: Path) -> None:
    path, expected = raw_file(name, tmp_path)
    with open_image(path, **expected.how) as source:
        assert source.shape == expected.shape
        assert str(source.dtype) == expected.dtype
        roles = {channel.role: channel.name for channel in source.channels}
        assert (roles["nuclear"], roles.get("membrane")) == (expected.nuclear, expected.membrane)
        assert (source.pixel_size_um or 0) == pytest.approx(expected.pixel_size_um or 0, rel=1e-3)
        write_image(tmp_path / "fov.zarr", source)
        fov = open_fov(tmp_path / "fov.zarr")
        n_frames, n_channels, rows, cols = source.shape
        whole = Window(0, 0, rows, cols)
        for frame in {0, n_frames - 1}:
            for channel in range(n_channels):
                np.testing.assert_array_equal(
                    fov.read(frame, channel, whole), source.read(frame, channel, whole)
                )
            np.testing.assert_array_equal(model_image(fov, whole, frame), model_image(source, whole, frame))
        assert [(c.name, c.role) for c in fov.channels] == [(c.name, c.role) for c in source.channels]


@pytest.mark.parametrize("name", NAMES)
def test_each_file_can_be_previewed_before_anything_is_said(name: str, tmp_path: Path) -> None:
    path, expected = raw_file(name, tmp_path)
    description, png = preview_image(path)
    assert description.shape[:2] == expected.shape[:2]
    assert (description.ambiguous is not None) == bool(expected.how)
    assert imagecodecs.png_decode(png).ndim == 2
    if expected.how:
        with pytest.raises((UnnamedChannel, UnnamedAcquisition), match=r"Name (the nuclear|one of)"):
            open_image(path)


def made_npz(folder: Path) -> Path:
    path = folder / "made.npz"
    labels = np.arange(90 * 80).reshape(1, 90, 80, 1)
    np.savez_compressed(path, X=np.ones((1, 90, 80, 2), np.uint8), y=labels)
    path.with_suffix(".json").write_text(
        '{"channels": ["a", "b"], "nuclear_channel": "b", "compartments": ["nuclear"], "group": "g"}'
    )
    return path


@pytest.mark.parametrize("index", range(-1, len(LABELLED)))
def test_each_npz_gives_its_pixels_and_labels(index: int, tmp_path: Path) -> None:
    path = LABELLED[index] if index >= 0 else made_npz(tmp_path)
    arrays = read_npz(path)
    assert arrays.X is not None
    with open_image(path) as source:
        assert source.labels == arrays.compartments
        whole = Window(0, 0, *source.shape[2:])
        for channel in range(source.shape[1]):
            np.testing.assert_array_equal(source.read(0, channel, whole), arrays.X[0, ..., channel])
        for plane, name in enumerate(source.labels):
            assert arrays.y is not None
            shape = (1, *source.shape[2:])
            write_labels(tmp_path / "l.zarr", name, label_blocks(source, name), shape=shape)
            stored = open_labels(tmp_path / "l.zarr", name).read(0, whole)
            np.testing.assert_array_equal(stored, arrays.y[0, ..., plane])


def test_a_walk_finds_every_file_once(tmp_path: Path) -> None:
    for name, (make, _) in MADE.items():
        make(tmp_path / name)
    expected = {tmp_path / name for name in MADE}
    folders = [tmp_path]
    if SHARED.is_dir():
        folders.append(SHARED)
        expected |= {SHARED / "raw" / name for name in RAW} | set(LABELLED)
    found = find_images(folders)
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_single_files_of_a_field_in_a_folder_are_its_channels(tmp_path: Path) -> None:
    folder = tmp_path / "AS_09125"
    folder.mkdir()
    for channel in range(3):
        name = f"cellprofiler_human_AS_09125_050116030001_D03f00d{channel}.tif"
        data = np.full((512, 512), channel, np.uint8)
        if SHARED.is_dir():
            data = tifffile.imread(SHARED / "raw" / name)
        tifffile.imwrite(folder / name, data)
    with open_image(folder, nuclear=0) as source:
        assert source.shape == (1, 3, 512, 512)
        np.testing.assert_array_equal(source.read(0, 2, Window(0, 0, 512, 512)), data)
