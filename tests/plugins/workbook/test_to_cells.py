"""Recorded formulas as cells of a workbook."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from indicia.formulas import FixedStatistics, column, record
from indicia.methods import row_sorted, where
from indicia_workbook.sheets import Group, Layout
from indicia_workbook.text import NoFormula, fill_rows
from indicia_workbook.to_cells import to_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.formulas import Expression, Recorder
    from indicia_workbook.cell import Cell

x, y = column("x"), column("y")
SHEETS = {name: name for name in ("data", "steps", "statistics")}


class Sheets:
    """A workbook with the columns x = 1, 2, 4 and y = 3, none, 5."""

    def __init__(self) -> None:
        rows = np.ones(3, dtype=int)
        self.layout = Layout(3, SHEETS, 1, Group((), rows, rows - 1, [()]))
        self.layout.subject = "z"
        self.cells: dict[Any, Cell] = {}
        for one, values in ((x, [1.0, 2.0, 4.0]), (y, [3.0, np.nan, 5.0])):
            numbers = np.array(values)
            place = self.layout.add("data", one.node.options[0], numbers)
            self.cells[one.node] = self.layout.cell(place, numbers, gaps=bool(np.isnan(numbers).any()))

    def cell(self, formula: Callable[[Recorder], Expression]) -> Cell:
        contents: Any = SimpleNamespace(layout=self.layout)
        return to_cells(record(formula), contents, self.cells)

    def text(self, formula: Callable[[Recorder], Expression]) -> str:
        """Return the formula in the row of the first unit."""
        return fill_rows(self.cell(formula).text.replace("'", ""), self.layout.offsets)[0]

    @property
    def steps(self) -> list[str]:
        texts = [str(entry.text) for entry in self.layout.entries.get("steps", [])]
        return [fill_rows(text.replace("'", ""), self.layout.offsets)[0] for text in texts]


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (lambda s: (x - s.min) / (s.max - s.min), "(data!$B6-statistics!$C$6)/(statistics!$D$6-statistics!$C$6)"),
        (lambda s: 2.0 - x**2 * 3.0, "2-data!$B6^2*3"),
        (lambda s: (x / s.std_with(0)).clip(None, 1.0), "MIN(data!$B6/statistics!$C$6,1)"),
        (lambda s: where(x > 2.0, x, 0.0), "IF(data!$B6>2,data!$B6,0)"),
        (lambda s: y.fill_null(0.0) + x, 'IF(data!$C6="",0,data!$C6)+data!$B6'),
        (lambda s: s.count, "statistics!$C$6"),
        (lambda s: 1.0 - (-x), "1+data!$B6"),
    ],
)
def test_each_operation_is_written_as_a_spreadsheet_writes_it(formula: Any, text: str) -> None:
    assert Sheets().text(lambda recorder: formula(recorder("x", x))) == text


def test_a_cell_holds_the_numbers_of_its_formula() -> None:
    cell = Sheets().cell(lambda recorder: x / recorder("x", x).sum)
    np.testing.assert_allclose(cell.value, [1 / 7, 2 / 7, 4 / 7])


def test_a_bound_of_a_cost_stands_as_the_index_file_gives_it() -> None:
    sheets = Sheets()
    text = sheets.text(lambda recorder: -x - recorder("x", -x, FixedStatistics(max=9.0)).min)
    assert text == "-data!$B6+statistics!$C$6"
    (statistic,) = sheets.layout.statistics
    assert (statistic.kind, statistic.values) == ("max (given)", [9.0])


def test_cached_columns_stand_in_the_order_in_which_the_formula_asks_for_them() -> None:
    def formula(recorder: Recorder) -> Expression:
        first = recorder.cached_column("z", 1, x * 2.0)
        second = recorder.cached_column("z", 2, x * 3.0)
        return second / first

    sheets = Sheets()
    assert sheets.text(formula) == "steps!$C6/steps!$B6"
    assert sheets.steps == ["data!$B6*2", "data!$B6*3"]


def test_values_in_order_are_written_once() -> None:
    sheets = Sheets()
    assert sheets.text(lambda _: row_sorted([x, x + 1.0])[1] + row_sorted([x, x + 1.0])[0]).count("LARGE") == 2
    assert len(sheets.steps) == 2  # copies of the two columns beside each other


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (x.cum_sum(), r"cum_sum\(\)"),
        (x % 2, r"mod\(\)"),
        (y.fill_null("none"), "a str in a formula"),
        (x.std(ddof=2), "a divisor of n - 2"),
    ],
)
def test_an_operation_that_no_spreadsheet_has_is_named(formula: Expression, words: str) -> None:
    with pytest.raises(NoFormula, match=words):
        Sheets().cell(lambda _: formula)
