"""An index of three cities in a folder, packed without audit and report, which take most of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia_bundle import Pack

CITIES = "city,income,co2\nLima,3,2\nOslo,9,8\nPune,1,1.5\n"
INDEX = """name = "Cities"
[data]
path = "cities.csv"
unit = "city"
[indicators]
income = { direction = "benefit" }
co2 = { direction = "cost" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an index file and its table."""
    office = tmp_path / "office"
    office.mkdir()
    (office / "cities.csv").write_text(CITIES)
    (office / "index.toml").write_text(INDEX)
    return office


@pytest.fixture
def pack(folder: Path) -> Callable[..., Pack]:
    """Pack the index of the folder, with another text of its file if one is passed."""

    def packed(text: str = INDEX, *, table: object = None, **words: Any) -> Pack:
        (folder / "index.toml").write_text(text)
        index = indicia.read(folder / "index.toml", allow_code=True)
        return indicia.pack(index, folder / "index.zip", table, audit=False, report=False, **words)

    return packed
