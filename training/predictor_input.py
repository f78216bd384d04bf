"""The one check of images that reach a predictor."""

import numpy as np
import numpy.typing as npt

from training.errors import InvalidPredictorInput

N_CHANNELS = 2


def check_image(image: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    """Return `image` as float32 (row, col, 2), channels [nuclear, membrane].

    Parameters
    ----------
    image
        Finite numbers, shape (row, col, 2). An absent channel is all zeros.

    Raises
    ------
    InvalidPredictorInput
        The shape, the dtype or a value is not that of an image.
    """
    array = np.asarray(image)
    if array.ndim != 3 or array.shape[2] != N_CHANNELS:
        raise InvalidPredictorInput(
            f"a predictor takes an image of shape (row, col, 2), channels [nuclear, membrane]; "
            f"this one has shape {array.shape}. Choose the two channels first; a missing one is zeros."
        )
    if array.dtype.kind not in "biuf":
        raise InvalidPredictorInput(
            f"a predictor takes real numbers; this image has dtype {array.dtype}. Convert it to float32."
        )
    checked = array.astype(np.float32, copy=False)
    n_bad = checked.size - int(np.count_nonzero(np.isfinite(checked)))
    if n_bad:
        raise InvalidPredictorInput(
            f"{n_bad} values of the image are NaN or infinite (as float32); "
            "replace them by 0 before predicting."
        )
    return checked
