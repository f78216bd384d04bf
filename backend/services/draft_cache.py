"""The label images of open assignments that this process keeps, so that an append need not replay the log."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

LabelImage = npt.NDArray[np.uint32]
"""Labels of a crop, (compartment, frame, row, col)."""

Plane = npt.NDArray[np.uint32]
Planes = MappingProxyType[tuple[str, int], Plane]
"""One read-only (row, col) array per compartment and frame."""


@dataclass(frozen=True)
class Draft:
    """The label image of an assignment after its edit `seq`. Never changed: a later draft is a new one.

    Two drafts share the planes on which they agree.
    """

    seq: int
    compartments: tuple[str, ...]
    n_frames: int
    planes: Planes

    @classmethod
    def from_labels(cls, labels: LabelImage, *, compartments: tuple[str, ...], seq: int) -> "Draft":
        """A draft from a label image (compartment, frame, row, col)."""
        planes = {
            (name, frame): _frozen(labels[index, frame])
            for index, name in enumerate(compartments)
            for frame in range(labels.shape[1])
        }
        return cls(seq, compartments, labels.shape[1], MappingProxyType(planes))

    @property
    def labels(self) -> LabelImage:
        """The label image, uint32 (compartment, frame, row, col), a new array."""
        return np.stack(
            [
                np.stack([self.planes[name, frame] for frame in range(self.n_frames)])
                for name in self.compartments
            ]
        )

    @property
    def n_bytes(self) -> int:
        """Bytes of the label image."""
        return sum(plane.nbytes for plane in self.planes.values())

    def replaced(self, planes: dict[tuple[str, int], Plane], *, seq: int) -> "Draft":
        """The draft after edit `seq`, which wrote these planes and no others."""
        for plane in planes.values():
            plane.flags.writeable = False
        merged = MappingProxyType({**self.planes, **planes})
        return Draft(seq, self.compartments, self.n_frames, merged)


class DraftCache:
    """Drafts by assignment, the ones used last, up to `max_bytes` in all; safe between threads.

    Only drafts of committed edits are put here. The log never changes what it holds, so a draft that is
    behind is still right for its `seq`; the reader adds the edits that came after it.
    """

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._n_bytes = 0
        self._drafts: OrderedDict[int, Draft] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, assignment_id: int) -> Draft | None:
        """The newest draft held of this assignment."""
        with self._lock:
            draft = self._drafts.get(assignment_id)
            if draft is not None:
                self._drafts.move_to_end(assignment_id)
            return draft

    def put(self, assignment_id: int, draft: Draft) -> None:
        """Keep a draft, unless a newer one of the assignment is held already."""
        with self._lock:
            held = self._drafts.get(assignment_id)
            if held is not None and held.seq >= draft.seq:
                return
            self._forget(assignment_id)
            if draft.n_bytes > self._max_bytes:
                return
            self._drafts[assignment_id] = draft
            self._n_bytes += draft.n_bytes
            while self._n_bytes > self._max_bytes:
                self._forget(next(iter(self._drafts)))

    def forget(self, assignment_id: int) -> None:
        """Drop the draft of an assignment that was closed."""
        with self._lock:
            self._forget(assignment_id)

    def _forget(self, assignment_id: int) -> None:
        draft = self._drafts.pop(assignment_id, None)
        if draft is not None:
            self._n_bytes -= draft.n_bytes

    @property
    def n_bytes(self) -> int:
        """Bytes of the drafts held."""
        return self._n_bytes

    def __len__(self) -> int:
        return len(self._drafts)


def _frozen(plane: npt.NDArray[Any]) -> Plane:
    copied = np.array(plane, dtype=np.uint32, order="C")
    copied.flags.writeable = False
    return copied
