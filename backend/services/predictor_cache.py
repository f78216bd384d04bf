"""The predictors that a worker keeps loaded, so that the second box of an annotator is quick."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from backend.ports import Predictor

MOST_PREDICTORS = 2

Open = Callable[[], AbstractContextManager[Predictor]]


class PredictorCache:
    """Predictors by model version or by name, the ones used last; their files stay with them."""

    def __init__(self, *, most: int = MOST_PREDICTORS) -> None:
        self._most = most
        self._held: OrderedDict[int | str, tuple[Predictor, ExitStack]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: int | str, open_predictor: Open) -> Predictor:
        """The predictor held, else the one that `open_predictor` opens; raises what that raises."""
        with self._lock:
            if key not in self._held:
                stack = ExitStack()
                self._held[key] = (stack.enter_context(open_predictor()), stack)
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                _, (_, oldest) = self._held.popitem(last=False)
                oldest.close()
            return self._held[key][0]

    def clear(self) -> None:
        """Close every predictor."""
        with self._lock:
            while self._held:
                self._held.popitem()[1][1].close()

    def __len__(self) -> int:
        return len(self._held)
