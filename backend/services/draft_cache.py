"""The drafts of open assignments that this process keeps, so that an append need not replay the log."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.marks import CropExtent, held_bytes

LabelImage = npt.NDArray[np.uint32]
"""Labels of a crop, (compartment, frame, row, col)."""

Plane = npt.NDArray[np.uint32]
Planes = MappingProxyType[tuple[str, int], Plane]
"""One read-only (row, col) array per compartment and frame."""

Marks = Mapping[str, Any]
"""Marks of a crop, key to value, never changed; see `pipeline.marks`."""

# About what Python objects take for each byte of JSON.
_BYTES_PER_JSON_BYTE = 10


@dataclass(frozen=True)
class Draft:
    """Labels and marks of an assignment after its edit `seq`. Never changed: a later draft is a new one.

    Two drafts share the planes, and the marks, on which they agree.
    """

    seq: int
    compartments: tuple[str, ...]
    n_frames: int
    planes: Planes
    marks: Marks
    marks_bytes: int

    @classmethod
    def from_labels(
        cls,
        labels: LabelImage,
        *,
        compartments: tuple[str, ...],
        seq: int,
        marks: Marks = MappingProxyType({}),
    ) -> "Draft":
        """A draft from a label image (compartment, frame, row, col) and marks."""
        planes = {
            (name, frame): _frozen(labels[index, frame])
            for index, name in enumerate(compartments)
            for frame in range(labels.shape[1])
        }
        return cls(
            seq,
            compartments,
            labels.shape[1],
            MappingProxyType(planes),
            MappingProxyType(marks),
            held_bytes(marks),
        )

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
    def extent(self) -> CropExtent:
        """What marks of this crop may name."""
        height, width = next(iter(self.planes.values())).shape
        return CropExtent(self.compartments, self.n_frames, (height, width))

    @property
    def n_bytes(self) -> int:
        """Bytes of the label image, and about those of the marks."""
        labels = sum(plane.nbytes for plane in self.planes.values())
        return labels + _BYTES_PER_JSON_BYTE * self.marks_bytes

    def replaced(
        self,
        planes: dict[tuple[str, int], Plane],
        *,
        seq: int,
        marks: Marks | None = None,
        marks_bytes: int = 0,
    ) -> "Draft":
        """The draft after edit `seq`, which wrote these planes and no others, and these marks if any."""
        for plane in planes.values():
            plane.flags.writeable = False
        merged = MappingProxyType({**self.planes, **planes})
        later = replace(self, seq=seq, planes=merged)
        if marks is None:
            return later
        return replace(later, marks=MappingProxyType(marks), marks_bytes=marks_bytes)


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
