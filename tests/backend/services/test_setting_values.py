import pytest

from backend.errors import InvalidInput
from backend.services.setting_values import (
    check_distinct,
    field_of,
    is_number,
    is_whole,
    read_fields,
    read_list,
)


def test_numbers_are_told_from_what_looks_like_them() -> None:
    assert [is_whole(value) for value in (0, -3, True, 1.0, "1", None)] == [True, True, *[False] * 4]
    values = (0, 1.5, float("nan"), float("inf"), 10**400, False, "1.5")
    assert [is_number(value) for value in values] == [True, True, *[False] * 5]


def test_the_field_of_a_place() -> None:
    assert [field_of(where) for where in ("a", "a[2]", "a[2].b[0]", "a.b")] == ["a"] * 4


def test_what_fits_is_given_back() -> None:
    assert read_list([1, 2], setting="a", most=2) == [1, 2]
    assert read_fields({"b": 1}, known=("b", "c"), needed=("b",), where="a[0]") == {"b": 1}
    check_distinct([1, 2, 3], setting="a", what="id")


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: read_list({}, setting="a", most=2), "a is {}; give a list."),
        (lambda: read_list([1, 2, 3], setting="a", most=2), "a has 3 entries; 2 are the most."),
        (lambda: read_fields(3, known=("b", "c"), where="a[1]"), "a[1] is 3; give an object with b, c."),
        (lambda: read_fields({"d": 1}, known=("b",), where="a[1]"), "a[1] has no d; known are b."),
        (lambda: read_fields({}, known=("b",), needed=("b",), where="a[1]"), "a[1] lacks b; give it."),
        (lambda: check_distinct([1, 1], setting="a[1].c", what="id"), "a[1].c has the id 1 twice"),
    ],
)
def test_a_fault_names_the_place_and_the_field(check, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInput) as caught:
        check()
    assert message in caught.value.message
    assert caught.value.detail["field"] == "a"
