"""Write label_operations.json, the vectors that hold the editor's operations to a plain reference.

Run from the root of the repository: ``python -m tests.contract.generate_label_operations``. The file has
scenes (two label planes and an image), vectors (one operation on a scene and what comes out), and a script
of random edits with checksums of the labels along the way.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.contract import reference_image_operations as of_image
from tests.contract import reference_operations as plain
from tests.contract.edit_script import record_script
from tests.contract.reference_operations import Labels

SHAPES = [(23, 31), (31, 17), (12, 40), (40, 12), (19, 20), (26, 26)]
N_PER_OPERATION = 8
MODES = ("protect", "overwrite")
Scene = dict[str, Any]
Draw = Callable[[np.random.Generator, Scene], dict[str, Any]]


def make_scene(seed: int, shape: tuple[int, int]) -> Scene:
    """Draw discs of labels, some above 2**24, in two planes, and a noisy image with many zeros."""
    generator = np.random.default_rng(seed)
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    planes = [np.zeros(shape, dtype=np.int64) for _ in range(2)]
    image = generator.integers(0, 60, shape).astype(np.float64)
    for label in [*range(1, 7), 2**24 + 1, 2**24 + 2, 2**24 + 3]:
        row, col = generator.integers(0, shape[0]), generator.integers(0, shape[1])
        away = np.hypot(rows - row, (cols - col) * generator.uniform(0.6, 1.4))
        radius = generator.uniform(2.5, 6)
        planes[0][away <= radius] = label
        planes[1][away <= radius * 0.6] = label
        image += np.where(away <= radius, np.round(900 * np.exp(-((away / radius) ** 2))), 0)
    planes[0][generator.random(shape) < 0.04] = 0
    image[generator.random(shape) < 0.25] = 0
    return {"planes": planes, "image": image}


def plain_scene(labels: Labels, value: float) -> Scene:
    """Describe a scene with one label plane twice and a constant image."""
    return {"planes": [labels, labels.copy()], "image": np.full(labels.shape, value)}


SCENES = [make_scene(seed, shape) for seed, shape in enumerate(SHAPES)] + [
    plain_scene(np.ones((1, 1), dtype=np.int64), 0),
    plain_scene(np.zeros((1, 1), dtype=np.int64), 7),
    plain_scene(np.repeat(np.array([[0, 3, 2**32 - 2, 0, 3]]), 8, axis=1), 5),
    plain_scene(np.full((9, 14), 2**24 + 5, dtype=np.int64), 100),
    plain_scene(np.zeros((7, 11), dtype=np.int64), 0),
]


def place(generator: np.random.Generator, scene: Scene) -> tuple[int, int]:
    """Choose a pixel, mostly one with a label."""
    labels = scene["planes"][0]
    held = np.argwhere(labels > 0)
    if len(held) > 0 and generator.random() < 0.8:
        row, col = held[generator.integers(len(held))]
        return int(row), int(col)
    return int(generator.integers(labels.shape[0])), int(generator.integers(labels.shape[1]))


def label_args(generator: np.random.Generator, scene: Scene) -> dict[str, Any]:
    """Choose a label that is here."""
    return {"label": int(scene["planes"][0][place(generator, scene)])}


def seed_args(generator: np.random.Generator, scene: Scene) -> dict[str, Any]:
    """Choose a pixel and another label to give it."""
    row, col = place(generator, scene)
    return {"row": row, "col": col, "label": int(generator.choice([4, 50, 2**24 + 9]))}


def box_args(generator: np.random.Generator, scene: Scene) -> dict[str, Any]:
    """Choose a box."""
    (r0, c0), (r1, c1) = place(generator, scene), place(generator, scene)
    return {"box": [min(r0, r1), min(c0, c1), abs(r0 - r1) + 1, abs(c0 - c1) + 1]}


def adopt_args(generator: np.random.Generator, scene: Scene) -> dict[str, Any]:
    """Choose a box, as often the whole image, beside which there is no label, and names for what it holds."""
    rows, cols = scene["image"].shape
    whole = {"box": [0, 0, rows, cols]}
    box = whole if generator.random() < 0.5 else box_args(generator, scene)
    return {**box, "names": list(range(70, 90))}


def split_args(generator: np.random.Generator, scene: Scene) -> dict[str, Any]:
    """Choose two pixels of one label."""
    row, col = place(generator, scene)
    label = int(scene["planes"][0][row, col])
    held = np.argwhere(scene["planes"][0] == label)
    second = held[generator.integers(len(held))].tolist()
    return {"label": label, "newLabel": 2**24 + 70, "first": [row, col], "second": second}


def line_args(generator: np.random.Generator, scene: Scene) -> dict[str, Any]:
    """Choose a line through a pixel of a label, with corners outside the image too."""
    row, col = place(generator, scene)
    down, across = (int(step) for step in generator.integers(-9, 10, 2))
    path = [[row - down, col - across], [row, col], [row + down, col + across]]
    return {"label": int(scene["planes"][0][row, col]), "newLabel": 300, "path": path}


def polygon_args(generator: np.random.Generator, scene: Scene) -> dict[str, Any]:
    """Choose corners in and around the image, some in the middle and on the edge of pixels."""
    rows, cols = scene["image"].shape
    corners = generator.uniform((-4, -4), (cols + 4, rows + 4), (int(generator.integers(3, 8)), 2))
    points = (np.round(corners * 4) / 4).tolist()
    return {"points": points, "label": 60}


DRAWS: dict[str, tuple[Callable[..., Labels], Draw, bool]] = {
    "flood": (plain.flood, seed_args, True),
    "trim": (
        plain.trim,
        lambda g, s: {**seed_args(g, s), **label_args(g, s)} if g.random() < 0.2 else own_seed(g, s),
        False,
    ),
    "fill_holes": (plain.fill_holes, label_args, True),
    "grow": (plain.grow, label_args, True),
    "shrink": (plain.shrink, label_args, False),
    "smooth": (
        plain.smooth,
        lambda g, s: {**label_args(g, s), "radiusPx": int(g.integers(1, 4))},
        True,
    ),
    "threshold": (of_image.threshold, lambda g, s: {**box_args(g, s), "label": 80}, True),
    "wand": (
        of_image.wand,
        lambda g, s: {**seed_args(g, s), "tolerance": int(g.integers(0, 500)), "reachPx": 9},
        True,
    ),
    "watershed": (of_image.watershed, split_args, False),
    "split_line": (plain.split_line, line_args, False),
    "autofit": (of_image.autofit, label_args, True),
    "replace": (
        plain.replace,
        lambda g, s: {"from": label_args(g, s)["label"], "to": int(g.choice([0, 3, 2**24 + 2]))},
        False,
    ),
    "swap": (
        plain.swap,
        lambda g, s: {"a": label_args(g, s)["label"], "b": int(g.choice([0, 1, 2, 90]))},
        False,
    ),
    "delete_in": (plain.delete_in, box_args, False),
    "copy": (plain.copy, label_args, True),
    "interpolate": (
        plain.interpolate,
        lambda g, s: {**label_args(g, s), "share": float(g.choice([0.25, 0.5, 2 / 3]))},
        True,
    ),
    "expand": (
        plain.expand,
        lambda g, s: {
            "label": 0 if g.random() < 0.5 else label_args(g, s)["label"],
            "distancePx": float(g.choice([1, 2.5, 4, 7])),
        },
        True,
    ),
    "polygon": (plain.polygon, polygon_args, True),
    "polygon_erase": (plain.polygon_erase, lambda g, s: {**polygon_args(g, s), **label_args(g, s)}, True),
    "adopt": (plain.adopt, adopt_args, True),
}


def own_seed(generator: np.random.Generator, scene: Scene) -> dict[str, Any]:
    """Choose a pixel and its own label."""
    row, col = place(generator, scene)
    return {"row": row, "col": col, "label": int(scene["planes"][0][row, col])}


def planes_for(op: str, scene: Scene) -> dict[str, Any]:
    """Give what an operation reads beside the labels that it changes."""
    first, second = scene["planes"]
    if op in ("threshold", "wand", "watershed", "autofit"):
        return {"image": scene["image"]}
    return {
        "copy": {"source": second},
        "expand": {"nuclei": second},
        "interpolate": {"before": first, "after": np.roll(second, (2, -3), axis=(0, 1))},
    }.get(op, {})


def vectors() -> list[dict[str, Any]]:
    """Run each operation on every kind of scene."""
    found = []
    for number, (op, (run, draw, has_mode)) in enumerate(DRAWS.items()):
        generator = np.random.default_rng(100 + number)
        for i in [*range(N_PER_OPERATION), *range(len(SHAPES), len(SCENES))]:
            at = i % len(SHAPES) if i < N_PER_OPERATION else i
            scene = SCENES[at]
            if op == "autofit" and min(scene["image"].shape) < 2:
                continue
            args = draw(generator, scene)
            mode = {"mode": MODES[int(generator.integers(2))]} if has_mode else {}
            labels = scene["planes"][0]
            held = planes_for(op, scene)
            if op == "adopt":
                held = {"found": plain.found_in(args["box"], scene["planes"][1])}
            result = run(labels, **args, **mode, **held)
            isSame = bool((result == labels).all())
            found.append(
                {"op": op, "scene": at, "args": {**args, **mode}, "result": None if isSame else flat(result)}
            )
    return found


def flat(labels: Labels) -> list[int]:
    """Give labels as a list."""
    return [int(label) for label in labels.ravel()]


def checksum(labels: Labels) -> int:
    """Give the CRC-32 of a label image."""
    return zlib.crc32(labels.astype("<u4").tobytes())


def content() -> str:
    """Give the text of the file."""
    scenes = [
        {
            "shape": list(scene["image"].shape),
            "planes": [flat(plane) for plane in scene["planes"]],
            "image": [int(value) for value in scene["image"].ravel()],
        }
        for scene in SCENES
    ]
    start = make_scene(77, (37, 48))
    scene = {
        "shape": [37, 48],
        "planes": [flat(plane) for plane in start["planes"]],
        "image": [int(value) for value in start["image"].ravel()],
    }
    script = record_script(start["planes"], start["image"], n_edits=10_000, seed=5, checksum=checksum)
    whole = {"scenes": scenes, "vectors": vectors(), "script": {"scene": scene, **script}}
    text = json.dumps(whole, separators=(",", ":"))
    return text.replace('{"op"', '\n{"op"').replace('"script"', '\n"script"') + "\n"


def main() -> None:
    """Write the file beside this one."""
    Path(__file__).with_name("label_operations.json").write_text(content(), encoding="utf-8")


if __name__ == "__main__":
    main()
