"""An image file opened for ingest: pixels, roles, labels and what the user should know."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from pipeline.errors import InvalidLabels
from pipeline.io.axes import Layout
from pipeline.io.decoding import decoding
from pipeline.io.lazy import LazyArray
from pipeline.io.lazy_image import ChannelInfo, LazyImage
from pipeline.labels import check_labels
from pipeline.types import Labels
from pipeline.windows import Window


@dataclass(frozen=True)
class LabelImage:
    """Label image on disk, read in windows.

    Attributes
    ----------
    array, layout, plane
        Where it is.
    path
        Named in messages.
    name
        The compartment.
    """

    array: LazyArray
    layout: Layout
    plane: int
    path: Path
    name: str

    def read(self, frame: int, window: Window) -> Labels:
        """Read a window, (row, column) int32.

        Raises
        ------
        InvalidLabels
            When a label is negative, fractional or too large.
        UnreadableImage
            When the bytes cannot be decoded.
        """
        with decoding(self.path, "label image"):
            values = self.layout.read(self.array, frame=frame, channel=self.plane, window=window)
        return check_labels(values, name=f"label image {self.name!r}", path=self.path)


class ImageSource(LazyImage):
    """An image file as one FOV; a context manager that closes the file.

    Attributes
    ----------
    format
        Name for people.
    labels
        Compartments of which the file has label images.
    alternatives
        Names of other label images in the file, which are not read.
    compartments
        What is to be outlined here, as the JSON file beside the image says; None when nothing says so.
    group
        FOVs of one group stay in one split of a dataset; None when nothing says so.
    warnings
        What the user should know, in sentences.
    """

    def __init__(
        self,
        levels: Sequence[tuple[LazyArray, Layout]],
        *,
        channels: Sequence[ChannelInfo],
        pixel_size_um: float | None,
        path: Path,
        format: str,
        label_images: Mapping[str, LabelImage],
        alternatives: Sequence[str],
        compartments: tuple[str, ...] | None,
        group: str | None,
        warnings: Sequence[str],
        resources: ExitStack,
    ) -> None:
        super().__init__(levels, channels=channels, pixel_size_um=pixel_size_um, path=path)
        self.format = format
        self.labels: tuple[str, ...] = tuple(label_images)
        self.alternatives: tuple[str, ...] = tuple(alternatives)
        self.compartments = compartments
        self.group = group
        self.warnings: tuple[str, ...] = tuple(warnings)
        self._label_images = dict(label_images)
        self._resources = resources

    def read_labels(self, compartment: str, frame: int, window: Window) -> Labels:
        """Read a window of a label image of the file, (row, column) int32.

        Raises
        ------
        InvalidLabels
            When the file has no labels of that compartment, or a label is negative, fractional or too
            large.
        """
        image = self._label_images.get(compartment)
        if image is None:
            raise InvalidLabels(
                f"there are no labels of {compartment!r}, only of {list(self.labels)}.", path=self.path
            )
        return image.read(frame, window)

    def close(self) -> None:
        """Close the files and remove what was unpacked."""
        self._resources.close()

    def __enter__(self) -> "ImageSource":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
