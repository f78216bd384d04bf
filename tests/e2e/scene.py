"""A crop made for playing tools on: known cells in known places, and an image that fits them."""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from backend.demo.client import ApiClient
from pipeline.compartments import COMPARTMENTS
from pipeline.label_diff import diff_labels, edit_checksum, encode_diff

SHAPE = (3, 150, 210)
"""Frames, rows, columns: not square, and more than one frame."""
WHOLE_CELL, NUCLEAR = 0, 1
CHANNELS = ("nuclei", "membrane")

PLAIN = (25, 25)
HOLED = (25, 60)
RING = (25, 68)
"""In the cell about the hole."""
PEANUT = ((25, 95), (25, 113))
PAIR = ((25, 141), (25, 154))
MOVING = (30, 190)
PARTS = ((65, 20), (65, 42))
ROUGH = (65, 70)
LOOSE = (65, 105)
SMALL = ((65, 140), (65, 165))
BRIGHT = (112, 30)
NUCLEUS = (112, 75)
EMPTY = (112, 150)
LATER = (112, 105)
LABEL = {
    PLAIN: 1,
    HOLED: 2,
    RING: 2,
    PEANUT: 3,
    PAIR[0]: 4,
    PAIR[1]: 5,
    PARTS: 6,
    ROUGH: 7,
    LOOSE: 8,
    SMALL[0]: 9,
    SMALL[1]: 10,
    NUCLEUS: 11,
    LATER: 12,
    MOVING: 13,
}


def disc(centre: tuple[int, int], radius: float) -> np.ndarray:
    """Mask (row, column) of the pixels that lie so near to a place."""
    row, col = np.indices(SHAPE[1:])
    return np.hypot(row - centre[0], col - centre[1]) <= radius


def scene_labels() -> np.ndarray:
    """Labels (compartment, frame, row, column) that every test starts from."""
    labels = np.zeros((len(COMPARTMENTS), *SHAPE), np.uint32)
    first = labels[WHOLE_CELL, 0]
    first[disc(PLAIN, 12)] = LABEL[PLAIN]
    first[disc(HOLED, 12) & ~disc(HOLED, 4)] = LABEL[HOLED]
    first[disc(PEANUT[0], 11) | disc(PEANUT[1], 11)] = LABEL[PEANUT]
    first[15:36, 135:148] = LABEL[PAIR[0]]
    first[15:36, 148:161] = LABEL[PAIR[1]]
    first[disc(PARTS[0], 9) | disc(PARTS[1], 5)] = LABEL[PARTS]
    rough = disc(ROUGH, 11)
    rough[52:78:4, 68:72] = True
    first[rough] = LABEL[ROUGH]
    first[disc(LOOSE, 8)] = LABEL[LOOSE]
    for place in SMALL:
        first[disc(place, 6)] = LABEL[place]
    labels[NUCLEAR, 0, disc(NUCLEUS, 5)] = LABEL[NUCLEUS]
    labels[WHOLE_CELL, 1, disc(LATER, 9)] = LABEL[LATER]
    labels[WHOLE_CELL, 0, disc(MOVING, 8)] = LABEL[MOVING]
    labels[WHOLE_CELL, 2, disc((MOVING[0] + 16, MOVING[1]), 8)] = LABEL[MOVING]
    return labels


def scene_image() -> np.ndarray:
    """uint16 (frame, channel, row, column): cells bright, dark where the two halves of one meet."""
    bodies = [(PLAIN, 12), (HOLED, 12), (ROUGH, 11), (LOOSE, 12), (LATER, 9), (MOVING, 8)]
    bodies += [(place, 11) for place in PEANUT] + [(place, 6) for place in SMALL]
    bodies += [(PARTS[0], 9), (PARTS[1], 5)]
    row, col = np.indices(SHAPE[1:])
    membrane = np.full(SHAPE[1:], 200.0)
    membrane[15:36, 135:161] = 2000
    for (r, c), radius in bodies:
        away = np.hypot(row - r, col - c) / radius
        membrane = np.maximum(membrane, np.where(away <= 1, 3000 - 1500 * away, 0))
    membrane[disc(BRIGHT, 10)] = 2600
    nuclei = np.where(disc(NUCLEUS, 5) | disc(PLAIN, 5), 2500.0, 150.0)
    noise = np.random.default_rng(0).integers(0, 60, (SHAPE[0], 2, *SHAPE[1:]))
    return (np.stack([nuclei, membrane]) + noise).astype(np.uint16)


def write_scenes(path: Path, *, count: int) -> None:
    """An OME-TIFF with this many scenes side by side, each of which becomes a crop."""
    metadata = {"axes": "TCYX", "Channel": {"Name": list(CHANNELS)}}
    tifffile.imwrite(path, np.tile(scene_image(), (1, 1, 1, count)), metadata=metadata)


def set_labels(client: ApiClient, assignment: dict[str, Any], wanted: np.ndarray) -> None:
    """Make the assignment's labels these, by edits."""
    path = f"/assignments/{assignment['id']}"
    held = client.get_npy(f"{path}/labels.npy")
    edits: list[dict[str, Any]] = []
    for index, compartment in enumerate(assignment["compartments"]):
        for frame in range(held.shape[1]):
            diff = diff_labels(held[index, frame], wanted[index, frame], compartment=compartment, frame=frame)
            if diff is not None:
                edits.append(_edit(assignment["last_seq"] + len(edits) + 1, encode_diff(diff)))
    if edits:
        client.post(f"{path}/edits", {"edits": edits})


def _edit(seq: int, data: bytes) -> dict[str, Any]:
    return {
        "seq": seq,
        "tool": "brush",
        "client_at": datetime.now(UTC).isoformat(),
        "active_s": 0.0,
        "diff": base64.b64encode(data).decode(),
        "checksum": edit_checksum(data),
    }
