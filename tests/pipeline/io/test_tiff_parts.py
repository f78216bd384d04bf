"""An OME-TIFF takes no planes from files that are not beside it, nor black for those that are not there."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from pipeline.errors import InvalidImage
from pipeline.io.open import open_image
from pipeline.windows import Window

OWN, OTHER = "urn:uuid:11111111-1111-1111-1111-111111111111", "urn:uuid:22222222-2222-2222-2222-222222222222"
WHOLE = Window(0, 0, 20, 30)
PART = '<TiffData FirstC="{}" IFD="0" PlaneCount="1"><{tag} FileName="{name}">{text}</{tag}></TiffData>'


def write(path: Path, value: int, *, others: tuple[str, ...] = (), own: str = "", root: str = OWN) -> Path:
    """One plane of `value`, and metadata of a further channel in each of the other files."""
    parts = [(own or path.name, OWN), *((name, OTHER) for name in others)]
    channels = "".join(
        f'<Channel ID="Channel:0:{c}" Name="c{c}" SamplesPerPixel="1"/>' for c in range(len(parts))
    )
    data = "".join(
        f'<TiffData FirstC="{c}" IFD="0" PlaneCount="1"><UUID FileName="{name}">{identifier}</UUID>'
        "</TiffData>"
        for c, (name, identifier) in enumerate(parts)
    )
    identity = f' UUID="{root}"' if root else ""
    text = (
        f'<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"{identity}>'
        '<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="30" SizeY="20"'
        f' SizeZ="1" SizeC="{len(parts)}" SizeT="1">{channels}{data}</Pixels></Image></OME>'
    )
    image = np.full(WHOLE.shape, value, np.uint16)
    tifffile.imwrite(path, image, photometric="minisblack", description=text.encode(), metadata=None)
    return path


def values(path: Path) -> list[int]:
    with open_image(path, nuclear=0) as source:
        return [int(source.read(0, channel, WHOLE).max()) for channel in range(source.shape[1])]


def test_planes_in_a_file_beside_it_are_read(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "b.tif", np.full(WHOLE.shape, 7, np.uint16), photometric="minisblack")
    assert values(write(tmp_path / "a.ome.tif", 5, others=("b.tif",))) == [5, 7]


@pytest.mark.parametrize(
    "name", ["../secret/b.tif", "{}/secret/b.tif", "C:\\secret\\b.tif", "sub/../../b.tif"]
)
def test_planes_elsewhere_are_never_read(tmp_path: Path, name: str) -> None:
    for folder in ("secret", "upload"):
        (tmp_path / folder).mkdir()
    secret = np.full(WHOLE.shape, 777, np.uint16)
    tifffile.imwrite(tmp_path / "secret" / "b.tif", secret, photometric="minisblack")
    path = write(tmp_path / "upload" / "a.ome.tif", 5, others=(name.format(tmp_path),))
    with pytest.raises(InvalidImage, match="which are not beside it") as caught:
        values(path)
    assert "a.ome.tif: its metadata say that planes of it lie in other files (" in str(caught.value)


def test_planes_that_are_not_there_are_not_black(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ome.tif", 5, others=("b.tif", "c.tif", "d.tif", "e.tif"))
    with pytest.raises(
        InvalidImage, match=r"\(b\.tif, c\.tif, d\.tif and 1 more\).*keep all of its files in one"
    ):
        values(path)


def test_a_file_under_another_name_is_known_by_its_identifier(tmp_path: Path) -> None:
    assert values(write(tmp_path / "renamed.ome.tif", 5, own="before.ome.tif")) == [5]


def test_a_file_without_an_identifier_is_known_by_its_name(tmp_path: Path) -> None:
    assert values(write(tmp_path / "A.ome.tif", 5, own="a.OME.tif", root="")) == [5]


@pytest.mark.parametrize(
    ("root", "text", "tag"),
    [
        (OWN, f" {OWN}", "UUID"),
        (OWN, OTHER, "OtherUUID"),
        ("", OWN, "UUID"),
        (None, OWN, "UUID"),
    ],
)
def test_no_spelling_of_an_identifier_leads_elsewhere(
    tmp_path: Path, root: str | None, text: str, tag: str
) -> None:
    (tmp_path / "upload").mkdir()
    tifffile.imwrite(tmp_path / "b.tif", np.full(WHOLE.shape, 777, np.uint16), photometric="minisblack")
    elsewhere = PART.format(0, tag=tag, name="../b.tif", text=text)
    own = PART.format(1, tag="UUID", name="a.ome.tif", text=OWN)
    identity = "" if root is None else f' UUID="{root}"'
    metadata = (
        f'<?xml version="1.0"?><OME{identity}><Image ID="Image:0"><Pixels ID="Pixels:0"'
        ' DimensionOrder="XYZCT" Type="uint16" SizeX="30" SizeY="20" SizeZ="1" SizeC="2" SizeT="1">'
        f"{elsewhere}{own}</Pixels></Image></OME>"
    )
    path = tmp_path / "upload" / "a.ome.tif"
    image = np.full(WHOLE.shape, 5, np.uint16)
    tifffile.imwrite(path, image, photometric="minisblack", description=metadata.encode(), metadata=None)
    with pytest.raises(InvalidImage, match=r"\(\.\./b\.tif\), which are not beside it"):
        values(path)
