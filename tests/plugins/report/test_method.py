"""The Method view: the sections of all plugins in their order, complete without script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.catalogue import gather, hookimpl, installed
from indicia.errors import DataError, PluginWarning
from indicia.outputs import Island, Rendered, Section, markup_problem
from indicia_paper.dossier import Dossier, compile_dossier
from indicia_report.method import method_view, results_sections
from indicia_report.method.correlation import Correlations
from indicia_report.method.filled_formulas import FilledFormulas
from indicia_report.method.page_section import Shown
from indicia_report.method.worked_unit import middle_of_ranking

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from indicia import Index
    from indicia.catalogue import Catalogue

ORDER = [
    "notes", "structure", "methodology", "worked-unit", "uncertainty", "comparison", "correlation", "coverage",
    "findings", "sources", "manifest",
]  # fmt: skip


@pytest.fixture(scope="module")
def dossier(model: Index) -> Dossier:
    return compile_dossier(model, needs=("intervals", "comparison", "audit"), draws=20)


def view_of(dossier: Dossier, catalogue: Catalogue | None = None, languages: Sequence[str] = ("en",)) -> str:
    shown = Shown.of(dossier, languages)
    return method_view(dossier, shown.view, shown.texts, catalogue)


@pytest.fixture(scope="module")
def method(dossier: Dossier) -> str:
    return view_of(dossier)


def section(markup: str, name: str) -> str:
    return markup.partition(f'<section id="m-{name}"')[2].partition("</section>")[0]


def words(markup: str) -> str:
    """Return the text of markup, with the cells of tables separated."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", markup)).split())


def test_the_sections_stand_in_their_order_and_the_links_lead_to_them(method: str) -> None:
    assert re.findall(r'<section id="m-([\w-]+)"', method) == ORDER
    assert re.findall(r'<a href="#m-([\w-]+)">', method) == ORDER


def test_the_markup_fits_the_policy_and_each_id_occurs_once(dossier: Dossier) -> None:
    assert markup_problem(view_of(dossier, languages=("en", "zh"))) is None


def test_every_table_is_in_a_labelled_region_that_scrolls(method: str) -> None:
    region = r'<div class="scroll[^"]*" tabindex=0 role=region aria-labelledby=([\w-]+)><table'
    regions = re.findall(region, method)
    assert len(regions) == method.count("<table")
    assert all(f"<caption id={name}>" in method for name in regions)


def test_one_unit_is_worked_to_its_score(dossier: Dossier, method: str) -> None:
    text = words(section(method, "worked-unit"))
    assert "Zhengzhou has rank 16 of 32: it is in the middle of the ranking." in text
    assert "The score of Zhengzhou is 19.28, and its rank 16." in text
    scores = dossier.result.scores.filter(pl.col("city") == "Zhengzhou")
    assert scores.select("score", "rank").row(0) == (pytest.approx(19.28, abs=0.005), 16)
    # the smallest and the largest value of the data, and the value of the unit
    assert "100 · ( 5175 − 2135.6 ) 12406 − 2135.6 = 29.594" in text
    weights = "0.74278 · 29.594 + 0.25722 · 57.082 = 36.665"
    assert weights in text


def test_filled_formulas_have_the_numbers_of_the_run(dossier: Dossier) -> None:
    result = dossier.result
    row = result.scored.units["city"].to_list().index("Zhengzhou")
    formulas = FilledFormulas(result, row)
    leaf = next(leaf for leaf in result.scored.tree.leaves() if leaf.id == "innovation_rank")  # a cost
    assert formulas.of_indicator(leaf) == r"\frac{100 \cdot \left(36 - 15\right)}{36 - 1}"
    assert formulas.of_indicator(leaf, symbol="x") == r"\frac{100 \cdot \left(36 - x\right)}{36 - 1}"
    assert pytest.approx(result.scored.normalised["innovation_rank"][row]) == 100 * (36 - 15) / (36 - 1)


def test_a_formula_of_a_unit_with_gaps_has_the_weights_of_the_parts_that_it_has() -> None:
    raw = {
        "data": {"unit": "u"},
        "indicators": {"x": {"weight": 1}, "y": {"weight": 1}, "z": {"weight": 2}},
        "methodology": {"normalisation": "none", "weighting": "given", "missing": "skip"},
    }
    table = pl.DataFrame({"u": ["a", "b"], "x": [1.0, 2.0], "y": [None, 3.0], "z": [4.0, 5.0]})
    result = indicia.read(raw).score(table)
    assert FilledFormulas(result, 0).of_node(result.scored.tree) == (r"0.33333 \cdot 1 + 0.66667 \cdot 4")
    assert result.scores.sort("u")["score"][0] == pytest.approx(1 / 3 + 8 / 3)


def test_a_formula_whose_numbers_are_not_those_of_the_run_is_left_out(
    dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indicia_report.method import filled_formulas

    monkeypatch.setattr(filled_formulas, "_computed", lambda *_: 1.0)
    leaf = next(iter(dossier.result.scored.tree.leaves()))
    assert FilledFormulas(dossier.result, 0).of_indicator(leaf) is None


def test_raw_values_that_are_not_published_are_in_no_section(model: Index) -> None:
    index = indicia.read({**model.raw, "publication": {"raw_values": False}})
    secret = compile_dossier(index, model.read_table(None), needs=("comparison",))
    html = view_of(secret)
    text = words(section(html, "worked-unit"))
    assert "Raw values of this index are not published, so the steps begin at the normalised values." in text
    assert "raw value" not in text
    raw = secret.result.scored.raw.values
    values = {f"{value:,.6g}" for column in raw for value in column.drop_nulls() if value >= 1000}
    shown = {figure for figure in values if f">{figure}<" in html.replace("\n", "<")}
    assert shown == set()
    assert "100 ·" not in text


def test_an_index_of_one_unit_or_without_ranks_has_a_method() -> None:
    raw = {"data": {"unit": "u"}, "indicators": {"x": {"bounds": [0, 10]}}}
    table = pl.DataFrame({"u": ["a"], "x": [5.0]})
    text = words(view_of(Dossier(indicia.read(raw).score(table))))
    assert "a has rank 1 of 1" in text
    unranked = indicia.read({**raw, "eligible": {"without": ["a"]}}).score(table)
    assert middle_of_ranking(Shown.of(Dossier(unranked), ("en",)).view) is None
    assert "worked-unit" not in view_of(Dossier(unranked))


def test_correlations_are_grouped_by_dimension(method: str, dossier: Dossier) -> None:
    captions = re.findall(r"<caption [^>]*>(.*?)</caption>", section(method, "correlation"))
    assert words(captions[0]) == "Within Industrial foundation"
    assert words(captions[-1]) == "Between the parts of the index"
    frame = dossier.result.scored.normalised
    expected = frame.select(pl.corr("loans", "fdi")).item()
    row = section(method, "correlation").partition("Foreign direct investment")[2].partition("<tr")[0]
    assert f"{expected:.2f}".replace("0.", ".") in row


def test_correlations_of_85_indicators_stay_light(making: Callable[..., Any]) -> None:
    index, table = making(60, 85, 17)
    shown = Shown.of(Dossier(index.score(table)), ("en", "zh"))
    html = Correlations().draw(shown)
    assert html is not None
    assert len(html.encode()) < 60_000
    assert html.count("<table") == 18


def test_of_a_dimension_of_many_parts_the_strongest_correlations_are_listed() -> None:
    random = np.random.default_rng(3)
    common = random.normal(size=40)
    columns = {f"i{at}": common * (at % 2) + random.normal(size=40) for at in range(30)}
    raw = {"data": {"unit": "u"}, "indicators": {name: {} for name in columns}}
    table = pl.DataFrame({"u": [f"u{at}" for at in range(40)], **columns})
    html = Correlations().draw(Shown.of(Dossier(indicia.read(raw).score(table)), ("en",)))
    assert html is not None
    assert "The 20 strongest correlations" in html
    assert html.partition('id="t-correlation-1-pairs"')[2].count("<tr") == 21


def test_each_methodology_says_what_it_changes_and_who_moves(method: str, dossier: Dossier) -> None:
    text = words(section(method, "comparison"))
    assert "Indicators: without High-tech enterprises" in text
    assert "Hefei: 14 → 23" in text
    compared = dossier.compared
    assert not isinstance(compared, DataError)
    ranks = compared.figures.ranks.filter(pl.col("city") == "Hefei")  # type: ignore[union-attr]
    assert ranks.select("1", "2").row(0) == (14, 23)


def test_findings_are_grouped_by_check(method: str, dossier: Dossier) -> None:
    html = section(method, "findings")
    codes = re.findall("<dt><code>(.*?)</code>", html)
    problems = [entry for entry in dossier.audit.reported_findings if entry.severity != "information"]  # type: ignore[union-attr]
    assert codes == list(dict.fromkeys(entry.code for entry in problems))
    others = len(dossier.audit.reported_findings) - len(problems)  # type: ignore[union-attr]
    assert f"{others} further findings are for information." in html


def test_a_chinese_page_has_findings_and_methods_in_chinese(dossier: Dossier) -> None:
    html = view_of(dossier, languages=("zh", "en"))
    findings = section(html, "findings")
    assert (
        "<dt><code>C03</code> <span lang=zh>组成部分与得分</span><span lang=en>a part and the score</span>" in findings
    )
    assert "<span lang=zh>人均GDP主导综合成效的得分：36 个单位的 r = 0.98（95 % 区间 0.97 至 0.99）</span>" in findings
    assert "<li lang=en>" not in findings
    methodology = section(html, "methodology")
    assert "<dd><span lang=zh>取加权算术平均。</span>" in methodology
    assert "<span class=note>: <span lang=zh>最差值的得分</span>" in methodology
    # the style sheet hides a span of another language, so that each text stands in both
    assert html.count("<span lang=en>") == html.count("<span lang=zh>")


def test_a_large_table_is_checked_and_not_audited(making: Callable[..., Any]) -> None:
    index, table = making(400, 16, 4)
    large = compile_dossier(index, table, needs=("audit",))
    assert "too large for an audit with each page" in words(section(view_of(large), "findings"))


def test_an_analysis_that_failed_is_said_in_its_section(dossier: Dossier) -> None:
    failed = Dossier(dossier.result, audit=DataError("no audit today", remedy="come back"))
    assert "no audit today (come back)" in words(section(view_of(failed), "findings"))


@dataclass(frozen=True)
class Gini(Section[Dossier]):
    """The concentration of the scores."""

    name = "gini"

    def render(self, dossier: Dossier, languages: Sequence[str]) -> Rendered | None:
        figure = f'<figure data-island="0"><p>{dossier.result.definition.name["en"]}</figure>'  # type: ignore[index]
        return Rendered({"en": "Concentration"}, figure, (Island("strip", {"node": "index"}),))


@dataclass(frozen=True)
class Below(Gini):
    """A section below the results."""

    name = "below"
    view = "results"


@dataclass(frozen=True)
class Unclosed(Gini):
    """A section that would swallow the rest of the page."""

    name = "unclosed"
    order = 1

    def render(self, dossier: Dossier, languages: Sequence[str]) -> Rendered | None:
        return Rendered({"en": "Unclosed"}, "</section></main><table>")


@dataclass(frozen=True)
class Raising(Gini):
    """A section that fails."""

    name = "raising"

    def render(self, dossier: Dossier, languages: Sequence[str]) -> Rendered | None:
        raise ZeroDivisionError("<b>no units</b>")


class House:
    """A plugin with sections."""

    @hookimpl
    def indicia_sections(self) -> list[type[Section[Dossier]]]:
        return [Gini, Below, Unclosed, Raising]


def test_a_section_of_a_plugin_stands_among_the_others_and_a_broken_one_is_named(dossier: Dossier, method: str) -> None:
    house = gather(House())
    with pytest.warns(PluginWarning, match="the page leaves out section") as caught:
        html = view_of(dossier, house)
    assert len(caught) == 2
    assert re.findall(r'<section id="m-([\w-]+)"', html)[0] == "unclosed"
    assert "returns markup that closes <section>, which it did not open" in words(section(html, "unclosed"))
    assert "fails: ZeroDivisionError: <b>no units</b>" in words(section(html, "raising"))
    assert "<b>no units</b>" not in html
    gini = section(html, "gini")
    assert '<figure data-island="strip" data-specification="{&quot;node&quot;: &quot;index&quot;}">' in gini
    assert section(html, "structure") == section(method, "structure")
    assert markup_problem(html) is None


def test_a_section_may_stand_below_the_results(dossier: Dossier) -> None:
    shown = Shown.of(dossier, ("en",))
    html = results_sections(dossier, shown.view, shown.texts, gather(House()))
    assert re.findall(r'<section id="m-([\w-]+)"', html) == ["below"]
    assert results_sections(dossier, shown.view, shown.texts, installed()) == ""


def test_a_filled_formula_has_the_case_that_the_unit_takes_and_the_rounding_of_the_index_file() -> None:
    raw = {
        "data": {"unit": "u"},
        "indicators": {
            "x": {"normalisation": "formula(expression='x / 4 if x > 2 else 0')", "decimals": 1},
            "y": {"normalisation": "none"},
        },
        "methodology": {"weighting": "equal"},
    }
    result = indicia.read(raw).score(pl.DataFrame({"u": ["a", "b"], "x": [1.0, 3.0], "y": [2.0, 4.0]}))
    x, y = result.scored.tree.leaves()
    assert FilledFormulas(result, 1).of_indicator(x) == r"\operatorname{round}_{1}\left(\frac{3}{4}\right)"
    assert result.scored.normalised["x"][1] == 0.8
    assert FilledFormulas(result, 1).of_indicator(y) is None  # a number alone is no formula
