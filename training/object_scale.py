"""How much an image is shrunk before a network sees it, so that its objects have a size it was trained for.

Objects much larger than those of the training break into pieces. Where labels are known, their sizes say
how much to shrink; see `shrink_of_labels`. Where they are not, the network is asked, by what it finds in the
image shrunken by several factors: an object that is there is found alike at a factor and at twice it, with
confidence; one that is not, because it is a piece of a larger or a group of smaller ones, seldom is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from pipeline.compartments import NUCLEAR, WHOLE_CELL
from pipeline.matching import overlap_table
from pipeline.types import Floats, Image, Labels
from pipeline.windows import Window
from training.errors import InvalidConfig
from training.prediction import Confidences, Prediction
from training.rescale import ReadImage

SHRINKS = (1, 2, 4, 8)
"""Stored pixels along the side of a pixel that the network sees."""

Look = Callable[[Image], Prediction]

# The first looks are at these factors and the double of the last: they cost a twelfth of a prediction.
_FAR = (4, 8)
# The close ones, at a small square, are at these.
_CLOSE = (1, 2)
# Two looks found an object alike when intersection over union is above this.
_ALIKE_IOU = 0.5
# Large objects are taken for seen from this share and this confidence on. Groups of small ones that both
# looks take for one object are little sure, and there are few of them.
_LARGE_SHARE = 0.4
_LARGE_CONFIDENCE = 0.66
# From this share on, the image shows objects as it is, if it is this part of what shows at half its size.
_SHOWN_SHARE = 0.1
_AS_MUCH = 0.75
# Objects too large for factor 4 have to be so many: a lobe of tissue looks like one very large nucleus.
_HUGE = SHRINKS[-2]
_LEAST_HUGE = 3
# Far looks are at squares of a grid with at most so many along a side.
_MOST_SQUARES = 4
_SQUARE_PX = 2048
_CLOSE_PX = 384


@dataclass(frozen=True)
class Evidence:
    """What the objects tell that a look and the one at twice its factor found alike.

    share : their pixels, each as sure as its object, over all pixels that the look takes for objects
    confidence : the mean of these pixels
    diameter_px : the median of their diameters, in stored pixels
    n_objects : how many they are
    """

    share: float
    confidence: float
    diameter_px: float
    n_objects: int


def check_shrink(shrink: object) -> None:
    """Raise `InvalidConfig` for what an image cannot be shrunken by."""
    if isinstance(shrink, bool) or shrink not in SHRINKS:
        raise InvalidConfig(f"shrink is {shrink!r}; choose one of {SHRINKS}.")


def shrink_for(diameter_px: float, *, max_object_px: float) -> int:
    """Return the least factor at which objects of a diameter are at most `max_object_px` across.

    Parameters
    ----------
    diameter_px
        Of a disc of their area, in stored pixels.
    """
    return next((shrink for shrink in SHRINKS if diameter_px / shrink <= max_object_px), SHRINKS[-1])


def shrink_of_labels(labels: Labels, *, compartments: Sequence[str], max_object_px: float | None) -> int:
    """Return how much an image is to be shrunk whose instances are known.

    The median diameter of the nuclei decides, or that of the cells where no nuclei are outlined.

    Parameters
    ----------
    labels
        Int32 (row, col, compartment); 0 is background, -1 no truth.
    max_object_px
        None takes every image as it is.
    """
    if max_object_px is None:
        return 1
    found = {name: diameters_px(labels[..., plane]) for plane, name in enumerate(compartments)}
    known = next((found[name] for name in (NUCLEAR, WHOLE_CELL) if len(found.get(name, ()))), None)
    return 1 if known is None else shrink_for(float(np.median(known)), max_object_px=max_object_px)


def diameters_px(labels: Labels) -> Floats:
    """Return the diameter of a disc of the area of each instance, float64, ascending by label."""
    areas = np.bincount(labels[labels > 0])
    return np.sqrt(4 / np.pi * areas[areas > 0])


def box_mean(image: Image, shrink: int) -> Image:
    """Shrink an image by means over squares; rows and columns that fill none are left out.

    Parameters
    ----------
    image
        Float32 (row, col, channel).
    """
    rows, cols = (size // shrink for size in image.shape[:2])
    squares = image[: rows * shrink, : cols * shrink].reshape(rows, shrink, cols, shrink, -1)
    return np.asarray(squares.mean(axis=(1, 3)), np.float32)


def estimate_shrink(look: Look, read: ReadImage, shape: tuple[int, int], *, max_object_px: float) -> int:
    """Say how much an image is to be shrunk, by looks at parts of it.

    The answer is 1 unless sure objects above `max_object_px` are found alike in the image shrunken by 4 and
    8, or by 8 and 16. Then a part that has many of them is looked at as it is: where that shows objects
    that the network takes, found alike when it is shrunken by 2, and not much fewer than are found there by 2
    and 4, the answer is 1 all the same. Otherwise it is the factor whose look shows most.

    Parameters
    ----------
    look
        Labels a float32 (row, col, channel) image of any size as it is.
    read
        Gives the float32 (row, col, channel) image of a window.
    shape
        Rows and columns of the image.
    max_object_px
        Median diameter of the largest objects that the network takes as they are; 16 or more.
    """
    if min(shape) <= max_object_px:
        return 1
    far = [_Square(look, read, window, shrinks=_FAR) for window in spread_squares(shape)]
    found = {shrink: _evidence([square.alike[shrink] for square in far]) for shrink in _FAR}
    if not any(_is_large(item, max_object_px=max_object_px) for item in found.values()):
        return 1
    busiest = max(far, key=_Square.sure_px)
    close = _Square(look, read, busiest.busiest_part(), shrinks=_CLOSE)
    shown, halved = (_evidence([close.alike[shrink]]) for shrink in _CLOSE)
    fits = shown.diameter_px <= max_object_px
    if fits and shown.share >= max(_SHOWN_SHARE, _AS_MUCH * halved.share):
        return 1
    shares = {2: halved.share} | {shrink: item.share for shrink, item in found.items()}
    return max(shares, key=lambda shrink: shares[shrink])


def spread_squares(shape: tuple[int, int]) -> list[Window]:
    """Return windows at which an image is looked from afar: all of it, or of a large one a part.

    They do not overlap, and there are 16 of 2048 px at most.
    """
    rows, cols = (_spread(size) for size in shape)
    return [Window(row, col, height, width) for row, height in rows for col, width in cols]


def _spread(size: int) -> list[tuple[int, int]]:
    n_squares = min(_MOST_SQUARES, -(-size // _SQUARE_PX))
    edges = np.linspace(0, size, n_squares + 1).astype(int)
    sides = np.minimum(np.diff(edges), _SQUARE_PX)
    starts = edges[:-1] + (np.diff(edges) - sides) // 2
    return [(int(start), int(side)) for start, side in zip(starts, sides, strict=True)]


@dataclass(frozen=True, eq=False)
class _Alike:
    """Objects that a look and the next one found alike.

    n_px : pixels that the look takes for objects
    sure : float64 (row, col) of the look, the confidence of the object found alike, 0 elsewhere
    diameters_px : of these objects, in stored pixels
    """

    n_px: int
    sure: Floats
    diameters_px: Floats


class _Square:
    """A square of the image, and the looks at it.

    Parameters
    ----------
    shrinks
        Of the looks, each twice the one before; there is one more at twice the last.
    """

    def __init__(self, look: Look, read: ReadImage, window: Window, *, shrinks: tuple[int, ...]) -> None:
        self._window = window
        self.alike: dict[int, _Alike] = {}
        image = box_mean(read(window), shrinks[0])
        labels, confidences = _seen(look(image))
        for shrink in shrinks:
            image = box_mean(image, 2)
            coarse, next_confidences = _seen(look(image))
            self.alike[shrink] = _compare(labels, coarse, confidences, shrink=shrink)
            labels, confidences = coarse, next_confidences

    def sure_px(self) -> float:
        """How many pixels are of objects found alike, in stored pixels."""
        return max(shrink**2 * float(item.sure.sum()) for shrink, item in self.alike.items())

    def busiest_part(self) -> Window:
        """The small square, in stored pixels, with most of the objects that are found alike."""
        shrink, item = max(self.alike.items(), key=lambda pair: pair[0] ** 2 * float(pair[1].sure.sum()))
        density = ndi.uniform_filter(item.sure, _CLOSE_PX // shrink, mode="constant")
        centre = np.unravel_index(np.argmax(density), density.shape)
        sides = [min(_CLOSE_PX, size) for size in self._window.shape]
        starts = [
            min(max(0, int(at) * shrink - side // 2), size - side)
            for at, side, size in zip(centre, sides, self._window.shape, strict=True)
        ]
        return Window(self._window.row + starts[0], self._window.col + starts[1], sides[0], sides[1])


def _seen(found: Prediction) -> tuple[Labels, Confidences]:
    """Return the nuclei, which vary less in size than cells do, or the cells where there are no nuclei."""
    name = NUCLEAR if NUCLEAR in found.labels else WHOLE_CELL
    return found.labels[name], found.confidences[name]


def _compare(fine: Labels, coarse: Labels, confidences: Confidences, *, shrink: int) -> _Alike:
    enlarged = np.repeat(np.repeat(coarse, 2, axis=0), 2, axis=1)
    kept = fine[: enlarged.shape[0], : enlarged.shape[1]]
    labels, others, n_shared = overlap_table(kept, enlarged)
    areas = np.bincount(kept.ravel(), minlength=len(confidences))
    unions = areas[labels] + np.bincount(enlarged.ravel())[others] - n_shared
    alike = labels[n_shared > _ALIKE_IOU * unions]
    sure = np.zeros(len(areas))
    sure[alike] = confidences[alike]
    diameters = shrink * np.sqrt(4 / np.pi * areas[alike])
    return _Alike(int(areas[1:].sum()), sure[kept], diameters)


def _evidence(found: Sequence[_Alike]) -> Evidence:
    diameters = np.concatenate([item.diameters_px for item in found])
    if not len(diameters):
        return Evidence(0.0, 0.0, 0.0, 0)
    sure = sum(float(item.sure.sum()) for item in found)
    n_alike = sum(int(np.count_nonzero(item.sure)) for item in found)
    n_px = sum(item.n_px for item in found)
    return Evidence(sure / n_px, sure / max(n_alike, 1), float(np.median(diameters)), len(diameters))


def _is_large(found: Evidence, *, max_object_px: float) -> bool:
    sure = found.share >= _LARGE_SHARE and found.confidence >= _LARGE_CONFIDENCE
    few_huge = found.diameter_px > _HUGE * max_object_px and found.n_objects < _LEAST_HUGE
    return sure and found.diameter_px > max_object_px and not few_huge
