"""The thresholds of the checks that the browser runs before a crop is submitted."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from backend.errors import InvalidInput
from backend.services.setting_values import is_number, is_whole, read_fields

_SETTING = "submit_checks"
_MOST_PX = 10_000_000


@dataclass(frozen=True)
class SubmitChecks:
    """What is pointed out before a crop is submitted.

    Parameters
    ----------
    min_area_px : int
        A cell or nucleus of fewer pixels, away from the crop's border, is a fragment; 0 finds none.
    min_covered : float
        A nucleus of which less than this share (0 to 1) lies in cells has no cell; 0 finds none.
    min_bright_area_px : int
        An unlabelled area as bright as the nuclei is pointed out from this many pixels on; a number larger
        than the crop finds none.
    """

    min_area_px: int = 15
    min_covered: float = 0.5
    min_bright_area_px: int = 80

    def __post_init__(self) -> None:
        for name, least in (("min_area_px", 0), ("min_bright_area_px", 1)):
            value = getattr(self, name)
            if not is_whole(value) or not least <= value <= _MOST_PX:
                raise _fault(name, value, f"a whole number of pixels from {least} to {_MOST_PX}")
        if not is_number(self.min_covered) or not 0 <= self.min_covered <= 1:
            raise _fault("min_covered", self.min_covered, "a share from 0 to 1")


def read_submit_checks(value: object) -> dict[str, Any]:
    """Check the thresholds and fill in the defaults of those left out.

    Raises
    ------
    InvalidInput
        Naming the unknown key, or the threshold and its value.
    """
    known = [item.name for item in fields(SubmitChecks)]
    return asdict(SubmitChecks(**read_fields(value, known=known, where=_SETTING)))


def _fault(name: str, value: object, wanted: str) -> InvalidInput:
    return InvalidInput(f"{_SETTING}.{name} is {value!r}; give {wanted}.", field=_SETTING)
