"""Formats: each gives back the pixels that were written, with names and roles."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
import pytest
import tifffile
import zarr

from pipeline.errors import (
    InvalidSetting,
)
from pipeline.io.open import open_image
from pipeline.io.source import ImageSource
from pipeline.windows import Window

Array = npt.NDArray[Any]
ROWS, COLS = 45, 61
Case = tuple[Path, dict[str, Any], Array, list[str]]


def values(shape: tuple[int, ...], dtype: str = "uint16") -> Array:
    return (np.arange(np.prod(shape)) * 37 % 251).astype(dtype).reshape(shape)


def read_all(source: ImageSource) -> Array:
    n_frames, n_channels, rows, cols = source.shape
    planes = [
        source.read(frame, channel, Window(0, 0, rows, cols))
        for frame in range(n_frames)
        for channel in range(n_channels)
    ]
    return np.array(planes).reshape(source.shape)


def ome_tiff(folder: Path) -> Case:
    image = values((2, ROWS, COLS))
    path = folder / "a.ome.tif"
    metadata = {"axes": "CYX", "Channel": {"Name": ["DAPI", "E-cadherin"]}, "PhysicalSizeX": 0.5}
    tifffile.imwrite(path, image, metadata=metadata, photometric="minisblack", compression="zlib")
    return path, {}, image[None], ["DAPI", "E-cadherin"]


def tiled_big_endian_floats(folder: Path) -> Case:
    image = values((2, 3, ROWS, COLS), "float32")
    path = folder / "a.ome.tif"
    metadata = {"axes": "TCYX", "Channel": {"Name": ["DAPI", "b", "c"]}}
    tifffile.imwrite(
        path,
        image,
        ome=True,
        metadata=metadata,
        photometric="minisblack",
        tile=(16, 16),
        byteorder=">",
        compression="lzw",
    )
    return path, {}, image, ["DAPI", "b", "c"]


def pyramid(folder: Path) -> Case:
    image = values((2, 128, 96), "uint8")
    path = folder / "a.ome.tif"
    metadata = {"axes": "CYX", "Channel": {"Name": ["CD3", "Hoechst"]}}
    with tifffile.TiffWriter(path, ome=True) as tiff:
        tiff.write(image, subifds=1, tile=(32, 32), photometric="minisblack", metadata=metadata)
        tiff.write(image[:, ::2, ::2], subfiletype=1, tile=(32, 32), photometric="minisblack")
    return path, {}, image[None], ["CD3", "Hoechst"]


def imagej_stack(folder: Path) -> Case:
    image = values((3, 2, ROWS, COLS))
    path = folder / "a.tif"
    tifffile.imwrite(path, image, imagej=True, metadata={"axes": "ZCYX"})
    return path, {"nuclear": 1}, image, ["channel 0", "channel 1"]


def pages_named(folder: Path) -> Case:
    image = values((2, ROWS, COLS))
    path = folder / "a.tiff"
    with tifffile.TiffWriter(path) as tiff:
        for plane, target in zip(image, ("CD45", "dsDNA"), strict=True):
            description = json.dumps({"channel.target": target, "shape": [ROWS, COLS]})
            tiff.write(plane, description=description, metadata=None, contiguous=False, compression="zlib")
    return path, {}, image[None], ["CD45", "dsDNA"]


def inform_component(folder: Path) -> Case:
    image = values((2, ROWS, COLS), "float32")
    path = folder / "a_component_data.tif"
    with tifffile.TiffWriter(path) as tiff:
        for plane, name in zip(image, ("DAPI", "Cy5"), strict=True):
            tiff.write(
                plane, description=inform(name, "FullResolution"), metadata=None, software="PerkinElmer-QPI"
            )
        tiff.write(
            values((11, 13, 3), "uint8"),
            description=inform("", "Thumbnail"),
            metadata=None,
            photometric="rgb",
            software="PerkinElmer-QPI",
        )
    return path, {}, image[None], ["DAPI", "Cy5"]


def inform(name: str, kind: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-16"?>\r\n<PerkinElmer-QPI-ImageDescription>'
        f"<ImageType>{kind}</ImageType><Name>{name}</Name></PerkinElmer-QPI-ImageDescription>"
    )


def plain_pages_with_axes(folder: Path) -> Case:
    image = values((4, ROWS, COLS), "uint8")
    path = folder / "a.tif"
    with tifffile.TiffWriter(path) as tiff:
        for plane in image:
            tiff.write(plane, metadata=None, contiguous=False)
    return path, {"axes": "ZYX"}, image[:, None], ["channel 0"]


def rgb_tiff(folder: Path) -> Case:
    image = values((ROWS, COLS, 3), "uint8")
    path = folder / "a.tif"
    tifffile.imwrite(path, image, photometric="rgb", metadata=None)
    return path, {"nuclear": "blue"}, image.transpose(2, 0, 1)[None], ["red", "green", "blue"]


def grey_png(folder: Path) -> Case:
    image = values((ROWS, COLS))
    path = folder / "a.png"
    path.write_bytes(imagecodecs.png_encode(image))
    return path, {}, image[None, None], ["grey"]


def rgba_png_16_bit(folder: Path) -> Case:
    image = values((ROWS, COLS, 4))
    path = folder / "a.PNG"
    path.write_bytes(imagecodecs.png_encode(image))
    return path, {"nuclear": 2}, image[..., :3].transpose(2, 0, 1)[None], ["red", "green", "blue"]


def grey_as_rgba_png(folder: Path) -> Case:
    plane = values((ROWS, COLS), "uint8")
    path = folder / "a.png"
    path.write_bytes(imagecodecs.png_encode(np.stack([plane, plane, plane, plane], axis=-1)))
    return path, {}, plane[None, None], ["grey"]


def jpeg(folder: Path) -> Case:
    path = folder / "a.jpg"
    path.write_bytes(imagecodecs.jpeg_encode(values((ROWS, COLS, 3), "uint8"), level=95))
    image = imagecodecs.jpeg_decode(path.read_bytes())
    return path, {"nuclear": "red"}, image.transpose(2, 0, 1)[None], ["red", "green", "blue"]


def npy(folder: Path) -> Case:
    image = values((ROWS, COLS, 3), "int32")
    path = folder / "a.npy"
    np.save(path, np.asfortranarray(image))
    return (
        path,
        {"axes": "YXC", "nuclear": 0},
        image.transpose(2, 0, 1)[None],
        ["channel 0", "channel 1", "channel 2"],
    )


def npz(folder: Path) -> Case:
    image = values((1, ROWS, COLS, 2), "float32")
    path = folder / "a.npz"
    np.savez_compressed(path, X=image, channels=np.array(["membrane", "nuclei"]))
    return path, {}, image.transpose(0, 3, 1, 2), ["membrane", "nuclei"]


def channel_folder(folder: Path) -> Case:
    image = values((3, ROWS, COLS), "uint8")
    path = folder / "TIFs"
    path.mkdir()
    for plane, name in zip(image, ("CD3", "NaKATPase", "dsDNA"), strict=True):
        tifffile.imwrite(path / f"{name}.tif", plane, compression="packbits")
    return path, {}, image[None], ["CD3", "NaKATPase", "dsDNA"]


def zipped_channels(folder: Path) -> Case:
    path, _, image, names = channel_folder(folder)
    archive = folder / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(path.iterdir()):
            packed.write(file, f"Point2/TIFs/{file.name}")
        packed.writestr("__MACOSX/._CD3.tif", b"clutter")
    return archive, {}, image, names


def ome_zarr(folder: Path, *, zarr_format: Any = 3) -> Case:
    image = values((2, 3, ROWS, COLS))
    path = folder / "a.ome.zarr"
    group = zarr.open_group(path, mode="w", zarr_format=zarr_format)
    group.create_array("0", data=image.transpose(1, 0, 2, 3), chunks=(1, 1, 20, 20))
    axes = [{"name": "c", "type": "channel"}, {"name": "z", "type": "space"}]
    axes += [{"name": name, "type": "space", "unit": "micrometer"} for name in "yx"]
    scale = [{"type": "scale", "scale": [1.0, 1.0, 0.5, 0.5]}]
    multiscale = {"axes": axes, "datasets": [{"path": "0", "coordinateTransformations": scale}]}
    names = ["CD8", "DAPI", "c"]
    attributes: dict[str, Any] = {
        "multiscales": [multiscale],
        "omero": {"channels": [{"label": name} for name in names]},
    }
    if zarr_format == 3:
        attributes = {"ome": {"version": "0.5", **attributes}}
    else:
        multiscale["version"] = "0.4"
    group.attrs.update(attributes)
    return path, {}, image, names


def ome_zarr_04(folder: Path) -> Case:
    return ome_zarr(folder, zarr_format=2)


def zipped_ome_zarr(folder: Path) -> Case:
    path, _, image, names = ome_zarr(folder)
    return Path(shutil.make_archive(str(folder / "b"), "zip", path.parent, path.name)), {}, image, names


WRITERS: list[Callable[[Path], Case]] = [
    ome_tiff,
    tiled_big_endian_floats,
    pyramid,
    imagej_stack,
    pages_named,
    inform_component,
    plain_pages_with_axes,
    rgb_tiff,
    grey_png,
    rgba_png_16_bit,
    grey_as_rgba_png,
    jpeg,
    npy,
    npz,
    channel_folder,
    zipped_channels,
    ome_zarr,
    ome_zarr_04,
    zipped_ome_zarr,
]


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_what_was_written_is_read(write: Callable[[Path], Case], tmp_path: Path) -> None:
    path, how, image, names = write(tmp_path)
    with open_image(path, **how) as source:
        assert source.shape == image.shape
        assert source.dtype == image.dtype.newbyteorder("=")
        assert [channel.name for channel in source.channels] == names
        assert [channel.role for channel in source.channels].count("nuclear") == 1
        np.testing.assert_array_equal(read_all(source), image)
        window = Window(7, 11, 20, 30)
        plane = source.read(image.shape[0] - 1, image.shape[1] - 1, window)
        np.testing.assert_array_equal(plane, image[-1, -1][window.slices])
        assert plane.dtype == source.dtype


def test_a_pyramid_has_its_levels(tmp_path: Path) -> None:
    path, _, image, _ = pyramid(tmp_path)
    with open_image(path) as source:
        assert source.n_levels == 2
        assert source.level_shape(1) == (64, 48)
        np.testing.assert_array_equal(source.read_level(1, 0, 1, Window(0, 0, 64, 48)), image[0, 1, ::2, ::2])


def test_pixel_sizes_come_from_the_metadata_unless_they_are_given(tmp_path: Path) -> None:
    for write in (ome_tiff, ome_zarr, ome_zarr_04):
        folder = tmp_path / write.__name__
        folder.mkdir()
        path, how, _, _ = write(folder)
        with open_image(path, **how) as source, open_image(path, **how, pixel_size_um=2.0) as told:
            assert source.pixel_size_um == 0.5
            assert told.pixel_size_um == 2.0
    with pytest.raises(InvalidSetting, match="give a positive number"):
        open_image(path, pixel_size_um=-1.0)


def test_the_thumbnail_of_inform_is_left_out_and_said_so(tmp_path: Path) -> None:
    with open_image(inform_component(tmp_path)[0]) as source:
        assert source.warnings == ("1 thumbnail or overview image(s) in the file are left out",)


def test_grey_saved_as_colour_is_one_channel_and_said_so(tmp_path: Path) -> None:
    with open_image(grey_as_rgba_png(tmp_path)[0]) as source:
        assert source.warnings == (
            "the alpha channel is left out",
            "red, green and blue are equal: read as one grey channel",
        )
