"""The synthetic tissue that the default model learns from: what the demo shows, and what no source has.

Tissue as in the demo, sharper, blurred or dim; tumours whose nuclei fill their cells; counts of ions, of
cells of ten pixels too; cells in culture with a stain of the cytoplasm; epithelia of large cells; large
nuclei with clumps of chromatin.
"""

from pipeline.synthetic import TissueSettings

# As the demo's, in other sizes, sharpness and light.
_TISSUE = (
    TissueSettings(),
    TissueSettings(),
    TissueSettings(),
    TissueSettings(spacing_px=16.0, nuclear_blur_px=1.3),
    TissueSettings(spacing_px=28.0, photons=30.0),
    TissueSettings(photons=25.0, membrane_blur_px=1.6),
    TissueSettings(spacing_px=36.0, nuclear_blur_px=2.4, membrane_blur_px=2.0),
    TissueSettings(spacing_px=18.0, photons=10.0, nuclear_blur_px=1.2),
    TissueSettings(spacing_px=25.0, photons=6.0),
)

_FULL_OF_NUCLEUS = (
    TissueSettings(
        spacing_px=15.0,
        sparse_fraction=0.15,
        elongation=1.6,
        no_nucleus_fraction=0.02,
        nuclear_blur_px=1.0,
        membrane_blur_px=1.0,
        nucleus_size=1.35,
        membrane=0.7,
    ),
    TissueSettings(
        spacing_px=18.0,
        sparse_fraction=0.4,
        nucleus_size=1.3,
        membrane=0.4,
        background=1.5,
        nuclear_blur_px=1.2,
    ),
)

# Few ions, no light that strays, and membranes that are hardly seen.
_IONS = (
    TissueSettings(
        spacing_px=24.0,
        photons=4.0,
        nuclear_blur_px=1.0,
        membrane_blur_px=0.8,
        membrane=0.5,
        cytoplasm=0.2,
        background=0.3,
        camera_noise=0.0,
    ),
    TissueSettings(
        spacing_px=17.0,
        photons=8.0,
        nuclear_blur_px=0.8,
        membrane_blur_px=0.8,
        membrane=0.3,
        cytoplasm=0.1,
        background=0.2,
        camera_noise=0.0,
    ),
)


def _coarse_ions(spacing_px: float, **more: float) -> TissueSettings:
    """Ions counted at 1 µm per pixel: small cells full of stain, nothing at all between them."""
    usual = {
        "sparse_fraction": 0.5,
        "no_nucleus_fraction": 0.1,
        "photons": 6.0,
        "nuclear_blur_px": 0.6,
        "membrane_blur_px": 0.6,
        "debris_per_mpx": 60.0,
        "nucleus_size": 1.35,
        "roughness": 1.5,
        "membrane": 0.3,
        "cytoplasm": 0.6,
        "background": 0.1,
        "camera_noise": 0.0,
        "camera_offset": 0.0,
    }
    return TissueSettings(spacing_px=spacing_px, **(usual | more))


COARSE_IONS = (
    _coarse_ions(9.5, sparse_fraction=0.2, background=0.3),
    _coarse_ions(11.0, photons=3.0, sparse_fraction=0.6, membrane=0.5, cytoplasm=1.0),
    _coarse_ions(13.0, photons=15.0, sparse_fraction=0.2, nucleus_size=1.1, cytoplasm=0.3),
)


def _culture(spacing_px: float, **more: float) -> TissueSettings:
    """Cultured cells with a stain that fills them: ragged outlines, room between them, hardly any haze."""
    usual = {
        "sparse_fraction": 0.8,
        "elongation": 1.8,
        "no_nucleus_fraction": 0.01,
        "photons": 40.0,
        "nuclear_blur_px": 1.3,
        "nucleus_size": 0.7,
        "roughness": 1.5,
        "membrane": 0.3,
        "membrane_px": 2.0,
        "cytoplasm": 0.7,
        "background": 0.2,
    }
    return TissueSettings(spacing_px=spacing_px, **(usual | more))


_CULTURES = (
    _culture(40.0, sparse_fraction=0.9, nucleus_size=0.85, membrane=0.6),
    _culture(44.0, background=0.15, membrane=0.0),
    _culture(34.0, sparse_fraction=0.5, photons=25.0, membrane=0.0),
    _culture(52.0, nucleus_size=0.6, roughness=2.0, membrane=0.9, cytoplasm=0.5, clumps=0.4),
    _culture(70.0, sparse_fraction=0.6, nucleus_size=0.55, roughness=2.0, clumps=0.6, membrane_blur_px=2.0),
    _culture(90.0, sparse_fraction=0.5, nucleus_size=0.8, clumps=0.8, membrane=0.5, debris_per_mpx=400.0),
)

# Large cells with clear membranes, many of their nuclei out of the plane.
_EPITHELIA = (
    TissueSettings(
        spacing_px=85.0,
        sparse_fraction=0.05,
        no_nucleus_fraction=0.25,
        nucleus_size=0.55,
        membrane=1.6,
        membrane_px=3.0,
        cytoplasm=0.15,
        background=0.5,
        membrane_blur_px=1.6,
        clumps=0.3,
    ),
    TissueSettings(
        spacing_px=55.0,
        sparse_fraction=0.1,
        no_nucleus_fraction=0.15,
        nucleus_size=0.75,
        membrane=1.2,
        membrane_px=2.0,
        cytoplasm=0.1,
        background=0.7,
        photons=20.0,
    ),
)

_LARGE_NUCLEI = (
    _culture(
        90.0, nucleus_size=1.3, roughness=1.0, membrane=0.0, cytoplasm=0.3, clumps=1.2, nuclear_blur_px=1.0
    ),
    _culture(75.0, nucleus_size=1.2, roughness=1.0, cytoplasm=0.2, clumps=0.8, photons=15.0, membrane=0.5),
    _culture(60.0, nucleus_size=1.2, roughness=1.0, cytoplasm=0.4, clumps=1.0, debris_per_mpx=600.0),
)

TISSUES = {
    "train": (*_TISSUE, *_FULL_OF_NUCLEUS, *_IONS, *COARSE_IONS, *_CULTURES, *_EPITHELIA, *_LARGE_NUCLEI),
    "val": (
        TissueSettings(),
        _IONS[0],
        COARSE_IONS[1],
        _CULTURES[0],
        _CULTURES[3],
        _EPITHELIA[1],
        _LARGE_NUCLEI[1],
    ),
    "test": (TissueSettings(),) * 4,
}
"""Settings of the synthetic fields of each split; those to test on are the demo's."""
