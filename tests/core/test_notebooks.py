"""The tables that a notebook displays: small, escaped, without scripts and addresses."""

from __future__ import annotations

import re
from typing import Any

import polars as pl
import pytest

import indicia
from indicia.data.notebook_table import notebook_frame

TABLE = {"town": ["<Fir>", "Ash", "Oak & Elm"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
INDEX = indicia.read(
    {
        "name": "Towns <b>",
        "data": {"unit": "town"},
        "dimensions": {"economy": {"name": "Economy", "weight": 2}},
        "indicators": {
            "income": {"name": "Income <i>", "dimension": "economy"},
            "co2": {"direction": "cost", "weight": 1},
        },
        "variants": {"equal": {"weighting": "equal"}},
    }
)
SHOWN = {
    "index": lambda: INDEX,
    "variant": lambda: INDEX.variant("equal"),
    "fitted": lambda: indicia.fit(INDEX, TABLE),
    "tree": lambda: INDEX.tree,
    "result": lambda: INDEX.score(TABLE),
    "comparison": lambda: INDEX.compare(table=TABLE),
    "robust": lambda: INDEX.robustness(TABLE, draws=5, seed=1, weights={"spread": 0.25}),
    "stability": lambda: INDEX.stability(TABLE),
}


@pytest.mark.parametrize("name", SHOWN)
def test_a_notebook_shows_a_small_escaped_table(name: str) -> None:
    shown: Any = SHOWN[name]()
    page = shown._repr_html_()
    assert "<table>" in page
    tags = set(re.findall(r"<(\w+)", page))
    assert tags <= {"p", "b", "br", "table", "thead", "tbody", "tr", "th", "td"}
    assert not re.search(r"https?:|src=|href=|on\w+=", page)
    assert page.count("<b>") == page.count("</b>") <= 1  # the name of the index is escaped


def test_an_index_shows_its_parts_with_weights_directions_and_methods() -> None:
    cells = re.findall(r"<t[dh] [^>]*>([^<]*)", INDEX._repr_html_())
    rows = [cells[start : start + 4] for start in range(0, len(cells), 4)]
    assert rows == [
        ["part", "weight", "direction", "methods"],
        ["index", "", "", "given &gt; arithmetic"],
        ["Economy", "2", "", "given &gt; arithmetic"],
        ["Income &lt;i&gt;", "", "benefit", "min_max"],
        ["co2", "1", "cost", "min_max"],
    ]
    assert INDEX._repr_html_().startswith("<p><b>Towns &lt;b&gt; · 2 indicators · 1 dimension · 1 variant</b></p>")


def test_a_long_table_shows_both_ends_and_its_length() -> None:
    frame = pl.DataFrame(
        {"unit": [f"u{number}" for number in range(1000)], "score": [1 / 3] * 1000, "none": [None] * 1000}
    )
    page = notebook_frame(frame, 4)
    assert re.findall(r"<td[^>]*>([^<]*)", page)[::2] == ["u0", "u1", "…", "u998", "u999"]
    assert "<p>1,000 rows</p>" in page
    assert "0.3333" in page
    assert "none" not in page


def test_a_wide_table_names_the_columns_that_it_does_not_show() -> None:
    frame = pl.DataFrame({f"c{number} <b>": [number] for number in range(5)})
    page = notebook_frame(frame, columns=3)
    assert page.count("<th ") == 3
    assert page.endswith("<p>further columns: c3 &lt;b&gt;, c4 &lt;b&gt;</p>")
