"""What tells one source file from another, and which FOVs come from the same one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.io.sidecar import sidecar_paths

_HASH_BYTES = 1 << 20
_LONGEST_SHOWN = 150


@dataclass(frozen=True)
class Checksums:
    """sha256 of a file, or of a folder's names and contents.

    as_read : with its JSON file and how it is to be read; where they are equal, so are the FOVs
    file : of the file alone; where they are equal, FOVs show the same specimen
    """

    as_read: str
    file: str

    def group(self, name: str) -> str:
        """The group of all that is read of the file, called after its name; other files of it are others."""
        shown = "".join(character for character in name if character.isprintable())
        return f"{shown[:_LONGEST_SHOWN]} {self.file[:8]}".strip()


def checksums_of(path: Path, *, reading: Mapping[str, Any]) -> Checksums:
    """Read a file once for its checksums; `reading` is how it is to be read, plain values by name."""
    as_read, alone = hashlib.sha256(repr(sorted(reading.items())).encode()), hashlib.sha256()
    files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
    beside = [item for item in sidecar_paths(path) if item.is_file() and item != path]
    for item in [*files, *beside]:
        digests = [as_read] if item in beside else [as_read, alone]
        named = item.relative_to(path).as_posix().encode() if item.is_relative_to(path) else b"|"
        for digest in digests:
            digest.update(named)
        with item.open("rb") as stream:
            while block := stream.read(_HASH_BYTES):
                for digest in digests:
                    digest.update(block)
    return Checksums(as_read.hexdigest(), alone.hexdigest())
