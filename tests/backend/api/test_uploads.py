import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api.uploads import LONGEST_NAME, LONGEST_SHOWN_NAME, safe_name, shown_name
from backend.services.names import clean_name


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("slide.ome.tif", "slide.ome.tif"),
        ("../../etc/pass wd.tif", "pass_wd.tif"),
        ("C:\\images\\a.TIFF", "a.TIFF"),
        (".hidden", "hidden"),
        ("", "image"),
        (None, "image"),
        ("日本.png", "image.png"),
        ("a.tif/", "image"),
    ],
)
def test_names_become_plain(given_name: str | None, kept: str) -> None:
    assert safe_name(given_name) == kept


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("a slide.ome.tif", "a slide.ome.tif"),
        ("../../etc/肝臓 1.tif", "肝臓 1.tif"),
        ("C:\\images\\A\u030a.tif", "\u00c5.tif"),
        ("a\nb\u202e.tif", "ab.tif"),
        ("\n", "image"),
        (None, "image"),
        ("x" * 300, "x" * LONGEST_SHOWN_NAME),
    ],
)
def test_people_see_the_name_that_they_know(given_name: str | None, shown: str) -> None:
    assert shown_name(given_name) == shown


@given(st.text(max_size=400))
def test_every_shown_name_can_be_an_fovs(name: str) -> None:
    assert clean_name(shown_name(name), what="FOV", longest=300) == shown_name(name)


@given(st.text(max_size=400))
def test_no_name_leaves_its_folder(name: str) -> None:
    kept = safe_name(name)
    assert kept
    assert len(kept) <= LONGEST_NAME
    assert not set(kept) & set("/\\\0")
    assert not kept.startswith(".")
