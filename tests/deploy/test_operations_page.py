import dataclasses
from pathlib import Path

import pytest

from backend.config import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


@pytest.mark.parametrize("name", [field.name.upper() for field in dataclasses.fields(Settings)])
def test_every_setting_is_explained(name):
    assert f"`{name}`" in PAGE.read_text()
