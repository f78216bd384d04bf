"""IMC files (.mcd) as small as tests need them, laid out as the machines lay them out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt

CHANNELS = (("Yb(172)", "H3K27Ac_1977((2242))Yb172"), ("Pr(141)", "Cytokeratin 5_651((3356))Pr141"))


@dataclass
class Recorded:
    """One acquisition to be written.

    pixels : float32 (row, column, channel)
    claims : what the list says otherwise than is true
    """

    pixels: npt.NDArray[np.float32]
    name: str = "ROI_001"
    channels: Sequence[tuple[str, str]] = CHANNELS
    by_columns: bool = False
    n_records: int | None = None
    claims: dict[str, Any] = field(default_factory=dict)

    def records(self) -> bytes:
        """One record for each pixel, in the order in which the laser took them."""
        rows, cols, _ = self.pixels.shape
        y, x = np.mgrid[:rows, :cols].astype(np.float32)
        places = np.stack([x, y, y * cols + x], axis=-1)
        values = np.concatenate([places, self.pixels], axis=-1).astype("<f4")
        if self.by_columns:
            values = values.transpose(1, 0, 2)
        return values.reshape(rows * cols, -1)[: self.n_records].tobytes()


def write_mcd(
    path: Path, *acquisitions: Recorded, before: bytes = b"slide pictures", after: str = ""
) -> Path:
    """Write a file of these acquisitions, numbered from 1."""
    content, listed = before, []
    for number, recorded in enumerate(acquisitions, start=1):
        start = len(content)
        content += recorded.records()
        rows, cols, _ = recorded.pixels.shape
        said = {
            "ID": number,
            "Description": recorded.name,
            "AblationDistanceBetweenShotsX": 1,
            "AblationDistanceBetweenShotsY": 1,
            "DataStartOffset": start,
            "DataEndOffset": len(content),
            "SegmentDataFormat": "Float",
            "ValueBytes": 4,
            "MaxX": cols,
            "MaxY": rows,
        }
        listed.append(element("Acquisition", {**said, **recorded.claims}))
        places = [("X", "X"), ("Y", "Y"), ("Z", "Z")]
        for order, (metal, label) in enumerate([*places, *recorded.channels]):
            channel = {"ChannelName": metal, "ChannelLabel": label, "OrderNumber": order}
            listed.append(element("AcquisitionChannel", {**channel, "AcquisitionID": number}))
    schema = f'<MCDSchema xmlns="http://made.here/V2">{after}{"".join(reversed(listed))}</MCDSchema>'
    path.write_bytes(content + f"{schema}<MCDPublic></MCDPublic>".encode("utf-16-le"))
    return path


def element(name: str, values: dict[str, Any]) -> str:
    """One element with a child for each value."""
    children = "".join(f"<{key}>{escape(str(value))}</{key}>" for key, value in values.items())
    return f"<{name}>{children}</{name}>"
