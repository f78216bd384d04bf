"""The one check of images that reach a predictor."""

import numpy as np
import numpy.typing as npt

from training.errors import InvalidPredictorInput

N_CHANNELS = 2


def check_image(image: npt.NDArray[np.generic], *, n_channels: int = N_CHANNELS) -> npt.NDArray[np.float32]:
    """Return `image` as float32 (row, col, channel), channels [nuclear, membrane, ...].

    Parameters
    ----------
    image
        Finite numbers, shape (row, col, channel). An absent channel is all zeros.
    n_channels
        Channels that the predictor takes.

    Raises
    ------
    InvalidPredictorInput
        The shape, the number of channels, the dtype or a value is not that of an image.
    """
    array = np.asarray(image)
    wanted = "[nuclear, membrane]" if n_channels == N_CHANNELS else f"{n_channels} of them, as it was trained"
    if array.ndim != 3:
        raise InvalidPredictorInput(
            f"a predictor takes an image of shape (row, col, channel), channels {wanted}; "
            f"this one has shape {array.shape}. Choose one frame and the channels first."
        )
    if array.shape[2] != n_channels:
        few = "Choose the channels first; a missing one is zeros."
        if array.shape[0] == n_channels:
            few = "Its first axis seems to be that of the channels: move it to the end."
        raise InvalidPredictorInput(
            f"this predictor takes {n_channels} channels, {wanted}; the image of shape {array.shape} has "
            f"{array.shape[2]}. {few}"
        )
    if array.dtype.kind not in "biuf":
        raise InvalidPredictorInput(
            f"a predictor takes real numbers; this image has dtype {array.dtype}. Convert it to float32."
        )
    with np.errstate(over="ignore"):
        checked = array.astype(np.float32, copy=False)
    n_bad = checked.size - int(np.count_nonzero(np.isfinite(checked)))
    if n_bad:
        raise InvalidPredictorInput(
            f"{n_bad} values of the image are NaN or infinite (as float32); "
            "replace them by 0 before predicting."
        )
    return checked
