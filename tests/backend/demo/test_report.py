from backend.cli.demo import verdict
from backend.demo.report import RoundReport, as_json, table


def test_the_table_has_a_line_for_each_round_and_a_dash_for_nothing():
    text = table([RoundReport(1, n_fovs=3, edits_per_cell=2.5, promoted=True), RoundReport(2)])
    first, second = text.splitlines()[2:]
    assert "2.500" in first
    assert "yes" in first
    assert second.split()[-1] == "-"


def test_the_verdict_compares_the_last_round_with_the_first():
    rounds = [RoundReport(1, edits_per_cell=4.0), RoundReport(2, edits_per_cell=3.0)]
    assert verdict(rounds) == "Edits per cell: 4.000 in round 1, 3.000 in round 2 (-25 %)."
    assert verdict([RoundReport(1), RoundReport(2)]).startswith("Nothing was edited")


def test_the_json_keeps_the_rounds_and_the_facts():
    report = as_json([RoundReport(1, reason="because")], seed=4)
    assert report["seed"] == 4
    assert report["rounds"][0]["reason"] == "because"
    assert report["rounds"][0]["candidate_f1"] is None
