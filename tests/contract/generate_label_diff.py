"""Write label_diff.json, the vectors that the Python and the TypeScript tests both read.

Run from the root of the repository: ``python tests/contract/generate_label_diff.py``. The bytes are built
here number by number, without the code under test, so that the file is an oracle of its own.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np

Rows = list[list[int]]


def varint(number: int) -> bytes:
    """Give an unsigned LEB128 varint."""
    out = bytearray()
    while number > 0x7F:
        out.append((number & 0x7F) | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def pack(*numbers: int) -> bytes:
    """Give numbers as varints one after the other."""
    return b"".join(varint(number) for number in numbers)


def checksum(labels: Rows) -> int:
    """Give the CRC-32 of a label image."""
    return zlib.crc32(np.array(labels, dtype="<u4").tobytes())


def encode(old: Rows, new: Rows, *, compartment: int, frame: int) -> bytes:
    """Give the canonical bytes, pixel by pixel."""
    changed = [(r, c) for r in range(len(old)) for c in range(len(old[0])) if old[r][c] != new[r][c]]
    top, left = min(r for r, _ in changed), min(c for _, c in changed)
    bottom, right = max(r for r, _ in changed), max(c for _, c in changed)
    out = pack(1, compartment, frame, top, left, bottom - top + 1, right - left + 1)
    run: list[int] = []
    skip = 0
    for r in range(top, bottom + 1):
        for c in range(left, right + 1):
            a, b = old[r][c], new[r][c]
            if run and run[2:] == [a, b]:
                run[1] += 1
                continue
            if run:
                out, run, skip = out + pack(*run), [], 0
            if a == b:
                skip += 1
            else:
                run = [skip, 1, a, b]
    return out + (pack(*run) if run else b"")


def vector(name: str, old: Rows, new: Rows, *, compartment: int = 0, frame: int = 0) -> dict[str, object]:
    """Describe one change."""
    diff = encode(old, new, compartment=compartment, frame=frame)
    return {
        "name": name,
        "compartment": ("whole_cell", "nuclear")[compartment],
        "frame": frame,
        "shape": [len(old), len(old[0])],
        "old": [label for row in old for label in row],
        "new": [label for row in new for label in row],
        "diff_hex": diff.hex(),
        "checksum": zlib.crc32(diff),
        "labels_checksum_after": checksum(new),
    }


def random_vector(seed: int, *, shape: tuple[int, int], top: int) -> dict[str, object]:
    """Describe a change of blocks of random labels below `top`."""
    generator = np.random.default_rng(seed)
    old = np.kron(generator.integers(0, 4, shape), np.ones((3, 4), dtype=np.int64)) * (top // 4)
    new = old.copy()
    r, c = generator.integers(0, shape[0]), generator.integers(0, shape[1])
    new[r : r + 5, c : c + 7] = generator.integers(1, top)
    new[-1, generator.integers(0, new.shape[1])] = 0
    new[0, 0] = top - 1
    return vector(f"random blocks, seed {seed}", old.tolist(), new.tolist(), compartment=seed % 2, frame=seed)


VECTORS = [
    vector("one pixel image", [[0]], [[1]]),
    vector("one pixel image, erased", [[7]], [[0]], compartment=1),
    vector("labels of one, two and three bytes", [[127, 128, 16383, 16384]], [[128, 127, 16384, 16383]]),
    vector("labels above 65535", [[0, 65535], [65536, 70000]], [[65536, 0], [65536, 70001]]),
    vector("labels above 2**24", [[0, 16777217], [16777216, 0]], [[16777216, 16777218], [16777216, 0]]),
    vector("the highest labels", [[0, 4294967295, 4294967294]], [[4294967295, 0, 2147483648]]),
    vector("full image, one run", [[0] * 6 for _ in range(4)], [[3] * 6 for _ in range(4)], frame=2),
    vector("full image, one run per pixel", [[1, 2], [3, 4], [5, 6]], [[6, 5], [4, 3], [2, 1]]),
    vector("a run that passes the end of a row", [[0, 0, 0], [0, 0, 0]], [[0, 5, 5], [5, 5, 0]]),
    vector(
        "runs that touch but differ in the old label",
        [[0, 0, 2, 2, 0], [0, 0, 2, 2, 0]],
        [[0, 9, 9, 9, 9], [0, 9, 9, 9, 9]],
    ),
    vector(
        "corners only, one label",
        [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
        [[4, 0, 4], [0, 0, 0], [4, 0, 4]],
    ),
    vector("a column in the middle", [[1, 1, 1]] * 3, [[1, 0, 1]] * 3, compartment=1, frame=300),
    vector("a change far from the origin", [[0] * 200] * 3, [[0] * 200] * 2 + [[0] * 198 + [8, 0]]),
    random_vector(1, shape=(5, 6), top=4),
    random_vector(2, shape=(9, 4), top=70_000),
    random_vector(3, shape=(4, 11), top=2**32),
]

HEAD = pack(1, 0, 0, 0, 0)


def invalid(
    name: str, data: bytes, *, error: str = "invalid", labels: Rows | None = None
) -> dict[str, object]:
    """Describe bytes that a label image of 2 x 3 px must refuse."""
    held = labels if labels is not None else [[0, 0, 0], [1, 1, 1]]
    return {
        "name": name,
        "shape": [2, 3],
        "labels": [label for row in held for label in row],
        "diff_hex": data.hex(),
        "error": error,
    }


INVALID = [
    invalid("no bytes", b""),
    invalid("a header alone", HEAD + pack(1, 1)),
    invalid("a header cut short", pack(1, 0, 0, 0)),
    invalid("version 0", pack(0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 5)),
    invalid("version 2", pack(2, 0, 0, 0, 0, 1, 1, 0, 1, 0, 5)),
    invalid("compartment 2", pack(1, 2, 0, 0, 0, 1, 1, 0, 1, 0, 5)),
    invalid("a rectangle without rows", HEAD + pack(0, 1, 0, 1, 0, 5)),
    invalid("a rectangle without columns", HEAD + pack(1, 0, 0, 1, 0, 5)),
    invalid("a run cut between numbers", HEAD + pack(1, 1, 0, 1, 0)),
    invalid("a number cut in the middle", HEAD + pack(1, 1, 0, 1, 0) + b"\x85"),
    invalid("a number after the last run", HEAD + pack(1, 1, 0, 1, 0, 5, 0)),
    invalid("a run of length 0", HEAD + pack(1, 1, 0, 0, 0, 5)),
    invalid("a run that changes nothing", HEAD + pack(1, 1, 0, 1, 5, 5)),
    invalid("a run past the end of the rectangle", HEAD + pack(1, 2, 0, 3, 0, 5)),
    invalid("a skip past the end of the rectangle", HEAD + pack(1, 2, 2, 1, 0, 5)),
    invalid("two runs that should be one", HEAD + pack(1, 2, 0, 1, 0, 5, 0, 1, 0, 5)),
    invalid("a rectangle with a row too many below", HEAD + pack(2, 3, 0, 3, 0, 5)),
    invalid("a rectangle with a row too many above", HEAD + pack(2, 3, 3, 3, 1, 5)),
    invalid("a rectangle with a column too many right", HEAD + pack(2, 3, 0, 2, 0, 5, 1, 2, 1, 5)),
    invalid("a rectangle with a column too many left", HEAD + pack(2, 3, 1, 2, 0, 5, 1, 2, 1, 5)),
    invalid("a number padded with zeros", b"\x81\x00" + pack(0, 0, 0, 0, 1, 1, 0, 1, 0, 5)),
    invalid("a label of 2**32", HEAD + pack(1, 1, 0, 1, 0, 2**32)),
    invalid("a number of six bytes", HEAD + pack(1, 1, 0, 1, 0) + b"\x80\x80\x80\x80\x80\x01"),
    invalid("a number of ten bytes", HEAD + pack(1, 1, 0, 1, 0, 2**64 - 1)),
    invalid("a rectangle below the image", pack(1, 0, 0, 2, 0, 1, 1, 0, 1, 0, 5)),
    invalid("a rectangle that ends right of the image", pack(1, 0, 0, 0, 2, 1, 2, 0, 2, 0, 5)),
    invalid("a rectangle far outside", pack(1, 0, 0, 2**32 - 1, 2**32 - 1, 1, 1, 0, 1, 0, 5)),
    invalid("another old label", HEAD + pack(1, 1, 0, 1, 2, 5), error="diverging"),
    invalid("another old label in the last pixel", HEAD + pack(1, 3, 0, 3, 0, 5), error="diverging",
            labels=[[0, 0, 9], [1, 1, 1]]),
    invalid("an old label that would fit if cut to 24 bits", HEAD + pack(1, 1, 0, 1, 1, 5), error="diverging",
            labels=[[16777217, 0, 0], [1, 1, 1]]),
]  # fmt: skip


def label_image(name: str, labels: Rows) -> dict[str, object]:
    """Describe a label image and its checksum."""
    flat = [label for row in labels for label in row]
    return {
        "name": name,
        "shape": [len(labels), len(labels[0]) if labels else 0],
        "labels": flat,
        "checksum": checksum(labels),
    }


LABEL_IMAGES = [
    label_image("empty", []),
    label_image("one background pixel", [[0]]),
    label_image("one label", [[1]]),
    label_image("high labels", [[65535, 65536, 16777217], [2147483648, 4294967295, 0]]),
    label_image("a column", [[1], [2], [3]]),
    label_image("a ramp", [[256 * r + c for c in range(16)] for r in range(9)]),
]


def main() -> None:
    """Write the file beside this one."""
    content = {"vectors": VECTORS, "invalid": INVALID, "label_images": LABEL_IMAGES}
    text = json.dumps(content, separators=(",", ":")).replace('{"name"', '\n{"name"')
    Path(__file__).with_name("label_diff.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
