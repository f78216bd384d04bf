"""Which channel names are clear."""

from pathlib import Path

import pytest

from pipeline.io.errors import UnnamedChannel
from pipeline.io.roles import assign_roles, find_channel, is_nuclear_name, membrane_rank

PATH = Path("a.tif")


@pytest.mark.parametrize(
    "name",
    [
        *("DAPI", "dapi-01", "DAPI1", "Hoechst 33342", "dsDNA (89)"),
        *("nucleus", "Nuclei", "nuclear stain", "HH3", "Histone H3"),
        *("Yb172_H3K27Ac", "DNA", "191Ir_DNA1", "Ir193", "Ir(191)", "B (mostly DAPI)", "DRAQ5", "Nuclear_1"),
    ],
)
def test_clear_nuclear_names(name: str) -> None:
    assert is_nuclear_name(name)


@pytest.mark.parametrize(
    "name", ["CD45", "membrane", "Ki67", "channel 0", "red", "CH_7", "Cy3", "mDNAm", "Pan-CK"]
)
def test_names_that_are_not_clearly_nuclear(name: str) -> None:
    assert not is_nuclear_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("membrane", "Membrane", "E-cadherin", "ECadherin"),
        *("NaK ATPase", "Na/K-ATPase", "NaKATPase", "Pan-CK", "PanKeratin"),
        *("CD44", "CD45", "Pr141_Cytokeratin 5", "beta-catenin", "HLA_Class_1", "WGA"),
    ],
)
def test_clear_membrane_names(name: str) -> None:
    assert membrane_rank(name) is not None


@pytest.mark.parametrize("name", ["DAPI", "CD3", "Ki67", "GFP", "channel 1", "CD4", "CD451"])
def test_names_that_are_no_membrane(name: str) -> None:
    assert membrane_rank(name) is None


def test_the_best_membrane_is_taken_and_the_others_are_said() -> None:
    roles, warnings = assign_roles(["CD45", "DAPI", "membrane", "ECadherin"], path=PATH)
    assert roles == ["other", "nuclear", "membrane", "other"]
    assert warnings == [
        "membrane channel: 'membrane' is taken; 'ECadherin', 'CD45' would do too (name one to choose)"
    ]


def test_one_channel_is_nuclear_whatever_its_name() -> None:
    assert assign_roles(["anything"], path=PATH) == (["nuclear"], [])


def test_several_nuclear_names_must_be_chosen_from() -> None:
    with pytest.raises(UnnamedChannel, match="several channels could be the nuclear one \\('DAPI', 'HH3'\\)"):
        assign_roles(["DAPI", "HH3", "CD3"], path=PATH)
    roles, _ = assign_roles(["DAPI", "HH3", "CD3"], path=PATH, nuclear="hh3")
    assert roles == ["other", "nuclear", "other"]


@pytest.mark.parametrize(
    ("names", "taken", "others"),
    [
        (["DNA1", "DNA2", "CD3"], "DNA2", "'DNA1'"),
        (["Ir193", "Ir191"], "Ir193", "'Ir191'"),
        (["HH3 (Yb176)", "191Ir_DNA1"], "191Ir_DNA1", "'HH3 (Yb176)'"),
        (["Histone H3", "DNA1 (Ir191)", "DNA2 (Ir193)"], "DNA2 (Ir193)", "'Histone H3', 'DNA1 (Ir191)'"),
    ],
)
def test_the_dna_stain_of_imc_is_nuclear_before_others(names: list[str], taken: str, others: str) -> None:
    roles, warnings = assign_roles(names, path=PATH)
    assert names[roles.index("nuclear")] == taken
    assert warnings == [f"nuclear channel: {taken!r} is taken; {others} would do too (name one to choose)"]


def test_a_target_finds_its_channel_without_the_metal() -> None:
    names = ["CD20 (Dy161)", "Er170_CD3", "Pr141_CD3 e", "CD8 (Gd155)", "CD8 (Gd156)", "核", "168Er Ki67"]
    assert find_channel(names, "cd20", role="nuclear", path=PATH) == 0
    assert find_channel(names, "CD3", role="nuclear", path=PATH) == 1
    assert find_channel(names, "Ki67", role="nuclear", path=PATH) == 6
    for wanted in ("CD8", "胞", "CD"):
        with pytest.raises(UnnamedChannel, match="is not one of its 7 channels"):
            find_channel(names, wanted, role="nuclear", path=PATH)


def test_numbers_and_names_find_channels() -> None:
    names = ["a", "1", "B", "b"]
    assert find_channel(names, "1", role="nuclear", path=PATH) == 1
    assert find_channel(names, "3", role="nuclear", path=PATH) == 3
    assert find_channel(names, 2, role="nuclear", path=PATH) == 2
    assert find_channel(names, "B", role="nuclear", path=PATH) == 2
    assert find_channel(names, "A", role="nuclear", path=PATH) == 0
    # "²" is a digit in some ways, but no number.
    for wanted in ("c", 4, -1, "9", "²"):
        with pytest.raises(UnnamedChannel, match="a number from 0 to 3"):
            find_channel(names, wanted, role="nuclear", path=PATH)


def test_one_channel_cannot_have_both_roles() -> None:
    with pytest.raises(UnnamedChannel, match="cannot be both"):
        assign_roles(["a", "b"], path=PATH, nuclear="a", membrane=0)


def test_long_lists_are_cut_in_messages() -> None:
    with pytest.raises(UnnamedChannel, match=r"'m39', \.\.\. is clearly") as caught:
        assign_roles([f"m{n}" for n in range(60)], path=PATH)
    assert len(caught.value.choices) == 60
