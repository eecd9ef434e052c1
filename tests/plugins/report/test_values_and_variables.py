"""The page shows the attributes of values, and the variables outside the index."""

from __future__ import annotations

import re
from typing import Any

import polars as pl
from report_pages import model_of_page, page_of

import indicia

TABLE = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome"],
        "jobs": [60.0, 80.0, None, 70.0],
        "jobs_year": [2023, 2021, 2023, 2023],
        "jobs_status": ["p", "A", None, None],
        "jobs_source": ["<b>survey</b>", None, None, None],
        "rent": [3.0, 9.0, 1.0, 4.0],
        "wealth": [4.0, 90.0, None, 40.0],
    }
)
WORDS: dict[str, Any] = {
    "data": {"unit": "city", "attributes": {word: f"{{column}}_{word}" for word in ("year", "status", "source")}},
    "indicators": {"jobs": {"direction": "benefit"}, "rent": {"direction": "cost"}},
    "methodology": {"missing": "skip"},
    "outside": {"variables": {"wealth": {"name": "Wealth", "direction": "cost"}}},
}


def markup(**words: Any) -> str:
    return page_of(indicia.read({**WORDS, **words}).score(TABLE))


def test_the_data_of_the_page_have_the_attributes_of_values() -> None:
    data = model_of_page(markup())
    assert data["noted"] == [[0, 1, "p · <b>survey</b>"]]
    assert data["tree"][1]["year"] == "2021–2023"


def test_the_methodology_counts_the_values_with_attributes() -> None:
    html = markup()
    assert "3 values have a year of their own, from 2021 to 2023." in html
    assert "2 values have a status: A (1), p (1)." in html


def test_a_variable_outside_the_index_is_drawn_with_a_dot_for_each_unit() -> None:
    html = markup()
    section = html.partition('<section id="m-outside"')[2].partition("</section>")[0]
    (dots,) = re.findall(r'<path class="dot small" d="([^"]*)"', section)
    assert dots.count("h0") == 3
    assert "Units with a score and a value: 3; with a score only: 1." in section
    assert "The correlation is expected to be negative" in section
    assert '<section id="m-outside"' not in markup(outside={})


def test_a_page_without_raw_values_has_neither_the_values_nor_a_drawing_of_a_column() -> None:
    html = markup(publication={"raw_values": False})
    assert model_of_page(html)["noted"] == [[0, 1, "p · <b>survey</b>"]]
    assert "dot small" not in html
    assert "Its values are not published." in html


def test_the_source_of_a_variable_stands_below_its_drawing() -> None:
    variable = {"source": "bank"}
    html = markup(outside={"variables": {"wealth": variable}}, sources={"bank": {"title": "Incomes", "year": 2024}})
    assert "Source: Incomes (2024)." in html
