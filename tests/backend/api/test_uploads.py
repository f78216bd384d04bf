import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api.uploads import LONGEST_NAME, safe_name


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


@given(st.text(max_size=400))
def test_no_name_leaves_its_folder(name: str) -> None:
    kept = safe_name(name)
    assert kept
    assert len(kept) <= LONGEST_NAME
    assert not set(kept) & set("/\\\0")
    assert not kept.startswith(".")
