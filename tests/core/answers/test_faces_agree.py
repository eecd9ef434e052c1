"""The tables of pages, workbooks, Word documents and Markdown equal the JSON of the command, for every analysis."""

from __future__ import annotations

import io
import json
import math
import re
import warnings
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, NamedTuple

import docx
import fastexcel
import polars as pl
import pytest
from golden import indices
from golden.answers import PANEL, panel
from hypothesis import HealthCheck, given, settings
from random_indices import random_indices

import indicia
from indicia.analyses import Grid, Kind, Table
from indicia.answers.document import ROWS_OF_ANNEX, document_of
from indicia.answers.writers import written
from indicia.catalogue import installed
from indicia.documents.blocks import TextTable
from indicia.errors import DataError, DefinitionError, MethodError, MissingDependency
from indicia_report.page import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.answers.answer import Answer

ANALYSES = installed(kinds=["analysis"]).names("analysis")
LONG = ("audit", "compare", "diff", "move", "reach", "robustness", "stability")
NUMBER = re.compile(r"([+-]?)([\d,]+(?:\.(\d+))?)(?:e([+-]\d+))?( ?%)?")
MODEL_CASE = "intelligent_manufacturing"
DRAWN = {"weights": "±25%", "draws": 20, "seed": 1}
"""The options of analyses that draw."""
REFUSED = (DataError, DefinitionError, MethodError, MissingDependency)
"""What an analysis says that has no answer for an index, such as one of periods for a single period."""


def options_of(name: str, index: indicia.Index, frame: pl.DataFrame) -> dict[str, Any]:
    """Return the options without which an analysis has nothing to answer."""
    if name == "compare":
        return {"weighting": ["equal", "entropy"]}
    if name in ("audit", "robustness"):
        return DRAWN if name == "robustness" else {"draws": 20}
    if name not in ("explain", "gap", "move", "reach"):
        return {}
    result = index.score_frame(frame)
    units = result.ranking.drop_nulls("rank")[result.unit].cast(pl.String).unique(maintain_order=True).to_list()
    if name == "gap":
        return {"a": units[0], "b": units[-1], **DRAWN}
    return {"of": units[len(units) // 2], **({"rank": 2} if name == "reach" else {})}


def answers(name: str, index: indicia.Index, frame: pl.DataFrame) -> Iterator[Answer[Any]]:
    """Yield the answer of an analysis, if it has one for the index."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if name == "diff":
                later = index.with_options(weighting="critic")
                answer: Answer[Any] = index.diff(later, old_table=frame, new_table=frame)
            else:
                answer = index.analyse(name, frame, **options_of(name, index, frame))
            document_of(answer)
        except REFUSED:
            return
        yield answer


class Shown(NamedTuple):
    """A table of a document, with its declaration and its rows in JSON."""

    declared: Table
    texts: TextTable
    rows: list[dict[str, Any]]
    most: int
    """The number of rows that the document shows."""


def texts_of(answer: Answer[Any], language: str | None) -> list[TextTable]:
    return [block for block in document_of(answer, language) if isinstance(block, TextTable)]


def shown_tables(answer: Answer[Any], language: str | None) -> list[Shown]:
    """Return the declared tables of a document; a grid has texts of its own, and tests of its own."""
    document = answer.document()
    blocks = [block for block in (*document, *answer.annex()) if isinstance(block, Table | Grid)]
    rows = {name: table["rows"] for name, table in json.loads(written(answer, "json", language))["tables"].items()}
    return [
        Shown(block, texts, rows[block.name], block.shown if block in document else max(block.shown, ROWS_OF_ANNEX))
        for block, texts in zip(blocks, texts_of(answer, language), strict=True)
        if isinstance(block, Table)
    ]


def check_texts(answer: Answer[Any], language: str | None) -> int:
    """Compare the cells that readers see with the JSON; return their number."""
    names, cells = answer.reader_names(language), 0
    for declared, texts, rows, most in shown_tables(answer, language):
        if declared.first:
            rows = sorted(rows, key=lambda row: [_last_if_none(row[name]) for name in declared.first])
        columns = {name: column for name, column in answer.columns(declared).items() if column is not None}
        order = [name for name in columns if columns[name].name in declared.brief or not declared.brief]
        if declared.brief:
            order.sort(key=lambda name: declared.brief.index(columns[name].name))
        order = [
            name
            for name in order
            if any(row.get(name) is not None for row in rows)
            or (not rows and columns[name].kind is not Kind.PERIOD and name in answer.published(declared))
        ]
        assert len(texts.headings) == len(order), declared.name
        assert len(texts.rows) == min(len(rows), most)
        for row, cells_of_row in zip(rows, texts.rows, strict=False):
            for name, cell in zip(order, cells_of_row, strict=True):
                kind = columns[name].kind
                if kind is not Kind.TEXT or language is None:
                    assert says(cell, row[name], kind, names, exact=not columns[name].beyond), (declared.name, name)
                cells += 1
    return cells


def check_grids(answer: Answer[Any], language: str | None) -> int:
    """Compare the figures of indicators and dimensions in grids with their rows in JSON; return the number of figures.

    A grid has texts of its own, with a row for the sum: each figure of a part is one of its row.
    """
    blocks = [block for block in (*answer.document(), *answer.annex()) if isinstance(block, Table | Grid)]
    tables = json.loads(written(answer, "json", language))["tables"]
    names, figures = answer.reader_names(language), 0
    for block, texts in zip(blocks, texts_of(answer, language), strict=True):
        if isinstance(block, Grid):
            part_of = next(name for name, column in answer.columns(block.table).items() if column.kind is Kind.PART)
            values: dict[str, list[float]] = {}
            for row in tables[block.table.name]["rows"]:
                numbers = [value for value in row.values() if isinstance(value, float | int)]
                values.setdefault(names.get(row[part_of], row[part_of]), []).extend(numbers)
            for part, *cells in texts.rows:
                for cell, is_number in zip(cells, texts.numbers[1:], strict=True):
                    if part.strip() in values and is_number and NUMBER.fullmatch(cell):
                        assert any(is_figure(cell, value) for value in values[part.strip()]), (part, cell)
                        figures += 1
    return figures


def is_figure(cell: str, value: float) -> bool:
    """Return True if a cell has a value; a raw value in percent has the sign too."""
    return says(cell, value, Kind.SHARE, {}, exact=False) or says(
        cell.removesuffix("%").strip(), value, Kind.FIGURE, {}, exact=False
    )


def _last_if_none(value: float | None) -> float:
    return math.inf if value is None else abs(value)


def says(cell: str, value: Any, kind: Kind, names: dict[str, str], *, exact: bool) -> bool:
    """Return True if a cell has the value of the JSON, to its last digit."""
    if value is None:
        return cell == "–"
    if kind in (Kind.UNIT, Kind.PART):
        return cell == names.get(value, value)
    if kind is Kind.UNITS:
        return cell == ", ".join(names.get(unit, unit) for unit in value.split(", "))
    if isinstance(value, bool | str):
        return cell == str(value)
    found = NUMBER.fullmatch(cell)
    assert found, f"{cell} is no number"
    number = float(cell.removesuffix("%").strip().replace(",", ""))
    hundred, exponent = (100 if found[5] else 1), int(found[4] or 0)
    last_digit = 10.0 ** (exponent - len(found[3] or ""))
    assert found[5] is None or kind in (Kind.SHARE, Kind.RATE)
    return abs(number - hundred * value) <= (0.5 if exact else 1) * last_digit * (1 + 1e-9) + 1e-12 * abs(number)


class Cells(HTMLParser):
    """The texts of the cells of all tables of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.is_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.is_cell = True

    def handle_endtag(self, tag: str) -> None:
        self.is_cell = self.is_cell and tag not in ("td", "th", "tr", "table")

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.tables[-1][-1][-1] += data


def cells_of(page: str) -> list[list[list[str]]]:
    parser = Cells()
    parser.feed(page)
    return parser.tables


def plain(cells: Any) -> list[list[str]]:
    """Return rows of texts with hyphens for minus signs, without spaces at the ends."""
    return [[cell.replace("−", "-").strip() for cell in row] for row in cells]


def check_files(answer: Answer[Any], language: str | None) -> None:
    """Compare the page, the Word document and the workbook with the document and the JSON."""
    texts = [plain([table.headings, *table.rows]) for table in texts_of(answer, language)]
    assert [plain(table) for table in cells_of(written(answer, "html", language).decode())] == texts
    document = docx.Document(io.BytesIO(written(answer, "docx", language)))
    in_word = [plain([[cell.text for cell in row.cells] for row in table.rows]) for table in document.tables]
    if len(in_word) == len(texts):  # a table that is wider than a page is split
        assert in_word == texts
    assert {cell for table in in_word for row in table for cell in row} == {
        cell for table in texts for row in table for cell in row
    }
    book = fastexcel.read_excel(written(answer, "xlsx", language))
    data = json.loads(written(answer, "json", language))["tables"]
    tables = [table["rows"] for table in data.values() if table["rows"]]
    for sheet, rows in zip(book.sheet_names[1:], tables, strict=True):
        found = book.load_sheet(sheet).to_polars()
        assert found.columns == list(rows[0])
        for name in found.columns:
            for cell, row in zip(found[name], rows, strict=True):
                assert is_in_cell(row[name], cell), (sheet, name)


def is_in_cell(value: Any, cell: Any) -> bool:
    """Return True if a cell of a workbook has a value of the JSON; a reader may take a column of years for numbers."""
    if value in (None, ""):
        return cell in (None, "")
    if isinstance(value, float | int) and not isinstance(value, bool):
        return bool(cell == pytest.approx(value, rel=1e-15, abs=1e-300))
    return str(cell) == str(value)


@pytest.mark.parametrize("name", ANALYSES)
@pytest.mark.parametrize(
    "example",
    ["panel", *(pytest.param(name, marks=pytest.mark.thorough) for name in ("human_development", MODEL_CASE))],
)
def test_what_readers_see_equals_the_json(name: str, example: str) -> None:
    if example == "panel":
        index, frame = indicia.read(PANEL), panel()
    else:
        index = indices.examples()[example].index
        frame = index.read_table()
    for answer in answers(name, index, frame):
        assert check_texts(answer, None) + check_grids(answer, None) > 0
        assert check_texts(answer, "zh") + check_grids(answer, "zh") > 0
        check_files(answer, "zh" if example == "panel" else None)


@pytest.mark.thorough
@pytest.mark.parametrize("name", ANALYSES)
def test_what_readers_see_equals_the_json_for_the_gallery(name: str) -> None:
    """Analyses that take long are asked of every sixth index."""
    for case in [*indices.gallery().values()][:: 6 if name in LONG else 1]:
        index = case.index
        for answer in answers(name, index, index.read_table(case.table)):
            check_texts(answer, None)
            check_files(answer, None)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random_indices())
def test_what_readers_see_equals_the_json_of_random_indices(case: tuple[dict[str, Any], pl.DataFrame]) -> None:
    index, frame = indicia.read(case[0]), case[1]
    for name in set(ANALYSES) - {"reach", "stability"}:  # these take long
        for answer in answers(name, index, frame):
            check_texts(answer, None)
            check_texts(answer, "zh")


def test_the_page_shows_the_tables_of_stated_analyses() -> None:
    """A cell of the page has the text in English, and after it the Chinese one if that is another."""
    raw = {**PANEL, "analyses": {"obstacles": {"top": 2}, "convergence": {}, "coherence": {}, "inequality": {}}}
    index = indicia.read(raw)
    page = [plain(table) for table in cells_of(report(index, panel()))]
    for name in raw["analyses"]:
        answer = index.analyse(name, panel())
        for table in zip(shown_tables(answer, None), shown_tables(answer, "zh"), strict=True):
            english, chinese = (plain([each.texts.headings, *each.texts.rows]) for each in table)
            assert [
                [a if a == b else a + b for a, b in zip(*rows, strict=True)]
                for rows in zip(english, chinese, strict=True)
            ] in page
