import pytest

from backend.api.throttle import MOST_NAMES, WITHIN_S, Throttle
from backend.errors import TooManyAttempts


def test_the_attempt_after_the_last_allowed_one_is_refused_until_time_has_passed() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0], attempts=3)
    for _ in range(3):
        throttle.check("eve")
    with pytest.raises(TooManyAttempts, match="Too many attempts to sign in as 'eve'"):
        throttle.check("eve")
    throttle.check("bob")
    now[0] = WITHIN_S
    throttle.check("eve")


def test_names_are_forgotten_rather_than_kept_for_ever() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])
    for index in range(MOST_NAMES):
        throttle.check(f"name {index}")
    now[0] = WITHIN_S
    throttle.check("one more")
    assert len(throttle._held) == 1
