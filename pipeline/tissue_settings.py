"""What drawn tissue, and the microscope that looks at it, are like."""

from dataclasses import dataclass, fields

import numpy as np

from pipeline.errors import InvalidSetting


@dataclass(frozen=True)
class TissueSettings:
    """What the tissue and the microscope are like.

    Attributes
    ----------
    spacing_px
        Mean distance of neighbouring cells where they are dense.
    sparse_fraction
        Share of the area where cells stand apart.
    elongation
        Largest ratio of the axes of a cell before its neighbours press on it.
    no_nucleus_fraction
        Share of cells whose nucleus is out of the plane.
    nuclear_blur_px, membrane_blur_px
        Standard deviation of the blur.
    photons
        Photons of an average nucleus: fewer are noisier.
    debris_per_mpx
        Bright specks in a million pixels.
    nucleus_size
        Size of the nuclei; at 1 they span half to four fifths of the axes of their cells.
    roughness
        How far outlines stray from smooth ones; at 1 by about a twentieth of the spacing.
    clumps
        How strongly chromatin gathers in clumps and leaves nucleoli dark; 0 leaves a fine grain alone.
    membrane
        Brightness of the membranes.
    membrane_px
        Thickness of the membrane of one cell before the blur.
    cytoplasm
        Brightness of a stain that fills whole cells; 0 leaves a faint one.
    background
        Brightness of the light that comes from nowhere in the plane.
    camera_noise
        Standard deviation of the noise that light has no part in, in photons; 0 where ions are counted.
    camera_offset
        What is recorded where there is no light, in photons; 0 where ions are counted.
    """

    spacing_px: float = 21.0
    sparse_fraction: float = 0.3
    elongation: float = 2.2
    no_nucleus_fraction: float = 0.07
    nuclear_blur_px: float = 1.7
    membrane_blur_px: float = 1.2
    photons: float = 60.0
    debris_per_mpx: float = 140.0
    nucleus_size: float = 1.0
    roughness: float = 1.0
    clumps: float = 0.0
    membrane: float = 1.0
    membrane_px: float = 1.0
    cytoplasm: float = 0.0
    background: float = 1.0
    camera_noise: float = 2.0
    camera_offset: float = 10.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not np.isfinite(value) or value < 0:
                raise InvalidSetting(f"The {field.name} of a tissue is {value}; give a number of 0 or more.")
        if self.spacing_px < 6 or self.elongation < 1 or self.photons <= 0:
            raise InvalidSetting(
                f"A tissue with spacing_px {self.spacing_px}, elongation {self.elongation} and photons"
                f" {self.photons} cannot be; give at least 6, at least 1 and more than 0."
            )
