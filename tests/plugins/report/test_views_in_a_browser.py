"""The views Unit, Compare and Over time in a browser: their figures are those of the explanations."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia_explain.gap import explain_gap
from indicia_explain.score import explain_score
from indicia_report.page import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia import Index
    from indicia.result import Result

pytestmark = [pytest.mark.slow, pytest.mark.thorough]

AXE = Path(__file__).parents[3] / "plugins" / "indicia_report" / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DRAWS = 60
PANEL: dict[str, Any] = {
    "name": "Cities over time",
    "data": {"unit": "city", "period": "year", "groups": ["region"]},
    "dimensions": {"wealth": {"weight": 2, "decimals": 1}, "nature": {"weight": 1}},
    "indicators": {
        "income": {"dimension": "wealth", "bounds": [0, 10], "weight": 3},
        "schools": {"dimension": "wealth", "bounds": [0, 10], "weight": 1},
        "air": {"dimension": "nature", "bounds": [0, 10], "direction": "cost"},
        "water": {"dimension": "nature", "bounds": [0, 10]},
    },
    "methodology": {
        "normalisation": "min_max(lower=1, upper=100)",
        "weighting": "given",
        "missing": "skip",
        "levels": [{"aggregation": "geometric"}],
    },
}
TABLE = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome"] * 2,
        "region": ["south", "north"] * 4,
        "year": [2020] * 4 + [2021] * 4,
        "income": [3.0, 9.0, 1.0, 4.0, 6.0, 8.0, 2.0, 5.0],
        "schools": [5.0, None, 4.0, 7.0, None, 9.5, 4.5, 7.5],
        "air": [2.0, 8.0, 1.5, 5.0, 2.5, 7.0, 3.5, 3.0],
        "water": [6.0, 7.0, 2.0, 5.0, 6.5, 7.0, None, 3.0],
    }
)


@pytest.fixture(scope="module")
def addresses(
    tmp_path_factory: pytest.TempPathFactory, human: Index, hostile: tuple[Index, pl.DataFrame]
) -> dict[str, str]:
    """The reports on the Human Development Index, on a panel with gaps, and on hostile names."""
    folder = tmp_path_factory.mktemp("views")
    subjects = {"human": (human, None), "panel": (indicia.read(PANEL), TABLE), "hostile": hostile}
    found = {}
    for name, (index, table) in subjects.items():
        path = folder / f"{name}.html"
        path.write_text(report(index, table, draws=DRAWS), encoding="utf-8")
        found[name] = path.as_uri()
    return found


@pytest.fixture(scope="module")
def panel_result() -> Result:
    return indicia.read(PANEL).score(TABLE)


class View:
    """An open view, with the messages of its console."""

    def __init__(self, browser: Any, address: str, **context: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
        self.page = self.context.new_page()
        self.noise: list[str] = []
        self.page.on("console", lambda message: self.noise.append(message.text))
        self.page.on("pageerror", lambda error: self.noise.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.noise.append(dialog.message), dialog.dismiss()))
        self.page.goto(address)
        self.page.wait_for_selector("#app h2")

    def cells(self, rows: str) -> list[list[str]]:
        """Return the texts of the cells of table rows."""
        script = "rows => [...document.querySelectorAll(rows)].map(row => [...row.cells].map(cell => cell.textContent))"
        return list(self.page.evaluate(script, rows))

    def column(self, section: str, number: int) -> dict[str, str]:
        """Return a column of a table by the names of its rows; 0 is the name."""
        return {cells[0]: cells[number] for cells in self.cells(f"{section} tbody tr")}

    def heading(self, section: str, text: str) -> int:
        """Return the number of the column with a heading."""
        return self.cells(f"{section} thead tr")[0].index(text)


@pytest.fixture
def opened(browser: Any, addresses: dict[str, str]) -> Iterator[Any]:
    """Return a function that opens a view and checks at the end that nothing was written on its console."""
    views: list[View] = []

    def open_view(name: str, view: str, **context: Any) -> View:
        views.append(View(browser, addresses[name] + view, **context))
        return views[-1]

    yield open_view
    noise = [line for view in views for line in view.noise]
    for view in views:
        view.context.close()
    assert noise == []


def written(value: float, decimals: int) -> str:
    """Return a signed number as the page writes it."""
    text = f"{value:+.{decimals}f}".replace("-", "−")
    return text.lstrip("+−") if not float(f"{value:.{decimals}f}") else text


def test_the_gap_of_two_countries_is_divided_as_by_the_explanation(opened: Any, human: Index) -> None:
    gap = explain_gap(human.score(), "BRA", "MEX")
    view = opened("human", "#/compare/BRA/MEX")
    shown = view.column(".gap", view.heading(".gap", "Part of the gap"))
    names = {name: str(spec.name) for name, spec in human.definition.indicators.items()}
    assert shown == {names[name]: written(part, 4) for name, part in gap.parts.select("indicator", "part").rows()}
    assert view.cells(".gap tfoot tr")[-1][2] == written(gap.gap, 4)


def test_parts_against_the_median_are_those_of_the_explanation(opened: Any, human: Index) -> None:
    score = explain_score(human.score(), "BRA")
    view = opened("human", "#/unit/BRA")
    shown = view.column(".indicators", view.heading(".indicators", "Against the median"))
    names = {name: str(spec.name) for name, spec in human.definition.indicators.items()}
    parts = score.parts.select("indicator", "vs_median").rows()
    assert {names[name]: shown[names[name]] for name, _ in parts} == {names[n]: written(p, 4) for n, p in parts}


def test_the_place_of_the_median_profile_is_that_of_the_explanation(opened: Any, human: Index) -> None:
    behind, number = explain_score(human.score(), "BRA").totals.select("behind_base", "of").row(0)
    view = opened("human", "#/unit/BRA")
    assert f"better than {behind} of {number} units." in view.page.locator(".from-median").inner_text()


def test_a_gap_with_missing_values_sums_to_the_gap_and_names_its_rounding(opened: Any, panel_result: Result) -> None:
    gap = explain_gap(panel_result, "Lima", "Pune")
    view = opened("panel", "#/compare/Lima/Pune")
    shown = view.column(".gap", view.heading(".gap", "Part of the gap"))
    assert shown == {name: written(part, 2) for name, part in gap.parts.select("indicator", "part").rows()}
    sums = [cells[2] for cells in view.cells(".gap tfoot tr")]
    assert sums == [written(gap.totals["rounding"].item(), 2), written(gap.gap, 2)]
    assert "the score of its dimension stands in its place" in view.page.locator(".gap").inner_text()


def test_a_move_is_divided_and_names_the_units_that_were_passed(opened: Any, panel_result: Result) -> None:
    ranks = {(city, str(year)): rank for city, year, rank in panel_result.ranking.select("city", "year", "rank").rows()}
    before, now = ranks["Lima", "2020"], ranks["Lima", "2021"]
    passed = [c for c in ("Oslo", "Pune", "Rome") if ranks[c, "2020"] < before and ranks[c, "2021"] > now]
    text = opened("panel", "#/time/Lima?since=2020").page.locator(".moved-unit .says").inner_text()
    assert (before, now, passed) == (3, 2, ["Rome"])
    assert "From 2020 to 2021, Lima rose from rank 3 to rank 2" in text
    assert "It passed Rome." in text


def test_each_figure_over_time_has_its_numbers_in_a_table(opened: Any) -> None:
    view = opened("panel", "#/time?pin=Lima,Oslo")
    assert view.page.locator(".lines svg[role=img]").count() == 2
    view.page.locator(".numbers summary").click()
    assert [cells[0] for cells in view.cells(".numbers tbody tr")] == ["2021", "2020"]


def test_a_unit_is_found_by_keyboard(opened: Any) -> None:
    page = opened("human", "#/compare/BRA/MEX").page
    box = page.get_by_role("combobox", name="First unit")
    box.focus()
    page.keyboard.type("cote")
    assert page.get_by_role("option").all_inner_texts() == ["Côte d'Ivoire"]
    page.keyboard.press("Enter")
    assert page.locator("h2").first.inner_text() == "Côte d'Ivoire and Mexico"
    page.get_by_role("button", name="Swap").click()
    assert page.locator("h2").first.inner_text() == "Mexico and Côte d'Ivoire"


def test_a_unit_is_printed_on_one_page(opened: Any) -> None:
    document = opened("human", "#/unit/BRA").page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", document)) == 1


@pytest.mark.parametrize("view", ["unit/{}", "compare/{}/{}", "unit/{}?lang=zh"])
def test_hostile_names_are_shown_as_they_are(opened: Any, names: list[str], view: str) -> None:
    from urllib.parse import quote

    for first, second in zip(names[:3], names[-3:], strict=True):
        page = opened("hostile", "#/" + view.format(quote(first, safe=""), quote(second, safe=""))).page
        assert page.locator("#app img, #app script, #app b b").count() == 0


@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("human", "#/unit/BRA?pin=CHE"),
        ("human", "#/compare/BRA/MEX"),
        ("panel", "#/time?pin=Lima,Oslo"),
        ("panel", "#/unit/Lima"),
    ],
)
def test_views_fit_and_are_accessible(opened: Any, name: str, view: str, width: int) -> None:
    for scheme in ("light", "dark"):
        page = opened(name, view, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True).page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if AXE.exists():  # npm ci has put it there
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("rules => axe.run('#app', {runOnly: rules})", RULES)
            assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found["violations"]] == []
