from __future__ import annotations

import pytest

from indicia.data.parse import join_header


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([["Town", "Pupils"]], ["Town", "Pupils"]),
        ([["Town", "Pupils\nof age 6"]], ["Town", "Pupils\nof age 6"]),  # a single row stays as it is written
        ([["Town", "Pupils"], ["", "(thousands)"]], ["Town", "Pupils (thousands)"]),
        ([["", "Pupils", None], ["Town", "Girls", "Boys"]], ["Town", "Pupils Girls", "Pupils Boys"]),
        ([["Town", "Pupils", "Rent"], ["(1)", "(2)", "(3)"]], ["Town", "Pupils", "Rent"]),
        ([["Town", "Pupils", "Rent"], ["Town", "Pupils", "Rent"]], ["Town", "Pupils", "Rent"]),
        ([["Town", "Pupils", ""], ["Town", "Girls"]], ["Town", "Pupils Girls", ""]),  # a trailing separator
    ],
)
def test_the_cells_of_a_column_are_joined_to_its_name(rows: list[list[str | None]], names: list[str]) -> None:
    assert join_header(rows) == names


def test_a_merged_cell_ends_where_the_group_above_it_ends() -> None:
    rows = [
        ["", "Schools", "", "", "Homes", ""],
        ["Town", "Pupils", "", "Staff", "", "Rent"],
        ["", "girls", "boys", "all", "new", "old"],
    ]

    names = join_header(rows)

    assert names[1:4] == ["Schools Pupils girls", "Schools Pupils boys", "Schools Staff all"]
    assert names[4:] == ["Homes new", "Homes Rent old"]
