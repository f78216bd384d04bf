import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InvalidInput
from backend.services.names import clean_name


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
