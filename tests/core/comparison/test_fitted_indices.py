"""A comparison of an index file with fitted indices, which have no data of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import indicia
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from pathlib import Path

INDEX = """[data]
path = "cities.csv"
unit = "city"
[indicators]
income = { direction = "benefit" }
co2 = { direction = "cost" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an index file, its table, and a fitted index in another folder."""
    (tmp_path / "index.toml").write_text(INDEX)
    (tmp_path / "cities.csv").write_text("city,income,co2\nLima,3,2\nOslo,9,8\nPune,1,1.5\n")
    (tmp_path / "before").mkdir()
    indicia.fit(indicia.read(tmp_path / "index.toml")).write(tmp_path / "before" / "edition.json")
    return tmp_path


@pytest.mark.parametrize("is_first", [True, False])
def test_a_fitted_index_scores_the_table_of_the_index_file(folder: Path, is_first: bool) -> None:
    pair = indicia.read_fitted(folder / "before" / "edition.json"), indicia.read(folder / "index.toml")
    first, second = pair if is_first else pair[::-1]
    comparison = first.compare(others=[second]).figures
    assert comparison.scores["1"].to_list() == comparison.scores["2"].to_list()
    assert str(comparison.notes[-1] if len(comparison.notes) == 1 else comparison.notes[0]).endswith(
        "cities.csv, the table of the index file, is also scored by edition.json, since a fitted index has no data"
    )


def test_fitted_indices_alone_need_a_table(folder: Path) -> None:
    edition = indicia.read_fitted(folder / "before" / "edition.json")
    with pytest.raises(DefinitionError, match="a fitted index has no data") as caught:
        edition.compare(weighting=["equal", "entropy"])
    assert caught.value.remedy is not None
    assert caught.value.remedy.startswith("name a table too")
