"""Array types that the numerics pass around."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Labels = npt.NDArray[np.int32]
"""Label image: (row, col) or (frame, row, col), 0 is background."""

Mask = npt.NDArray[np.bool_]
"""Boolean image of the shape of the label image it belongs to."""

Image = npt.NDArray[np.float32]
"""Image given to a predictor: (row, col, channel)."""

Ints = npt.NDArray[np.int64]
"""Table column: labels, counts or positions."""

Floats = npt.NDArray[np.float64]
"""Table column of measurements."""

AnyArray = npt.NDArray[Any]
"""Array from outside whose dtype is still to be checked."""

LabelSet = dict[str, Labels]
"""Compartment name to its label image; all of one shape."""
