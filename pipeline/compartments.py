"""The compartments a label image can outline, in the order that every file and message uses."""

from __future__ import annotations

COMPARTMENTS: tuple[str, ...] = ("whole_cell", "nuclear")
WHOLE_CELL, NUCLEAR = COMPARTMENTS
