"""Text files with rows around the table: their words in [data], and the places in errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from indicia.data import LongLayout, TableFormat, read_table
from indicia.errors import DataError, IndiciaWarning, UnknownColumn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    File = Callable[[str, str | bytes], Path]


def rows(path: Path, **words: Any) -> list[tuple[Any, ...]]:
    return read_table(path, TableFormat(**words)).rows()


def refusal(path: Path, words: dict[str, Any], **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read_table(path, TableFormat(**words), **options)
    return caught.value


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Table 1: rents\n\ntown,rent\nLima,3\nOslo,4\n", {"skip_rows": 2}),
        ('"Table, with\na line break"\ntown,rent\nLima,3\nOslo,4\n', {"skip_rows": 2}),
        ("sep=;\ntown;rent\nLima;3\nOslo;4\n", {"skip_rows": 1, "separator": ";"}),
        ("town,rent\nLima,3\nOslo,4\n\nSource: UN\n", {"footer_rows": 2}),
        ("town,rent\nLima,3\nOslo,4\nSource: UN, WHO, 2020", {"footer_rows": 1}),
        ("town,rent\r\nLima,3\r\nOslo,4\r\n,\r\nSource,\r\n", {"footer_rows": 2}),
        ("town~rent\nLima~3\nOslo~4\n", {"separator": "~"}),
        ("town\trent\nLima\t3\nOslo\t4\n", {"separator": "tab"}),
        ("town|rent\nLima|3\nOslo|4\n", {}),  # the header shows the separator
        ("town,co2,rent\nLima,x,3\nOslo,y,4\n", {"columns": ("town", "rent")}),
        ("town,rent\nLima,3\nWorld,9\nOslo,4\n", {"without": ("World",)}),
        ("town,rent\nLima,3\ntown,rent\nOslo,4\ntown,rent\n", {"without": ("town",)}),  # a header on each page
        (" town,rent\nLima,3\nOslo,4\n World ,9\n", {"without": ("World",)}),
        ("Title\n\ntown,rent\n,(€)\nLima,3\nOslo,4\n\n* notes\n", {"skip_rows": 2, "header_rows": 2, "footer_rows": 2}),
    ],
)
def test_the_words_of_data_leave_the_table(file: File, content: str, words: dict[str, Any]) -> None:
    assert rows(file("t.csv", content), **words) == [("Lima", 3), ("Oslo", 4)]


def test_the_cells_of_a_header_are_joined(file: File) -> None:
    path = file("t.csv", "town,Schools,,Homes\n,pupils,staff,rent\n,(k),(k),€\nLima,1,2,3\n")

    table = read_table(path, TableFormat(header_rows=3))

    assert table.columns == ["town", "Schools pupils (k)", "Schools staff (k)", "Homes rent €"]


def test_the_names_of_rows_need_no_name_in_the_header(file: File) -> None:
    path = file("t.csv", '"rent","area"\n"Lima",3,1\n"Oslo",4,2\n"Pune",5,3\n')

    assert read_table(path).rows() == [("Lima", 3, 1), ("Oslo", 4, 2), ("Pune", 5, 3)]


def test_a_separator_at_the_end_of_each_row_makes_no_column(file: File) -> None:
    path = file("t.csv", "town,rent\nLima,3,\nOslo,4,\nPune,5,\n")

    assert read_table(path).rows() == [("Lima", 3), ("Oslo", 4), ("Pune", 5)]


def test_the_tab_of_a_tsv_file_gives_way_to_a_separator_that_is_stated(file: File) -> None:
    assert rows(file("t.tsv", "town;rent\nLima;3\n"), separator=";") == [("Lima", 3)]


def test_a_line_of_an_error_is_the_line_of_the_file(file: File) -> None:
    content = "Title\n\ntown,rent\n,(€)\nLima,3\nWorld,?\nOslo,much\n\nSource\n"
    path = file("t.csv", content)
    words = {"skip_rows": 2, "header_rows": 2, "footer_rows": 2, "without": ("World",)}

    assert '"much" (line 7)' in refusal(path, words, text=["town"], numbers=["rent (€)"]).what


def test_a_row_of_another_width_is_named_by_the_line_of_the_file(file: File) -> None:
    path = file("t.csv", "Title, of rents, in towns\ntown,rent\nLima,3\nOslo,4,5\n")

    assert refusal(path, {"skip_rows": 1}).what == "line 4 has 3 fields where the header has 2"


def test_more_footer_rows_than_lines_are_refused_with_their_word(file: File) -> None:
    error = refusal(file("t.csv", "town,rent\nLima,3\n"), {"footer_rows": 5})

    assert "5 rows of the footer" in error.what
    assert "data.footer_rows" in (error.remedy or "")


def test_a_separator_is_one_character(file: File) -> None:
    error = refusal(file("t.csv", "town,rent\nLima,3\n"), {"separator": ";;"})

    assert '";;"' in error.what
    assert "separator" in (error.remedy or "")


def test_an_unknown_column_is_refused_with_the_nearest_name(file: File) -> None:
    with pytest.raises(UnknownColumn) as caught:
        read_table(file("t.csv", "town,rent\nLima,3\n"), TableFormat(columns=("town", "rnet")))

    assert '"rnet"' in caught.value.what
    assert caught.value.remedy == 'did you mean "rent"?'


def test_a_name_without_a_row_is_a_warning(file: File) -> None:
    with pytest.warns(IndiciaWarning, match="Wrold"):
        rows(file("t.csv", "town,rent\nLima,3\n"), without=("Wrold",))


def test_a_name_of_without_is_sought_among_the_units_and_not_the_groups(file: File) -> None:
    path = file("t.csv", "region,town,rent\nEurope,Oslo,4\nAmerica,Lima,3\nEurope,Europe,5\n")

    table = read_table(path, TableFormat(without=("Europe",)), text=["town", "region"], numbers=["rent"])

    assert table["town"].to_list() == ["Oslo", "Lima"]


def test_a_row_of_a_long_table_may_be_left_out(file: File) -> None:
    path = file("t.csv", "town,what,value\nLima,rent,3\nWorld,rent,?\nOslo,rent,4\n")
    layout = TableFormat(without=("World",), long=LongLayout("what", "value"))

    table = read_table(path, layout, text=["town"], numbers=["rent"])

    assert sorted(table.select("town", "rent").rows()) == [("Lima", 3.0), ("Oslo", 4.0)]
