"""The table of a database that is read if none is named."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from indicia.data import PLAIN, TableFormat, read_table
from indicia_recognition.recognise import recognise
from indicia_recognition.tables import recognise_database

if TYPE_CHECKING:
    from pathlib import Path

TOWNS = [
    "CREATE TABLE towns (town TEXT, pupils INTEGER, rent REAL)",
    "INSERT INTO towns VALUES ('Lima', 12, 3.5), ('Oslo', 7, 4.1), ('Pune', 31, 2.2)",
]
NOTES = ["CREATE TABLE notes (id INTEGER, note TEXT)", "INSERT INTO notes VALUES (1, 'Source: an office')"]
NUMBERS = ["CREATE TABLE numbers (a, b, c, d)", *["INSERT INTO numbers VALUES (1, 2, 3, 4)"] * 9]
ROOMS = [
    "CREATE TABLE rooms (town TEXT, rooms INTEGER)",
    "INSERT INTO rooms VALUES ('Lima', 3), ('Oslo', 2), ('Pune', 4)",
]


def database(folder: Path, *statements: str) -> str:
    connection = sqlite3.connect(folder / "towns.sqlite")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return str(folder / "towns.sqlite")


def test_the_only_table_is_named_without_an_observation(tmp_path: Path) -> None:
    recognised, observations = recognise_database(database(tmp_path, *TOWNS), TableFormat())
    assert (recognised.table, observations) == ("towns", [])


@pytest.mark.parametrize("others", [NOTES, NUMBERS, [*NOTES, *NUMBERS]])
def test_the_table_with_names_and_the_most_numbers_is_read(tmp_path: Path, others: list[str]) -> None:
    source = database(tmp_path, *others, *TOWNS)
    recognised, (choice,) = recognise_database(source, TableFormat())
    assert recognised.table == "towns"
    assert choice.names == ("towns",)
    assert choice.sentence.startswith('the table "towns" is read')
    assert '"notes"' in choice.sentence or '"numbers"' in choice.sentence
    assert "--set data.table=" in choice.remedy
    assert read_table(source, recognised).height == 3


def test_a_table_of_a_similar_size_raises_a_question(tmp_path: Path) -> None:
    found = recognise_database(database(tmp_path, *TOWNS, *ROOMS), TableFormat())[1]
    assert [each.rule for each in found] == ["database_table", "similar_tables"]
    assert (found[1].names, found[1].effect) == (("rooms",), "question")


@pytest.mark.parametrize("stated", [TableFormat(table="notes"), TableFormat(query="SELECT * FROM notes")])
def test_a_stated_table_or_query_is_kept(tmp_path: Path, stated: TableFormat) -> None:
    assert recognise_database(database(tmp_path, *TOWNS, *NOTES), stated) == (stated, [])


def test_a_file_that_is_no_database_is_left_as_it_is() -> None:
    assert recognise_database("towns.csv", TableFormat()) == (TableFormat(), [])


def test_a_relative_path_starts_at_the_folder(tmp_path: Path) -> None:
    database(tmp_path, *TOWNS)
    assert recognise_database("towns.sqlite", TableFormat(), tmp_path)[0].table == "towns"


def test_a_database_without_an_index_file_is_read_from_its_largest_table(tmp_path: Path) -> None:
    recognised = recognise(database(tmp_path, *TOWNS, *NOTES), PLAIN)
    assert recognised.data == {"table": "towns", "unit": "town"}
    assert any(seen.rule == "database_table" for seen in recognised.observations)
