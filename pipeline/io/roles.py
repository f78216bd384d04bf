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
        *("ir191", "191ir", "ir193", "193ir"),
    }
)
_NUCLEAR_PREFIXES = ("dapi", "hoechst", "histone", "nucle", "sytox")
# The DNA intercalator of IMC is recorded at both isotopes of iridium; 193 is the more abundant one.
_IRIDIUM = (frozenset({"ir193", "193ir", "dna2"}), frozenset({"ir191", "191ir", "dna1"}))
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
    "cytoker",
    "keratin",
    "epcam",
    "cd44",
    "her2",
    "cd45",
    "hlaclass1",
    "hlaabc",
)
# A metal and its mass (MIBI, IMC) stand beside the target: "Yb172_H3K27Ac". Ki67 and CD44 are none, and of
# cadmium only the masses in use are.
_SYMBOL = "y|nb|rh|pd|ag|in|te|i|xe|ba|la|ce|pr|nd|sm|eu|gd|tb|dy|ho|er|tm|yb|lu|ta|os|ir|pt|au|hg|pb|bi"
_MASS = r"(?:7[5-9]|[89]\d|1\d\d|20\d)"
_METAL = re.compile(rf"^(?:(?:{_SYMBOL}){_MASS}|{_MASS}(?:cd|{_SYMBOL})|cd(?:10[68]|11[0-46]))$")


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
    words = _all_words(name)
    return [word for word in words if not _METAL.match(word)] or words


def _all_words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]


def named_channels(names: Sequence[str], wanted: str) -> list[int]:
    """Indices of the channels of a name: as it is, else whatever its case, else without the metal."""
    words = [] if wanted.strip().isdecimal() else _words(wanted)
    for is_it in (
        lambda name: name == wanted,
        lambda name: name.lower() == wanted.strip().lower(),
        lambda name: bool(words) and _words(name) == words,
    ):
        if found := [i for i, name in enumerate(names) if is_it(name)]:
            return found
    return []


def find_channel(names: Sequence[str], wanted: str | int, *, role: str, path: Path | None = None) -> int:
    """Index of a channel given by name or number (from 0).

    Names are compared without regard to case. A string of digits is a number unless a channel has
    exactly that name. ``"CD20"`` also finds the only channel of that target, ``"CD20 (Dy161)"``.

    Raises
    ------
    UnnamedChannel
        When there is no such channel, or several have that name; carries the names.
    """
    if isinstance(wanted, str):
        matches = named_channels(names, wanted)
        if len(matches) == 1:
            return matches[0]
        if not matches and wanted.strip().isdecimal():
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
        else _clear_nuclear(names, path=path, warnings=warnings)
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
        warnings.append(_taken(MEMBRANE, [names[i] for _, i in ranked]))
    return roles, warnings


def _taken(role: str, names: Sequence[str]) -> str:
    others = _listing(names[1:])
    return f"{role} channel: {names[0]!r} is taken; {others} would do too (name one to choose)"


def _clear_nuclear(names: Sequence[str], *, path: Path, warnings: list[str]) -> int:
    if len(names) == 1:
        return 0
    clear = [i for i, name in enumerate(names) if is_nuclear_name(name)]
    if len(clear) == 1:
        return clear[0]
    for isotope in _IRIDIUM:
        for index in clear:
            if isotope.intersection(_all_words(names[index])):
                others = [names[i] for i in clear if i != index]
                warnings.append(_taken(NUCLEAR, [names[index], *others]))
                return index
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
