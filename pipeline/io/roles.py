"""Which channel shows nuclei and which shows membranes."""

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.io.errors import UnnamedChannel

NUCLEAR = "nuclear"
MEMBRANE = "membrane"
OTHER = "other"

_NUCLEAR_WORDS = frozenset(
    {
        *("dapi", "hoechst", "dna", "dsdna", "nucleus", "nuclei", "nuclear", "draq", "sytox", "intercalator"),
        *("histone", "hh3", "h3", "histoneh3", "h2b", "h3k27ac", "h3k9ac", "h3k27me3"),
    }
)
_NUCLEAR_PREFIXES = ("dapi", "hoechst", "histone", "nucle", "sytox")
# In order of preference: a general stain of the membrane before one of some cells.
_MEMBRANE_NAMES = (
    "membrane",
    "membranes",
    "wga",
    "nakatpase",
    "naka",
    "atp1a1",
    "ecadherin",
    "ecad",
    "cdh1",
    "betacatenin",
    "bcatenin",
    "ctnnb1",
    "pancytokeratin",
    "pankeratin",
    "panck",
    "cytokeratin",
    "keratin",
    "epcam",
    "cd44",
    "her2",
    "cd45",
    "hlaclass1",
    "hlaabc",
)
# A metal and its mass (MIBI, IMC) stand before the target: "Yb172_H3K27Ac", "dsDNA (89)".
_METAL = re.compile(r"^[a-z]{1,2}\d{2,3}$|^\d{2,3}[a-z]{1,2}$")


def is_nuclear_name(name: str) -> bool:
    """Whether a channel name clearly says that the channel shows nuclei."""
    words = _words(name)
    joined = "".join(words)
    if joined in _NUCLEAR_WORDS:
        return True
    return any(
        re.sub(r"\d+$", "", word) in _NUCLEAR_WORDS
        or word in _NUCLEAR_WORDS
        or word.startswith(_NUCLEAR_PREFIXES)
        for word in words
    )


def membrane_rank(name: str) -> int | None:
    """How good a membrane marker a name stands for: 0 is the best, None is not one."""
    words = _words(name)
    joined = "".join(words)
    for rank, marker in enumerate(_MEMBRANE_NAMES):
        # Markers longer than a word ("Na/K ATPase") are found in the joined name, short ones as words only.
        if marker in words or joined == marker or (len(marker) >= 7 and marker in joined):
            return rank
    return None


def _words(name: str) -> list[str]:
    words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]
    return [word for word in words if not _METAL.match(word)] or words


def find_channel(names: Sequence[str], wanted: str | int, *, role: str, path: Path) -> int:
    """Index of a channel given by name or number (from 0).

    Names are compared without regard to case. A string of digits is a number unless a channel has
    exactly that name.

    Raises
    ------
    UnnamedChannel
        When there is no such channel, or several have that name; carries the names.
    """
    if isinstance(wanted, str):
        exact = [i for i, name in enumerate(names) if name == wanted]
        matches = exact or [i for i, name in enumerate(names) if name.lower() == wanted.strip().lower()]
        if len(matches) == 1:
            return matches[0]
        if not matches and wanted.strip().isdigit():
            wanted = int(wanted)
    if isinstance(wanted, int) and 0 <= wanted < len(names):
        return wanted
    raise UnnamedChannel(
        f"the {role} channel {wanted!r} is not one of its {len(names)} channels. Give one of"
        f" {_listing(names)}, or a number from 0 to {len(names) - 1}.",
        choices=tuple(names),
        role=role,
        path=path,
    )


def assign_roles(
    names: Sequence[str],
    *,
    path: Path,
    nuclear: str | int | None = None,
    membrane: str | int | None = None,
) -> tuple[list[str], list[str]]:
    """Role of each channel and the warnings that go with it.

    Parameters
    ----------
    names
        Channel names.
    path
        Named in messages.
    nuclear, membrane
        Name or number (from 0) that the user or a JSON file gives; None to go by the names.

    Returns
    -------
    roles : list of str
        ``"nuclear"`` for exactly one channel, ``"membrane"`` for at most one, ``"other"`` for the rest.
    warnings : list of str
        Says which channel was taken where several names fit.

    Raises
    ------
    UnnamedChannel
        When the nuclear channel is not clear: it must be named.
    """
    warnings: list[str] = []
    nuclear_index = (
        find_channel(names, nuclear, role=NUCLEAR, path=path)
        if nuclear is not None
        else _clear_nuclear(names, path=path)
    )
    roles = [OTHER] * len(names)
    roles[nuclear_index] = NUCLEAR
    if membrane is not None:
        membrane_index = find_channel(names, membrane, role=MEMBRANE, path=path)
        if membrane_index == nuclear_index:
            raise UnnamedChannel(
                f"{names[nuclear_index]!r} cannot be both the nuclear and the membrane channel."
                " Name another membrane channel, or none.",
                choices=tuple(names),
                role=MEMBRANE,
                path=path,
            )
        roles[membrane_index] = MEMBRANE
        return roles, warnings
    ranked = sorted(
        (rank, i)
        for i, name in enumerate(names)
        if i != nuclear_index and not is_nuclear_name(name) and (rank := membrane_rank(name)) is not None
    )
    if ranked:
        roles[ranked[0][1]] = MEMBRANE
    if len(ranked) > 1:
        others = _listing([names[i] for _, i in ranked[1:]])
        warnings.append(
            f"membrane channel: {names[ranked[0][1]]!r} is taken; {others} would do too (name one to choose)"
        )
    return roles, warnings


def _clear_nuclear(names: Sequence[str], *, path: Path) -> int:
    if len(names) == 1:
        return 0
    clear = [i for i, name in enumerate(names) if is_nuclear_name(name)]
    if len(clear) == 1:
        return clear[0]
    reason = (
        f"several channels could be the nuclear one ({_listing([names[i] for i in clear])})"
        if clear
        else f"no channel of {_listing(names)} is clearly the nuclear one"
    )
    raise UnnamedChannel(
        f"{reason}. Name the nuclear channel by name or by number from 0.",
        choices=tuple(names),
        role=NUCLEAR,
        path=path,
    )


def _listing(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:40])
    return shown if len(names) <= 40 else f"{shown}, ..."
