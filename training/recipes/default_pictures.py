"""Pictures of what the default model outlines on files as people upload them, for its card."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image as Picture

from pipeline.io import ImageSource, open_image
from pipeline.io.preview import auto_contrast
from pipeline.model_input import model_image
from pipeline.types import Labels, LabelSet
from pipeline.windows import Window
from training.large_images import predict_image
from training.predictor import Predictor

_SIDE_PX = 256
_GAP_PX = 4
_COLOURS = {"whole_cell": (255, 220, 0), "nuclear": (0, 255, 255)}
_N_COLOURS = 48


@dataclass(frozen=True)
class RawFile:
    """A file to show, and the channels to take where its metadata does not name them.

    acquisition : of a file that holds several
    shrink : as a person would choose it for objects that are too large; None leaves it to the predictor
    pixel_size_um : as a person would name it where the file does not
    centre : row and column of what is shown, as shares of the height and the width
    """

    name: str
    nuclear: str | int | None = None
    membrane: str | int | None = None
    acquisition: int | None = None
    shrink: int | None = None
    pixel_size_um: float | None = None
    centre: tuple[float, float] = (0.5, 0.5)


RAW_FILES = (
    RawFile("codex_R001_X003_Y004_8ch_16bit.ome.tif"),
    RawFile("crc_wsi_4ch_8bit_pyramid.ome.tif"),
    RawFile("imc_mockData1.mcd", acquisition=1),
    RawFile("imc_mockData5_001.ome.tiff", pixel_size_um=1.0),
    RawFile("instanseg_fluorescence_2ch.tif", nuclear=1, membrane=0),
    RawFile("mibi_Point2_single_channel_tiffs.zip"),
    RawFile("mibi_fov8_22ch.tiff"),
    RawFile("mif_component_data.tif", nuclear="DAPI", membrane="Cy5"),
    RawFile("mif_composite_rgb.jpg", nuclear="blue", membrane="green"),
    RawFile("neubias_xyc_16bit__cell_dna_nup_mts_actin.tif", nuclear=0, membrane=3),
    RawFile("neubias_xyc_8bit__membranes_nuclei.tif", nuclear=1, membrane=0, shrink=4),
    RawFile("neubias_xyzc_16bit__dna_conf_wf.tif", nuclear=0),
    RawFile("cellprofiler_human_AS_09125_050116030001_D03f00d0.tif"),
    RawFile("dsb_930f246a8e4ff273.png"),
    RawFile("nf1_D6_01_DAPI_16bit.png"),
)


def write_pictures(predictor: Predictor, raw: Path, out: Path) -> Iterator[tuple[Path, dict[str, int]]]:
    """Predict every file of `RAW_FILES` and draw a part of it, without outlines and with them.

    Parameters
    ----------
    raw
        Folder of the files.
    out
        Folder for the pictures, `<stem of the file>.png` each; made when it is not there.

    Yields
    ------
    tuple
        The picture, and the number of instances of each compartment in the whole frame.
    """
    out.mkdir(parents=True, exist_ok=True)
    for file in RAW_FILES:
        with open_image(
            raw / file.name,
            acquisition=file.acquisition,
            nuclear=file.nuclear,
            membrane=file.membrane,
            pixel_size_um=file.pixel_size_um,
        ) as source:
            # Nuclei, where a stack has several planes, are best seen in the middle.
            frame = source.shape[0] // 2
            labels = _predict(predictor, source, frame=frame, shrink=file.shrink)
            window = _window(source, centre=file.centre)
            image = model_image(source, window, frame)
        shown = {name: plane[window.slices] for name, plane in labels.items()}
        path = out / f"{file.name.split('.')[0]}.png"
        path.write_bytes(side_by_side(image, shown))
        yield path, {name: len(np.unique(plane[plane > 0])) for name, plane in labels.items()}


def side_by_side(image: npt.NDArray[np.float32], labels: LabelSet) -> bytes:
    """Draw an image, and beside it the same with outlines: cells yellow, nuclei cyan.

    Parameters
    ----------
    image
        Float32 (row, col, 2), nuclear and membrane.
    labels
        Int32 (row, col) per compartment.

    Returns
    -------
    bytes
        A PNG of few colours; small images are enlarged.
    """
    nuclear, membrane = (auto_contrast(image[..., channel]) for channel in (0, 1))
    plain = np.stack([nuclear // 3, np.maximum(nuclear // 2, membrane), nuclear], axis=-1)
    few = Picture.fromarray(plain).quantize(_N_COLOURS, dither=Picture.Dither.NONE)
    factor = max(1, _SIDE_PX // max(plain.shape[:2]))
    left = _enlarge(np.asarray(few), factor)
    right = left.copy()
    for number, name in enumerate(_COLOURS):
        if name in labels:
            right[_edges(_enlarge(labels[name], factor))] = _N_COLOURS + number
    gap = np.full((left.shape[0], _GAP_PX), _N_COLOURS + len(_COLOURS), np.uint8)
    picture = Picture.fromarray(np.concatenate([left, gap, right], axis=1), "P")
    shades = list(few.getpalette() or [])[: 3 * _N_COLOURS]
    shades += [0] * (3 * _N_COLOURS - len(shades))
    picture.putpalette([*shades, *(value for colour in _COLOURS.values() for value in colour), 255, 255, 255])
    content = io.BytesIO()
    picture.save(content, "PNG", optimize=True)
    return content.getvalue()


def _enlarge(plane: npt.NDArray[Any], factor: int) -> npt.NDArray[Any]:
    return np.repeat(np.repeat(plane, factor, axis=0), factor, axis=1)


def _predict(predictor: Predictor, source: ImageSource, *, frame: int, shrink: int | None) -> LabelSet:
    _, _, n_rows, n_cols = source.shape
    labels = {name: np.zeros((n_rows, n_cols), np.int32) for name in predictor.compartments}
    bands = predict_image(
        predictor,
        lambda window: model_image(source, window, frame),
        (n_rows, n_cols),
        pixel_size_um=source.pixel_size_um,
        shrink=shrink,
    )
    for band in bands:
        for name, rows in band.labels.items():
            labels[name][band.row : band.row + len(rows)] = rows
    return labels


def _window(source: ImageSource, *, centre: tuple[float, float]) -> Window:
    sides = [min(_SIDE_PX, size) for size in source.shape[2:]]
    row, col = (
        int(np.clip(share * size - side / 2, 0, size - side))
        for share, size, side in zip(centre, source.shape[2:], sides, strict=True)
    )
    return Window(row, col, *sides)


def _edges(labels: Labels) -> npt.NDArray[np.bool_]:
    edge = np.zeros(labels.shape, bool)
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[1:, :] |= labels[1:, :] != labels[:-1, :]
    return edge
