"""Tables of Eurostat, whose first column joins the keys of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.data import read_table
from indicia.data.read import split_keys
from indicia.data.table_format import PLAIN
from indicia_recognition.recognise import recognise

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "freq,unit,geo\\TIME_PERIOD\t2020 \t2021 \nA,PC,AT\t5.1 \t6.2 b\nA,PC,BE\t: \t5.6 \nA,PC,BG\t4.4 p\t7.9 \n"


def test_each_key_becomes_a_column() -> None:
    frame = pl.DataFrame({"unit,geo\\time": ["PC,AT", "PC, BE"], "2020": [5.1, 6.2]})
    assert split_keys(frame).to_dict(as_series=False) == {"unit": ["PC", "PC"], "geo": ["AT", "BE"], "2020": [5.1, 6.2]}


def test_a_single_key_loses_the_name_of_the_other_columns() -> None:
    assert split_keys(pl.DataFrame({"geo\\time": ["AT"], "2020": [5.1]})).columns == ["geo", "2020"]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("name, geo", ["Graz, AT"]),  # no key of the other columns
        ("unit,geo\\time", ["PC,AT", "BE"]),  # another number of keys
        ("unit,unit\\time", ["PC,AT"]),  # two keys of one name
        ("unit,2020\\time", ["PC,AT"]),  # the name of another column
    ],
)
def test_another_table_stays_as_it_is(name: str, cells: list[str]) -> None:
    frame = pl.DataFrame({name: cells, "2020": [1.5] * len(cells)})
    assert split_keys(frame) is frame


def test_a_download_of_eurostat_is_read_with_its_keys_flags_and_years(tmp_path: Path) -> None:
    (tmp_path / "une_rt.tsv").write_text(TABLE)
    recognised = recognise(str(tmp_path / "une_rt.tsv"), PLAIN)
    assert (recognised.data["unit"], recognised.data["period"]) == ("geo", "year")
    assert recognised.frame.select("geo", "year", "une_rt").rows()[:2] == [("AT", 2020, 5.1), ("BE", 2020, None)]
    assert any("joins keys, as Eurostat does" in seen.sentence for seen in recognised.observations)


def test_a_name_without_keys_is_read_from_a_file_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "towns.csv").write_text("town,income\nLima,4\nOslo,9\n")
    assert read_table(str(tmp_path / "towns.csv")).columns == ["town", "income"]
