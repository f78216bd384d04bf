import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InvalidInput
from backend.services.names import clean_name, storable


@given(st.text(max_size=30))
def test_a_name_is_clean_or_refused(text: str) -> None:
    try:
        name = clean_name(text, what="job", longest=20)
    except InvalidInput:
        assert not text.strip() or len(text.strip()) > 20 or not text.strip().isprintable()
    else:
        assert name == text.strip() == clean_name(name, what="job", longest=20)
        assert 0 < len(name) <= 20
        assert name.isprintable()


def test_the_message_quotes_the_name() -> None:
    with pytest.raises(InvalidInput) as caught:
        clean_name("a\tb", what="project", longest=200)
    assert caught.value.message == (
        r"'a\tb' cannot be the name of a project: give 1 to 200 characters that can be shown."
    )


@given(st.text(st.characters(exclude_categories=())))
def test_a_text_of_a_file_keeps_its_length_and_can_be_stored(text: str) -> None:
    kept = storable(text)
    assert len(kept) == len(text)
    assert "\0" not in kept
    assert kept.encode().decode() == storable(kept) == kept


def test_what_a_file_says_is_made_storable_at_every_depth() -> None:
    assert storable({"a\0": ["DAPI", "b\ud800", {"c": 1.5}], "d": None}) == {
        "a\ufffd": ["DAPI", "b\ufffd", {"c": 1.5}],
        "d": None,
    }
