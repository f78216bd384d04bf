"""IMC files: what is written is read, and what cannot be read is refused with a reason."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError, InvalidImage, TooLarge, UnreadableImage
from pipeline.io import describe_image, open_image
from pipeline.io.errors import UnnamedAcquisition
from pipeline.io.limits import ReadLimits
from pipeline.windows import Window
from tests.pipeline.io.mcd_files import Recorded, write_mcd

PIXELS = np.random.default_rng(3).gamma(1.0, 5.0, (7, 9, 2)).astype(np.float32)
images = st.builds(
    lambda rows, cols, seed: np.random.default_rng(seed).normal(0, 9, (rows, cols, 2)).astype(np.float32),
    rows=st.integers(2, 9),
    cols=st.integers(2, 9),
    seed=st.integers(0, 99),
)


def read_all(path: Path, acquisition: str | int | None = None) -> npt.NDArray[np.float32]:
    """All pixels, (row, column, channel)."""
    with open_image(path, acquisition=acquisition) as source:
        whole = Window(0, 0, *source.shape[2:])
        return np.stack([source.read(0, c, whole) for c in range(source.shape[1])], axis=-1)


@given(
    pixels=st.lists(images, min_size=1, max_size=3), before=st.binary(max_size=30), by_columns=st.booleans()
)
def test_every_acquisition_is_read_as_it_was_written(
    pixels: list[npt.NDArray[np.float32]], before: bytes, by_columns: bool
) -> None:
    recorded = [Recorded(each, by_columns=by_columns) for each in pixels]
    with TemporaryDirectory() as folder:
        path = write_mcd(Path(folder) / "a.mcd", *recorded, before=before)
        for number, each in enumerate(pixels, start=1):
            np.testing.assert_array_equal(read_all(path, number), each)


@given(data=st.data(), share=st.floats(0, 1))
def test_a_file_that_is_cut_or_changed_anywhere_raises_nothing_but_input_errors(
    data: st.DataObject, share: float
) -> None:
    with TemporaryDirectory() as folder:
        path = write_mcd(Path(folder) / "a.mcd", Recorded(PIXELS))
        content = bytearray(path.read_bytes())
        del content[int(share * len(content)) :]
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(content)
        with suppress(InputError):
            assert np.isfinite(read_all(path)).all()


def test_windows_roles_names_and_size_are_those_of_the_file(tmp_path: Path) -> None:
    path = write_mcd(tmp_path / "a.mcd", Recorded(PIXELS))
    with open_image(path) as source:
        assert source.format == "IMC file, acquisition 1"
        assert (source.shape, str(source.dtype), source.pixel_size_um) == ((1, 2, 7, 9), "float32", 1.0)
        assert [(channel.name, channel.role) for channel in source.channels] == [
            ("H3K27Ac_1977 (Yb172)", "nuclear"),
            ("Cytokeratin 5_651 (Pr141)", "membrane"),
        ]
        np.testing.assert_array_equal(source.read(0, 1, Window(2, 3, 4, 5)), PIXELS[2:6, 3:8, 1])
        assert source.warnings == ()


@pytest.mark.parametrize(
    ("channel", "name"),
    [
        (("Ir(193)", "193Ir_DNA2"), "DNA2 (Ir193)"),
        (("Ir(193)", "193Ir"), "Ir193"),
        (("Ag(107)", ""), "Ag107"),
        (("Dy(161)", "CD20_77((123))Dy161"), "CD20_77 (Dy161)"),
        (("Er(170)", "CD3-Er170"), "CD3 (Er170)"),
        (("Background(190)", "190BCKG"), "190BCKG (Background190)"),
    ],
)
def test_channels_are_named_by_target_and_metal(channel: tuple[str, str], name: str, tmp_path: Path) -> None:
    path = write_mcd(tmp_path / "a.mcd", Recorded(PIXELS, channels=[channel, ("Yb(176)", "HH3")]))
    with open_image(path, nuclear="HH3") as source:
        assert source.channels[0].name == name


def test_of_two_isotopes_of_the_dna_stain_the_more_abundant_is_nuclear(tmp_path: Path) -> None:
    channels = [("Ir(191)", "191Ir_DNA1"), ("Ir(193)", "193Ir_DNA2")]
    path = write_mcd(tmp_path / "a.mcd", Recorded(PIXELS, channels=channels))
    with open_image(path) as source:
        assert [channel.role for channel in source.channels] == ["other", "nuclear"]
        assert source.warnings == (
            "nuclear channel: 'DNA2 (Ir193)' is taken; 'DNA1 (Ir191)' would do too (name one to choose)",
        )


def test_one_of_several_acquisitions_must_be_named(tmp_path: Path) -> None:
    path = write_mcd(tmp_path / "a.mcd", Recorded(PIXELS, name="tumour"), Recorded(PIXELS * 2, name="Margin"))
    with pytest.raises(
        UnnamedAcquisition,
        match=r"several acquisitions. Name one of them by its number: 1 \('tumour', 7 x 9 px\), 2 \('Margin'",
    ) as caught:
        open_image(path)
    assert caught.value.choices == ("1", "2")
    for name in ("2", 2, "margin"):
        np.testing.assert_array_equal(read_all(path, name), PIXELS * 2)
    with pytest.raises(UnnamedAcquisition, match="has no one acquisition '3'"):
        open_image(path, acquisition="3")
    described = describe_image(path)
    assert described.ambiguous is not None
    assert (described.ambiguous.what, described.ambiguous.choices) == ("acquisition", ("1", "2"))
    assert described.shape == (1, 2, 7, 9)
    assert describe_image(path, acquisition="2").ambiguous is None


def test_acquisitions_that_were_never_recorded_are_left_out(tmp_path: Path) -> None:
    never = Recorded(PIXELS, claims={"DataStartOffset": 0, "DataEndOffset": 0})
    path = write_mcd(tmp_path / "a.mcd", never, Recorded(PIXELS))
    with open_image(path) as source:
        assert source.format == "IMC file, acquisition 2"
        assert source.warnings == ("1 acquisition(s) without pixels are left out",)
    with pytest.raises(InvalidImage, match=r"holds no recorded acquisition. Give one that was recorded"):
        open_image(write_mcd(tmp_path / "b.mcd", never))


@pytest.mark.parametrize(("by_columns", "what"), [(False, "5 of 7 rows"), (True, "5 of 9 columns")])
def test_of_a_stopped_acquisition_the_whole_lines_are_read(
    by_columns: bool, what: str, tmp_path: Path
) -> None:
    line = 7 if by_columns else 9
    stopped = Recorded(PIXELS, by_columns=by_columns, n_records=5 * line + 3)
    path = write_mcd(tmp_path / "a.mcd", stopped)
    with open_image(path) as source:
        assert source.warnings == (
            f"the acquisition was stopped early: {what} were recorded, which are read",
        )
    expected = PIXELS[:, :5] if by_columns else PIXELS[:5]
    np.testing.assert_array_equal(read_all(path), expected)
    few = Recorded(PIXELS, by_columns=by_columns, n_records=line - 2)
    with pytest.raises(InvalidImage, match=r"acquisition 1 .* was stopped before its first \w+ was full"):
        open_image(write_mcd(tmp_path / "b.mcd", few))


def test_the_last_byte_may_be_named_in_place_of_the_one_after_it(tmp_path: Path) -> None:
    path = write_mcd(tmp_path / "a.mcd", Recorded(PIXELS), before=b"")
    stop = PIXELS.shape[0] * PIXELS.shape[1] * 5 * 4
    one_less = Recorded(PIXELS, claims={"DataEndOffset": stop - 1})
    assert (read_all(write_mcd(tmp_path / "b.mcd", one_less, before=b"")) == read_all(path)).all()


@pytest.mark.parametrize(
    ("claims", "size_um", "warnings"),
    [
        ({"AblationDistanceBetweenShotsX": 2, "AblationDistanceBetweenShotsY": 2}, 2.0, ()),
        ({"AblationDistanceBetweenShotsX": 0, "AblationDistanceBetweenShotsY": 0}, 1.0, ()),
        (
            {"AblationDistanceBetweenShotsX": 1, "AblationDistanceBetweenShotsY": 2},
            1.0,
            ("pixels are 2 um high and 1 um wide; they are read as squares of their width",),
        ),
    ],
)
def test_the_distance_of_the_shots_is_the_pixel_size(
    claims: dict[str, float], size_um: float, warnings: tuple[str, ...], tmp_path: Path
) -> None:
    with open_image(write_mcd(tmp_path / "a.mcd", Recorded(PIXELS, claims=claims))) as source:
        assert (source.pixel_size_um, source.warnings) == (size_um, warnings)


@pytest.mark.parametrize(
    ("claims", "kind", "message"),
    [
        ({"DataEndOffset": 10**12}, UnreadableImage, "claims bytes 14 to 1,000,000,000,000 of a file of"),
        ({"DataStartOffset": -5}, UnreadableImage, "claims bytes -5 to .* damaged or cut short; copy it"),
        ({"DataStartOffset": 2000}, UnreadableImage, "claims bytes 2,000 to 1,274"),
        (
            {"DataStartOffset": 34},
            InvalidImage,
            "record 0 is of X 1, Y 0, out of its order. Export it as OME",
        ),
        ({"DataStartOffset": 18}, InvalidImage, r"has 1,256 bytes, and 63 pixels of 5 values need 1,260"),
        ({"MaxX": 8}, InvalidImage, "has 1,260 bytes, and 56 pixels of 5 values need 1,120"),
        ({"MaxX": 10}, InvalidImage, "record 9 is of X 0, Y 1, out of its order"),
        ({"MaxX": 10**9, "MaxY": 10**9}, TooLarge, "more than the limit of 40,000,000,000"),
        ({"MaxX": 0}, InvalidImage, "2 channels: nothing to read. Choose another one"),
        ({"MaxY": "many"}, UnreadableImage, "MaxY is 'many' and should be a whole number"),
        ({"MaxY": "9" * 5000}, UnreadableImage, "MaxY is '9999"),
        ({"ValueBytes": 2}, InvalidImage, "values of type 'Float' of 2 bytes; only Float of 4 bytes is read"),
        ({"SegmentDataFormat": "Int"}, InvalidImage, "values of type 'Int' of 4 bytes"),
    ],
)
def test_claims_that_cannot_be_are_refused(
    claims: dict[str, object], kind: type[InputError], message: str, tmp_path: Path
) -> None:
    path = write_mcd(tmp_path / "a.mcd", Recorded(PIXELS, claims=claims))
    with pytest.raises(kind, match=message) as caught:
        open_image(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_an_acquisition_without_channels_and_a_number_twice_are_refused(tmp_path: Path) -> None:
    bare = Recorded(PIXELS[..., :0], channels=())
    with pytest.raises(InvalidImage, match="has 0 channels: nothing to read"):
        open_image(write_mcd(tmp_path / "a.mcd", bare))
    twice = [Recorded(PIXELS), Recorded(PIXELS, claims={"ID": 1})]
    with pytest.raises(InvalidImage, match=r"several acquisitions have one number \(\[1, 1\]\)"):
        open_image(write_mcd(tmp_path / "b.mcd", *twice))


def test_limits_hold_for_what_an_acquisition_claims(tmp_path: Path) -> None:
    path = write_mcd(tmp_path / "a.mcd", Recorded(PIXELS))
    with pytest.raises(TooLarge, match=r"shape \(7, 9, 5\) needs 1,260 bytes, more than the limit of 1,000"):
        open_image(path, limits=ReadLimits(max_bytes=1000))


@pytest.mark.parametrize("name", ["a.mcd", "b.mcd"])
def test_a_file_without_its_list_says_so(name: str, tmp_path: Path) -> None:
    path = write_mcd(tmp_path / name, Recorded(PIXELS))
    content = path.read_bytes()
    path.write_bytes(content[:1500] if name == "a.mcd" else bytes(5000))
    with pytest.raises(UnreadableImage, match="the list of acquisitions that ends the file is missing"):
        open_image(path)


def test_entities_are_not_expanded_and_broken_lists_are_refused(tmp_path: Path) -> None:
    path = write_mcd(tmp_path / "a.mcd", Recorded(PIXELS), after='<!DOCTYPE x [<!ENTITY a "aaaa">]>')
    with pytest.raises(UnreadableImage, match="holds declarations that no IMC machine writes"):
        open_image(path)
    path = write_mcd(tmp_path / "b.mcd", Recorded(PIXELS), after="<open>")
    with pytest.raises(UnreadableImage, match=r"the list of acquisitions cannot be read \(mismatched tag"):
        open_image(path)


def test_values_that_are_not_finite_are_refused_with_their_place(tmp_path: Path) -> None:
    pixels = PIXELS.copy()
    pixels[4, 6, 1] = np.nan
    with pytest.raises(InvalidImage, match=r"'Cytokeratin 5_651 .Pr141.', frame 0: nan at row 4, column 6"):
        read_all(write_mcd(tmp_path / "a.mcd", Recorded(pixels)))


def test_only_imc_files_hold_acquisitions(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", PIXELS[..., 0])
    with pytest.raises(InvalidImage, match=r"holds no acquisition 1: only IMC files \(.mcd\) do. Leave the"):
        open_image(tmp_path / "a.npy", acquisition=1)
