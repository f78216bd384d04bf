import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.errors import UnusableDataset
from training.fit_config import FitConfig
from training.sampling import crop_pixel_um, crop_sources, draw_shares

sources = st.lists(
    st.fixed_dictionaries(
        {"site": st.sampled_from("abc"), "added_in": st.integers(1, 3), "weight": st.floats(0.1, 10)}
    ),
    min_size=1,
    max_size=12,
)


@given(sources, st.sampled_from(["", "site"]), st.floats(0, 1))
def test_shares_are_shares(listed, balance_by, new_share):
    shares = draw_shares(listed, fit=FitConfig(balance_by=balance_by, new_share=new_share))
    if shares is not None:
        assert shares.sum() == pytest.approx(1)
        assert shares.min() >= 0


@given(sources, st.floats(0.05, 0.95))
def test_the_newest_sources_get_their_share(listed, new_share):
    shares = draw_shares(listed, fit=FitConfig(new_share=new_share))
    shares = np.full(len(listed), 1 / len(listed)) if shares is None else shares
    newest = [source["added_in"] == max(item["added_in"] for item in listed) for source in listed]
    assert shares[newest].sum() >= new_share - 1e-6 or all(newest)


def test_without_wishes_every_crop_is_equal():
    assert draw_shares([{}, {}, {}], fit=FitConfig()) is None
    assert draw_shares([{"added_in": 4}, {"added_in": 4}], fit=FitConfig()) is None


def test_balance_gives_each_value_the_same_total():
    listed = [{"site": "a"}, {"site": "a"}, {"site": "a"}, {"site": "b"}]
    shares = draw_shares(listed, fit=FitConfig(balance_by="site"))
    assert shares == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_new_sources_are_raised_to_half_and_never_lowered():
    listed = [{"added_in": 1}] * 3 + [{"added_in": 2}]
    assert draw_shares(listed, fit=FitConfig()) == pytest.approx([1 / 6] * 3 + [1 / 2])
    assert draw_shares([{"added_in": 1}] + [{"added_in": 2}] * 3, fit=FitConfig()) is None


def test_weights_multiply():
    assert draw_shares([{"weight": 3}, {}], fit=FitConfig()) == pytest.approx([0.75, 0.25])


@pytest.mark.parametrize("weight", [-1, "2", float("nan"), float("inf"), True])
def test_a_weight_that_is_none_is_refused(weight):
    with pytest.raises(UnusableDataset, match="the weight of a source is"):
        draw_shares([{"weight": weight}], fit=FitConfig())


def test_weights_of_nothing_are_refused():
    with pytest.raises(UnusableDataset, match="every source of the training split has weight 0"):
        draw_shares([{"weight": 0}], fit=FitConfig())


def test_crops_have_the_source_that_the_manifest_names():
    manifest = {
        "sources": [
            {"split": "train", "provenance": {"id": 1}, "crops": [[], []]},
            {"split": "val", "provenance": {"id": 2}, "crops": [[]]},
            {"split": "train", "crops": [[]]},
        ]
    }
    assert crop_sources(manifest, "train", n_crops=3) == [{"id": 1}, {"id": 1}, {}]
    assert crop_sources({}, "train", n_crops=2) == [{}, {}]
    with pytest.raises(UnusableDataset, match="lists 1 crops of the val split, the split holds 2"):
        crop_sources(manifest, "val", n_crops=2)


@pytest.mark.parametrize("source", [{}, {"split": "train"}, {"split": "train", "crops": 3}, "train"])
def test_a_manifest_that_names_no_crops_is_refused(source):
    with pytest.raises(UnusableDataset, match="a source of the manifest has no split, or lists no crops"):
        crop_sources({"sources": [source]}, "train", n_crops=1)


@pytest.mark.parametrize("number", ["2", None, 1.5, True])
def test_a_number_of_order_that_is_none_is_refused(number):
    with pytest.raises(UnusableDataset, match=f"added_in of a source is {number!r}; it must be a whole"):
        draw_shares([{"added_in": number}], fit=FitConfig())


def test_weights_may_be_as_large_as_numbers_are():
    shares = draw_shares([{"weight": 1e308}] * 3 + [{"weight": 0}], fit=FitConfig())
    assert shares == pytest.approx([1 / 3] * 3 + [0])


@pytest.mark.parametrize("size", [0, -1, "1", True, float("nan"), float("inf")])
def test_a_pixel_size_that_is_none_is_refused(size):
    with pytest.raises(UnusableDataset, match=r"pixel_size_um .* of a source; a number above 0 was"):
        crop_pixel_um({"pixel_size_um": size})


def test_a_pixel_size_is_known_when_the_source_names_it():
    sources = ({}, {"pixel_size_um": None}, {"pixel_size_um": 1}, {"pixel_size_um": 5000.0})
    assert [crop_pixel_um(source) for source in sources] == [None, None, 1.0, 5000.0]
