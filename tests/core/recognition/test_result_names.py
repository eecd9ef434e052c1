"""Columns with the names of columns of results, such as index and score, are read under other names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import indicia
from indicia.data import PLAIN
from indicia_recognition.recognise import recognise

if TYPE_CHECKING:
    from pathlib import Path


def table(folder: Path, header: str) -> str:
    (folder / "t.csv").write_text(f"{header}\nLima,4.5,3\nOslo,9.1,1\nPune,2.2,5\nRome,7.3,2\n")
    return str(folder / "t.csv")


def test_an_indicator_called_score_gets_another_name(tmp_path: Path) -> None:
    path = table(tmp_path, "city,score,rent")
    assert recognise(path, PLAIN).indicators == {"score_value": {"column": "score"}, "rent": {}}
    assert indicia.score(path).scores.height == 4


def test_the_other_name_is_not_that_of_another_column(tmp_path: Path) -> None:
    path = table(tmp_path, "city,score,score_value")
    assert list(recognise(path, PLAIN).indicators) == ["score_value_value", "score_value"]


def test_a_first_column_called_index_that_has_names_is_called_name(tmp_path: Path) -> None:
    path = table(tmp_path, "index,income,rent")
    recognised = recognise(path, PLAIN)
    assert recognised.data["unit"] == "name"
    assert any(seen.rule == "named_index" and 'read as "name"' in seen.sentence for seen in recognised.observations)
    assert indicia.score(path).scores.columns[0] == "name"
