"""Two editions of an index of towns, as folders: one town enters, one leaves, one moves, and a weight changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indicia.cli import main

if TYPE_CHECKING:
    from pathlib import Path

INDEX = """\
name = {{ en = "Towns", zh = "城镇" }}

[data]
path = "towns.csv"
unit = "town"

[indicators]
a = {{ bounds = [0, 10], direction = "benefit", weight = {weight} }}
b = {{ bounds = [0, 10], direction = "benefit" }}
"""
OLD = "town,a,b\nAsh,2,4\nElm,6,6\nFir,8,8\n"
NEW = "town,a,b\nAsh,10,8\nElm,6,6\nGum,5,5\n"


def write_editions(folder: Path) -> None:
    """Write the folders 2023 and 2024, each with an index file and its table."""
    for year, weight, table in (("2023", 1, OLD), ("2024", 3, NEW)):
        (folder / year).mkdir()
        (folder / year / "index.toml").write_text(INDEX.format(weight=weight), encoding="utf-8")
        (folder / year / "towns.csv").write_text(table, encoding="utf-8")


def run(*words: str) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as caught:
        main(words)
    code = caught.value.code
    assert isinstance(code, int)
    return code
