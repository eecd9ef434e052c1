"""Explanations from Python: analyses of a unit or two, pages for notebooks, and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.answers.document import document_of
from indicia.documents.blocks import TextTable
from indicia.errors import DataError, DefinitionError, IndiciaError
from indicia_editions.edition import Edition
from indicia_robustness.draws import design_of_draws

if TYPE_CHECKING:
    from indicia.answers.answer import Answer

TOWNS = pl.DataFrame(
    {
        "town": ["A", "B", "C", "D"] * 2,
        "name": ["Ash", "Elm", "<Fir>", "Oak"] * 2,
        "year": [2021] * 4 + [2022] * 4,
        "income": [2.0, 6.0, 8.0, 3.0, 4.0, 6.0, 8.0, 3.0],
        "schools": [4.0, 6.0, 2.0, 3.0, 6.0, 9.0, 2.0, 3.0],
        "waste": [3.0, 5.0, 9.0, 3.0, 4.0, 5.0, 8.0, 3.0],
    }
)
WORDS: dict[str, Any] = {
    "name": {"en": "Towns", "zh": "城镇"},
    "data": {"unit": "town", "label": "name", "period": "year"},
    "dimensions": {"wealth": {}, "nature": {}},
    "indicators": {
        "income": {"direction": "benefit", "dimension": "wealth", "bounds": [0, 10]},
        "schools": {"direction": "benefit", "dimension": "wealth", "bounds": [0, 10]},
        "waste": {"direction": "cost", "dimension": "nature", "bounds": [0, 10]},
    },
}


@pytest.fixture(scope="module")
def index() -> indicia.Index:
    return indicia.read(WORDS)


@pytest.fixture(scope="module")
def explanations(index: indicia.Index) -> dict[str, Answer[Any]]:
    """An explanation of each kind."""
    return {
        "score": index.explain(TOWNS, of="Ash"),
        "gap": index.gap(TOWNS, a="Ash", b="Elm", weights={"spread": 0.25}, draws=20),
        "move": index.move(TOWNS, of="Ash"),
    }


def test_every_explanation_prints_its_title_and_its_sentences(explanations: dict[str, Answer[Any]]) -> None:
    for explanation in explanations.values():
        lines = repr(explanation).splitlines()
        assert lines[0].startswith("Towns · ")
        assert explanation.sentences()[0] in lines


def test_the_page_for_a_notebook_has_headline_and_bars_and_no_markup_of_names(index: indicia.Index) -> None:
    page = index.gap(TOWNS, a="<Fir>", b="Ash")._repr_html_()
    assert "&lt;Fir&gt;" in page
    assert "<Fir>" not in page
    assert "█████│" in page
    assert page.count("<table>") == page.count("</table>") == 2


def test_every_explanation_has_a_page_for_a_notebook(explanations: dict[str, Answer[Any]]) -> None:
    for explanation in explanations.values():
        assert explanation._repr_html_().startswith("<p><b>Towns · ")
        assert "<table>" in explanation._repr_html_()


def test_the_table_of_a_score_without_contributions_has_no_column_for_them(index: indicia.Index) -> None:
    answers = index.explain(TOWNS, of="Ash"), index.with_options(aggregation="topsis").explain(TOWNS, of="Ash")
    tree, of_topsis = (
        next(block for block in document_of(answer, language, published=False) if isinstance(block, TextTable))
        for answer, language in zip(answers, ("en", "zh"), strict=True)
    )
    assert tree.headings == ("part", "value", "weight", "adds", "", "vs median", "raw value", "rank")
    assert of_topsis.headings == ("组成部分", "数值", "权重", "", "较中位", "原始值", "排名")
    assert tree.without_bars.headings == ("part", "value", "weight", "adds", "vs median", "raw value", "rank")


def test_the_manifest_of_an_explanation_has_the_question(explanations: dict[str, Answer[Any]]) -> None:
    score, gap, move = (explanations[name].manifest for name in ("score", "gap", "move"))
    assert (score["analysis"], score["period"], score["options"]) == ("explain", "2022", {"of": "Ash"})
    assert (gap["analysis"], gap["gap"], gap["draws"]["seed"]) == ("gap", ["A", "B"], 1)
    assert (move["move"], move["old"]["period"], move["new"]["period"]) == ("A", "2021", "2022")
    assert all(explanation.manifest["data"]["sha256"] for explanation in explanations.values())


def test_the_manifest_of_the_way_to_a_rank_has_its_options(index: indicia.Index) -> None:
    manifest = index.reach(TOWNS, of="Ash", rank=1, costs={"waste": 2}).manifest
    assert (manifest["analysis"], manifest["period"]) == ("reach", "2022")
    assert manifest["options"] == {"of": "Ash", "rank": 1, "overtake": None, "costs": {"waste": 2.0}, "limits": {}}
    assert manifest["data"]["sha256"]


def test_a_move_since_another_index_takes_the_table_of_that_edition(index: indicia.Index) -> None:
    earlier = TOWNS.filter(pl.col("year") == 2021)
    old = indicia.read({**WORDS, "data": {"unit": "town", "label": "name"}})
    totals = index.move(TOWNS, of="Ash").frame("totals").filter(what="score")
    move = index.move(TOWNS, of="Ash", since=old, since_table=earlier.drop("year"))
    assert move.frame("totals").filter(what="score").row(0)[1:] == pytest.approx(totals.row(0)[1:])
    since = index.move(TOWNS, of="Ash", since=Edition.of(index, TOWNS, 2021))
    assert since.frame("totals").filter(what="score").equals(totals)


def test_start_and_since_contradict_each_other(index: indicia.Index) -> None:
    with pytest.raises(DefinitionError, match=r"start \(--from\) and since \(--since\) both name the earlier edition"):
        index.move(TOWNS, of="Ash", start=2021, since=index)


def test_robustness_of_the_index_file_says_how_sure_a_gap_is(index: indicia.Index) -> None:
    drawn = indicia.read({**WORDS, "robustness": {"draws": 12, "weights": {"spread": 0.25}}})
    assert drawn.gap(TOWNS, a="Ash", b="Elm").frame("drawn")["draws"].to_list() == [12]
    with pytest.raises(DefinitionError, match="nothing is drawn"):
        index.gap(TOWNS, a="Ash", b="Elm").frame("drawn")


def test_the_end_of_a_move_is_its_period(index: indicia.Index) -> None:
    panel = pl.concat([TOWNS, TOWNS.filter(pl.col("year") == 2022).with_columns(year=pl.lit(2023, pl.Int64))])
    move = index.move(panel, of="Ash", end=2022)
    assert move.period == "2022"
    assert move.sentences() == index.move(panel, of="Ash", period=2022).sentences()
    with pytest.raises(DefinitionError, match="both name the period in which the move ends"):
        index.move(panel, of="Ash", end=2022, period=2023)


@pytest.mark.parametrize(("question", "remedy"), [("explain", "of="), ("gap", "a="), ("move", "of="), ("reach", "of=")])
def test_a_question_without_a_unit_names_the_option(index: indicia.Index, question: str, remedy: str) -> None:
    with pytest.raises(DefinitionError, match=r"needs (a unit|two units)") as caught:
        index.analyse(question, TOWNS)
    assert remedy in str(caught.value.remedy)


def test_a_move_is_named_in_the_words_of_both_editions(index: indicia.Index) -> None:
    words = {**WORDS, "indicators": {**WORDS["indicators"], "income": {**WORDS["indicators"]["income"], "name": "Pay"}}}
    move = indicia.read(words).move(TOWNS, of="Ash", since=Edition.of(index, TOWNS, 2021))
    assert move.reader_names()["income"] == "Pay"
    assert move.reader_names("zh")["(weights)"] == "随数据变化的权重"


def test_draws_of_an_index_without_anything_that_varies_are_refused() -> None:
    with pytest.raises(DefinitionError, match="nothing is drawn"):
        design_of_draws({}, None, 100, None)


@pytest.mark.parametrize("kind", ["score", "gap", "move", "reach"])
def test_the_bars_of_a_chart_add_up_to_its_last_figure(
    index: indicia.Index, explanations: dict[str, Answer[Any]], kind: str
) -> None:
    pytest.importorskip("altair")
    answer = index.reach(TOWNS, of="Ash", rank=1) if kind == "reach" else explanations[kind]
    drawn = answer.plot.waterfall().to_dict()
    rows = max((view["data"]["values"] for view in (drawn, *drawn["layer"]) if "data" in view), key=len)
    assert rows[-1]["to"] == pytest.approx(rows[0]["to"] + sum(row["to"] - row["from"] for row in rows[1:-1]))
    # medians of 2022: income 5, schools 4.5, waste 4.5, so that the profile has ((0.5 + 0.45) / 2 + 0.55) / 2
    ends = {"score": (0.5125, 0.55), "gap": (0.625, 0.55), "move": (0.5, 0.55), "reach": (0.55, 0.625)}
    assert (rows[0]["to"], rows[-1]["to"]) == pytest.approx(ends[kind])


def test_nothing_is_drawn_of_an_answer_whose_class_names_no_chart(index: indicia.Index) -> None:
    with pytest.raises(IndiciaError, match="nothing is drawn of an Answer"):
        _ = index.obstacles(TOWNS, top=1).plot


def test_a_chart_can_be_drawn_in_chinese_and_in_dark_colours(explanations: dict[str, Answer[Any]]) -> None:
    pytest.importorskip("altair")
    chart = explanations["score"].plot(language="zh", theme="dark").waterfall().to_dict()
    assert chart["config"]["background"] == "#16181b"
    assert "各指标中位数" in str(chart)
    assert chart["title"]["subtitle"][0] == "城镇"


def test_the_difference_of_two_editions_draws_its_movers(index: indicia.Index) -> None:
    pytest.importorskip("altair")
    difference = indicia.diff(index, index, old_table=TOWNS, new_table=TOWNS, start=2021, end=2022)
    chart = difference.plot.dumbbell(top=2).to_dict()
    assert chart["title"]["text"] == "Largest moves of rank: 2 of 4 units"


@pytest.mark.parametrize("unit", ["Oak", "St. Lucia", "Ash/Elm"])
@pytest.mark.parametrize("question", ["explain", "reach", "move", "robustness"])
def test_a_unit_in_the_place_of_the_table(question: str, unit: str) -> None:
    index = indicia.read(WORDS)
    with pytest.raises(DataError) as caught:
        getattr(index, question)(unit)
    assert caught.value.what.endswith(" is not that of a table")
    assert caught.value.where == unit
    assert caught.value.remedy is not None
    assert caught.value.remedy.startswith("known: csv, ")
    assert caught.value.remedy.endswith(f'; {question}(of="{unit}") asks about a unit')


def test_a_question_of_no_unit_gives_no_call_that_asks_about_one() -> None:
    with pytest.raises(DataError) as caught:
        indicia.read(WORDS).stability("Oak")
    assert "of=" not in str(caught.value)
