"""How weights are found: the part of a config that prediction does not need."""

from dataclasses import dataclass

from training.errors import InvalidConfig

SCHEDULES = ("cosine", "exponential")


@dataclass(frozen=True, kw_only=True)
class FitConfig:
    """How weights are found; none of it is needed to predict.

    Parameters
    ----------
    learning_rate
        Highest rate of Adam when a run begins with fresh weights.
    fine_tune_rate
        Highest rate of Adam when a run begins with the weights of a model.
    schedule
        How the rate falls: `cosine`, to `final_rate_fraction` of itself at the end of the budget, or
        `exponential`, by the factor `rate_decay` after every epoch (Greenwald et al. 2022).
    clip_norm
        Limit of the norm of each gradient.
    crop_px
        Side of the squares cut from the crops of a dataset version; a multiple of 16.
    steps_per_epoch
        Steps between two validations. An epoch is this many steps, whatever the size of the dataset.
    epochs
        Budget where neither epochs nor minutes are given.
    patience
        Share of the budget without a better validation loss after which a run ends.
    warp_share
        Share of the squares that are rotated by any angle and zoomed; all are flipped and turned by quarters.
    max_zoom
        Largest factor by which a warped square is enlarged or shrunken.
    zoom_per_axis
        Whether rows and columns are zoomed by factors of their own.
    max_validation_crops
        Crops of the validation split that are looked at per epoch, spread evenly.
    balance_by
        Key of the provenance of a source in the manifest; crops are drawn so that each of its values comes
        up equally often. Empty draws every crop equally often.
    new_share
        Least share of the draws that comes from the sources that were added last (`added_in` of their
        provenance), as long as there are earlier ones.
    """

    learning_rate: float = 1e-2
    fine_tune_rate: float = 3e-3
    schedule: str = "cosine"
    final_rate_fraction: float = 0.02
    rate_decay: float = 0.99
    clip_norm: float = 0.001
    batch_size: int = 8
    crop_px: int = 128
    steps_per_epoch: int = 40
    epochs: int = 40
    patience: float = 0.4
    warp_share: float = 0.5
    max_zoom: float = 1.5
    zoom_per_axis: bool = False
    max_validation_crops: int = 12
    balance_by: str = ""
    new_share: float = 0.5

    def __post_init__(self) -> None:
        for name in ("batch_size", "steps_per_epoch", "epochs", "max_validation_crops"):
            if getattr(self, name) < 1:
                raise InvalidConfig(f"{name} is {getattr(self, name)}; choose 1 or more.")
        if self.crop_px < 16 or self.crop_px % 16:
            raise InvalidConfig(f"crop_px is {self.crop_px}; choose a multiple of 16.")
        for name in ("learning_rate", "fine_tune_rate", "clip_norm", "rate_decay", "patience"):
            if not 0 < getattr(self, name) <= 1:
                raise InvalidConfig(f"{name} is {getattr(self, name)}; choose a number above 0, at most 1.")
        for name in ("final_rate_fraction", "warp_share", "new_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise InvalidConfig(f"{name} is {getattr(self, name)}; choose a number from 0 to 1.")
        if not 1 <= self.max_zoom <= 4:
            raise InvalidConfig(f"max_zoom is {self.max_zoom}; choose a number from 1 to 4.")
        if self.schedule not in SCHEDULES:
            raise InvalidConfig(f"schedule is {self.schedule!r}; choose one of {SCHEDULES}.")
