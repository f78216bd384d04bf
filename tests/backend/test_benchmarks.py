import pytest

from backend.benchmarks import append_benchmark
from backend.errors import ConfigError
from backend.services.context import Context
from tests.backend.factories import Maker


def test_a_short_run_gives_every_figure() -> None:
    figures = append_benchmark(n_annotators=4, edits_per_batch=5, seconds=0.5).as_dict()
    assert figures["database"] == "sqlite"
    assert (figures["n_annotators"], figures["edits_per_batch"]) == (4, 5)
    assert 0 < figures["paced_p50_ms"] <= figures["paced_p99_ms"]
    assert figures["edits_per_s"] > 0
    assert figures["paced_edits_per_s"] > 0


def test_a_database_in_use_is_left_alone(sqlite_context: Context, sqlite_url: str) -> None:
    Maker(sqlite_context).project()
    with pytest.raises(ConfigError, match="name an empty database, not one that is in use"):
        append_benchmark(sqlite_url, n_annotators=1)
