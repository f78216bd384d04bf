"""Windows: half-open rectangles of pixels, and the plan of windows that covers an FOV."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import index

from pipeline.errors import InvalidWindow


@dataclass(frozen=True, order=True)
class Window:
    """Half-open rectangle of pixels: rows ``row`` to ``row + height``, columns ``col`` to ``col + width``.

    Ordered by row, then column. At least one pixel, never left of or above the origin.

    Raises
    ------
    InvalidWindow
        When a value is no integer, the origin is negative or an extent is below 1.
    """

    row: int
    col: int
    height: int
    width: int

    def __post_init__(self) -> None:
        for field in fields(self):
            try:
                value = index(getattr(self, field.name))
            except TypeError:
                raise InvalidWindow(
                    f"The {field.name} of a window is {getattr(self, field.name)!r}; give whole pixels."
                ) from None
            object.__setattr__(self, field.name, value)
        if min(self.row, self.col) < 0 or min(self.height, self.width) < 1:
            raise InvalidWindow(
                f"A window of {self.height} x {self.width} px at ({self.row}, {self.col}) cannot be; "
                "the origin must be at least 0 and each extent at least 1."
            )

    @property
    def stop_row(self) -> int:
        """First row below the window."""
        return self.row + self.height

    @property
    def stop_col(self) -> int:
        """First column right of the window."""
        return self.col + self.width

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of the window's pixels in a (row, col) array."""
        return slice(self.row, self.stop_row), slice(self.col, self.stop_col)

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.height, self.width

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.height * self.width

    def intersection(self, other: Window) -> Window | None:
        """Give the pixels that both windows cover, or None when they share none."""
        row, col = max(self.row, other.row), max(self.col, other.col)
        height = min(self.stop_row, other.stop_row) - row
        width = min(self.stop_col, other.stop_col) - col
        return Window(row, col, height, width) if height > 0 and width > 0 else None

    def shifted(self, d_row: int, d_col: int) -> Window:
        """Give the window moved by `d_row` rows and `d_col` columns."""
        return Window(self.row + d_row, self.col + d_col, self.height, self.width)

    def contains(self, other: Window) -> bool:
        """Say whether every pixel of `other` lies in this window."""
        return self.intersection(other) == other


def _axis_starts(length: int, *, size_px: int, step: int) -> list[int]:
    if length <= size_px:
        return [0]
    return [*range(0, length - size_px, step), length - size_px]


def plan_windows(shape: tuple[int, int], *, size_px: int = 270, overlap: float = 0.2) -> list[Window]:
    """Cover an image with square windows that overlap.

    Windows start every ``size_px - round(size_px * overlap)`` pixels; the last one of each axis is shifted
    to end at the image's border, so it overlaps more. Along an axis shorter than a window there is one
    window, as long as the axis.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns of the image, each at least 1.
    size_px : int
        Edge of a window in pixels, at least 1.
    overlap : float
        Share of a window's edge that neighbours have in common, 0 <= overlap < 1.

    Returns
    -------
    list of Window
        Row by row, each pixel of the image in at least one of them, no window twice.

    Raises
    ------
    InvalidWindow
        When the image has no pixel, or size and overlap leave no step of at least one pixel.
    """
    rows, cols = (index(length) for length in shape)
    if min(rows, cols) < 1:
        raise InvalidWindow(f"An image of {rows} x {cols} px has no pixels; give an image with pixels.")
    if size_px < 1:
        raise InvalidWindow(f"A window of {size_px} px cannot be; give a size of at least 1 px.")
    if not 0 <= overlap < 1:
        raise InvalidWindow(f"An overlap of {overlap} cannot be; give a share of 0 or more, below 1.")
    step = size_px - round(size_px * overlap)
    if step < 1:
        raise InvalidWindow(
            f"Windows of {size_px} px with an overlap of {overlap} never advance; lower the overlap."
        )
    return [
        Window(row, col, min(size_px, rows), min(size_px, cols))
        for row in _axis_starts(rows, size_px=size_px, step=step)
        for col in _axis_starts(cols, size_px=size_px, step=step)
    ]
