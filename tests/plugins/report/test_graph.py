"""The page of an index whose parts have several parents, or do not count."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from report_pages import page_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia import Result
    from indicia.index import Index

TOWNS = pl.DataFrame({"town": list("abcde"), "x": [1.0, 2, 5, 3, 4], "y": [3.0, 1, 2, 5, 4], "z": [9.0, 2, 4, 6, 1]})


@pytest.fixture
def result(index: Callable[..., Index]) -> Result:
    parts = {
        "x": {"dimension": ["a", "w"], "weight": {"a": 2, "w": 5}},
        "y": {"dimension": ["a", "index"], "weight": {"a": 3, "index": 4}},
        "z": {"dimension": "w"},
    }
    dimensions = {"a": {"weight": 6}, "w": {"counts": False}}
    made = index(parts, {"normalisation": "min_max"}, dimensions=dimensions, data={"unit": "town", "groups": []})
    with pytest.warns(match="counted several times: y in index and a"):
        return made.score(TOWNS)


def table_of(html: str, name: str) -> list[list[str]]:
    """Return the texts of the cells of a table, in English and Chinese."""
    body = html[html.index(f'id="{name}"') :].partition("</table>")[0]
    rows = re.split(r"<tr[^>]*>", body)[1:]
    cells = [re.split(r"<t[dh][^>]*>", row)[1:] for row in rows]
    return [[re.sub("<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_the_structure_has_a_row_for_each_parent_with_the_whole_effective_weight(result: Result) -> None:
    rows = [row[:3] for row in table_of(page_of(result), "t-structure")]
    assert ["x", "0.400", "0.240"] in rows  # 2/5 of a, which has 6/10 of the index
    assert ["y", "0.600", "0.760"] in rows  # 3/5 of a, and 4/10 of the index itself: 0.36 + 0.4
    assert ["y", "0.400", "0.760"] in rows
    assert ["w", "does not count不计入", "0.000"] in rows


def test_the_table_of_parts_has_all_parents_and_their_weights(result: Result) -> None:
    rows = {row[0]: row for row in table_of(page_of(result), "t-fixed")}
    assert rows["x"][1] == "a, wa、w"
    assert rows["x"][-1] == "2; 5"
    assert rows["w"][-1] == "does not count不计入"


def test_the_structure_is_drawn_with_a_box_in_each_parent(result: Result) -> None:
    chart = result.plot.structure().to_dict()
    boxes = chart["layer"][0]["data"]["values"]
    shares = sorted(round(box["share"], 3) for box in boxes if box["name"] == "y")
    assert shares == [0.36, 0.4]
