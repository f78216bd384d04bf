from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from backend.ports import ModelError, Predictor
from backend.services.predictor_cache import PredictorCache
from tests.backend.services.loop import BrightPredictor


class _Shelf:
    """Opens predictors and keeps a list of what is opened and closed."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def open(self, name: str) -> AbstractContextManager[Predictor]:
        @contextmanager
        def opened() -> Iterator[Predictor]:
            self.seen.append(f"+{name}")
            yield BrightPredictor(name)
            self.seen.append(f"-{name}")

        return opened()


def test_the_predictors_used_last_stay_open() -> None:
    cache, shelf = PredictorCache(most=2), _Shelf()
    get = lambda key: cache.get(key, lambda: shelf.open(str(key)))  # noqa: E731
    first = get(1)
    assert get(1) is first
    get(None)
    get(1)
    get(2)
    assert shelf.seen == ["+1", "+None", "+2", "-None"]
    assert (get(1) is first, len(cache)) == (True, 2)
    cache.clear()
    assert sorted(shelf.seen[-2:]) == ["-1", "-2"]
    assert len(cache) == 0


def test_a_predictor_that_cannot_be_opened_is_not_held() -> None:
    cache = PredictorCache()

    @contextmanager
    def broken() -> Iterator[Predictor]:
        raise ModelError("damaged")
        yield BrightPredictor()

    with pytest.raises(ModelError):
        cache.get(1, broken)
    assert len(cache) == 0
    assert cache.get(1, lambda: _Shelf().open("a")).name == "a"
