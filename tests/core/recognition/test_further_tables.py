"""A table with further tables: joined columns, and a description of the indicators."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from indicia.data import PLAIN
from indicia_recognition.recognise import recognise

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {
    "rents.csv": "city,rent\nLima,4.5\nOslo,9.1\nPune,2.2\nRome,7.3\n",
    "noise.csv": "city,noise\nOslo,61\nLima,72\nRome,70\nPune,55\n",
    "meta.csv": "indicator,direction,weight\nrent,-1,2\nnoise,-1,1\n",
}


@pytest.mark.parametrize("others", list(permutations(["noise.csv", "meta.csv"])))
def test_a_description_may_come_before_a_table_whose_columns_it_describes(
    tmp_path: Path, others: tuple[str, ...]
) -> None:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text)
    recognised = recognise([str(tmp_path / name) for name in ("rents.csv", *others)], PLAIN)
    words = recognised.indicators
    assert {name: (words[name]["direction"], words[name]["weight"]) for name in words} == {
        "rent": ("cost", 2),
        "noise": ("cost", 1),
    }
