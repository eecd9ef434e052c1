"""The sections of the report, also for unusual indices."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from report_pages import model_of_page, page_of, part_of_page

import indicia_report
from indicia.cli import main
from indicia.errors import DataError, DefinitionError
from indicia.index import Index
from indicia.result import manifest_in
from indicia_report.mathml import mathml
from indicia_report.page import report
from indicia_report.period_view import PeriodView

if TYPE_CHECKING:
    from collections.abc import Callable

ROOM = Path(indicia_report.__file__).parent


class Elements(HTMLParser):
    """The elements of a page, with their attributes, and its texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_cases_stand_below_each_other_behind_a_brace() -> None:
    drawn = mathml(r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{else} \end{cases}")
    assert re.search(r"<mo [^>]*>{</mo><mtable>", drawn)
    assert (drawn.count("<mtr>"), drawn.count("<mtd")) == (2, 4)


_UNREADABLE = [
    r"\unknown{x}",
    "{x",
    "x}",
    "x^",
    r"\begin{cases} x",
    r"\href{https://example.org}{x}",
    r"\style{position:fixed}{x}",
]


@pytest.mark.parametrize("latex", _UNREADABLE)
def test_a_formula_that_cannot_be_read_stands_as_it_was_typed(latex: str) -> None:
    assert mathml(latex) == f"<code>{latex}</code>"


def test_the_text_of_a_formula_is_no_markup() -> None:
    assert "<mtext>&lt;b&gt;</mtext>" in mathml(r"x = \text{<b>}")
    assert "<mtext>&lt;b&gt;</mtext>" in mathml(r"x = \text{&lt;b&gt;}")


def test_limits_stand_below_their_operator() -> None:
    for operator in (r"\max_j", r"\sum_j", r"\operatorname{arg\,min}_j"):
        assert "<munder>" in mathml(f"{operator} x"), operator


def test_nothing_that_has_a_name_becomes_markup(hostile: tuple[Index, pl.DataFrame], names: list[str]) -> None:
    index, table = hostile
    found = Elements(report(index, table, draws=20))
    tags = {tag for tag, _ in found.found}
    assert not tags & {"img", "u", "i", "iframe", "object", "base"}
    scripts = [attributes for tag, attributes in found.found if tag == "script"]
    assert [one.get("type") for one in scripts] == ["application/json", "application/json", None]
    assert not [name for _, attributes in found.found for name in attributes if name.startswith("on")]
    assert {name for name in names if "\x01" not in name} <= set(found.texts)


def test_nothing_is_fetched(model: Index) -> None:
    found = Elements(report(model, draws=20))
    links = [one.get("href") or one.get("src") or "" for _, one in found.found]
    works = [one["href"] for tag, one in found.found if tag == "a" and one.get("rel") == "noreferrer"]
    assert [link for link in links if link and not link.startswith(("#", "data:")) and link not in works] == []
    assert all(link.startswith("https://doi.org/10.") for link in works)  # opened by a click, never fetched
    (policy,) = [one["content"] for _, one in found.found if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy
    assert policy.startswith("default-src 'none'")


def test_the_same_index_is_the_same_page(model: Index) -> None:
    assert report(model, draws=30) == report(model, draws=30)


def test_a_large_index_makes_a_page_below_two_megabytes(large: tuple[Index, pl.DataFrame]) -> None:
    assert len(report(*large, draws=20).encode()) < 2_000_000


@pytest.mark.slow
def test_three_thousand_units_make_a_page_below_five_megabytes(
    making: Callable[[int, int], tuple[Index, pl.DataFrame]],
) -> None:
    assert len(report(*making(3000, 16), draws=20).encode()) < 5_000_000


def test_a_page_opens_in_a_language(model: Index) -> None:
    assert '<html lang="zh">' in report(model, draws=20, language="zh")


def test_a_language_that_neither_words_nor_names_have_is_an_error(model: Index) -> None:
    with pytest.raises(DefinitionError, match=r'no language "zh_CN".*\n  fix: did you mean "zh"\?; known: en, zh'):
        report(model, draws=20, language="zh_CN")
    with pytest.raises(DefinitionError, match="fix: known: en, zh"):
        report(model, draws=20, language="fr")


def test_a_page_opens_in_a_language_that_only_names_have(hostile: tuple[Index, pl.DataFrame]) -> None:
    index, table = hostile
    french = Index({**index.raw, "name": {"en": "Index", "fr": "Indice"}}, index.catalogue, index.origin)
    page = report(french, table, draws=20, language="fr")
    assert '<html lang="fr">' in page
    assert "Indice" in page


def english_passages(page: str) -> list[str]:
    """Return the texts that a reader of the Chinese page finds in English and that are not marked as English."""
    inside = re.sub(r"<(script|style|pre|code|math|textarea|button)\b.*?</\1>", "", page, flags=re.DOTALL)
    inside = re.sub(
        r"<(dd|li|p|em|span|bdi|tspan)\b[^>]*\blang=\"?en\"?[^>]*>.*?(?=</\1>|<li|<dd)", "", inside, flags=re.DOTALL
    )
    words = re.sub("<[^>]+>", "\n", inside)
    return [line for line in words.splitlines() if len(re.findall(r"\b[a-z]{2,}\b", line)) >= 3]


def test_the_chinese_page_has_no_sentence_in_english_that_is_not_marked(model: Index) -> None:
    strict = {"levels": [{"aggregation": "geometric"}, {}], "without": ["fdi"]}  # which zeros forbid
    other = Index({**model.raw, "variants": {**model.raw["variants"], "strict": strict}}, model.catalogue, model.origin)
    html = report(other, draws=20, language="zh")
    assert "<em lang=en>geometric of index needs positive values" in html
    assert english_passages(html) == []


def test_no_blank_is_left_in_a_text(model: Index, hostile: tuple[Index, pl.DataFrame]) -> None:
    variants = {**model.raw["variants"], "level": {"weighting": "equal"}}
    others = Index({**model.raw, "variants": variants}, model.catalogue, model.origin)
    for html in (report(others, draws=20), report(*hostile, draws=20)):
        page = re.sub(r"<(script|style|pre)\b.*?</\1>", "", html, flags=re.DOTALL)
        assert re.findall(r"\{\w*\}", page) == []


def test_a_reader_is_told_how_many_units_are_ranked_and_which_are_not(model: Index) -> None:
    html = report(model, draws=20)
    assert "<span lang=en>36 units, 32 of them ranked</span>" in html
    assert "Scored but not ranked, by the rules of the index: Shanghai, Beijing, Chongqing, Tianjin." in html
    assert "按指数规则计分但不参与排名：上海、北京、重庆、天津。" in html


def test_caps_stand_among_the_stages(human: Index) -> None:
    html = report(human, draws=20)
    assert "floors and caps → transform → normalisation → weighting → aggregation" in html


def test_what_happens_to_gaps_is_said_of_each_part(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    parts = {
        "a": {"missing": {"policy": "skip", "minimum_share": 0, "minimum_count": 2}},
        "b": {"missing": {"policy": "propagate"}},
    }
    income, co2 = pl.col("income"), pl.col("co2")
    table = cities.with_columns(x=income + co2, y=income**2, z=co2**2)
    given = {"income": "a", "x": "a", "y": "a", "co2": "b", "z": "b"}
    made = index({name: {"dimension": part} for name, part in given.items()}, dimensions=parts)
    html = report(made, table, draws=20)
    assert (
        "the weights of the present parts are scaled up, if these are at least 2 parts (a); the unit gets no score (b)"
        in html
    )


def test_notes_of_a_panel_call_units_as_readers_do(index: Callable[..., Index], panel: pl.DataFrame) -> None:
    table = panel.with_columns(
        called=pl.col("city") + " City", co2=pl.when(pl.col("city") == "Oslo").then(None).otherwise(pl.col("co2"))
    )
    made = index(
        {"income": {"bounds": [0, 10]}, "co2": {"bounds": [0, 10]}},
        {"missing": "skip"},
        period="year",
        data={"label": "called"},
    )
    html = report(made, table, draws=20)
    assert "Oslo City 2020, Oslo City 2021" in html
    assert "The figures cover all 2 periods." in html


def test_units_that_are_not_ranked_stand_last_by_score(model: Index) -> None:
    rows = part_of_page(page_of(model.score()), "static").partition("<tbody>")[2]
    assert re.findall("Shanghai|Beijing|Chongqing|Tianjin", rows) == ["Shanghai", "Beijing", "Chongqing", "Tianjin"]
    assert len(re.findall("Shanghai|Beijing|Chongqing|Tianjin", "".join(rows.splitlines()[-6:]))) == 4


def test_no_column_is_empty_where_no_unit_of_measure_is_given(
    index: Callable[..., Index], cities: pl.DataFrame
) -> None:
    assert "unit of measure" not in report(index({"income": {}, "co2": {}}), cities, draws=20)


def test_what_varies_is_said_in_chinese(model: Index) -> None:
    varied = {"draws": 20, "normalisation": ["min_max", "rank"], "leave_out": "indicators"}
    html = report(Index({**model.raw, "robustness": varied}, model.catalogue, model.origin), language="zh")
    assert "变动的选择：标准化（2 种选择）、指标（17 种选择）" in html


def test_characters_that_no_document_may_hold_are_not_in_the_data_of_the_page(
    hostile: tuple[Index, pl.DataFrame],
) -> None:
    index, table = hostile
    html = page_of(index.score(table))
    model_ = html[html.index('id="model">') :]
    assert "\\u0001" not in model_[: model_.index("</script>")]


def test_contributions_add_up_to_the_score(model: Index) -> None:
    view = PeriodView(model.score())
    assert view.contributions is not None
    np.testing.assert_allclose(view.contributions.sum(axis=1), view.scores, rtol=1e-12)


def test_contributions_to_a_geometric_mean_add_up_to_the_score(human: Index) -> None:
    view = PeriodView(human.score())
    assert view.contributions is not None
    np.testing.assert_allclose(view.contributions.sum(axis=1), view.scores, atol=5.1e-4)  # three decimals


def test_a_score_that_is_no_mean_has_no_contributions(model: Index) -> None:
    assert PeriodView(model.with_options(aggregation="topsis").score()).contributions is None


def test_correlations_are_those_of_the_pairs_that_are_present(model: Index) -> None:
    view = PeriodView(model.score())
    frame = pl.DataFrame(view.normalised).fill_nan(None)
    names = frame.columns
    for first, second in ((0, 1), (0, 3), (3, 15)):
        both = frame.select(names[first], names[second]).drop_nulls()
        expected = both.select(pl.corr(names[first], names[second])).item()
        assert view.correlations[first, second] == pytest.approx(expected, rel=1e-12)


def test_strengths_are_where_a_unit_is_among_the_best(model: Index) -> None:
    view = PeriodView(model.score())
    strong, weak = view.strengths_and_weaknesses(view.units.index("Shenzhen"))
    assert [view.descendants[at].id for at in strong][:1] == ["innovation_rank"]
    assert [view.descendants[at].id for at in weak] == ["road_area_pc"]


def test_peers_are_of_the_same_group_where_that_is_large_enough(model: Index) -> None:
    view = PeriodView(model.score())
    peers = {unit: [view.units[at] for at in view.peers(row)] for row, unit in enumerate(view.units)}
    assert set(peers["Shenzhen"]) == {"Guangzhou", "Foshan", "Dongguan", "Huizhou"}
    assert len(peers["Wuhan"]) == 5


def test_a_panel_opens_in_its_last_period(index: Callable[..., Index], panel: pl.DataFrame) -> None:
    html = report(index({"income": {"bounds": [0, 10]}, "co2": {"bounds": [0, 10]}}, period="year"), panel, draws=20)
    assert "period 2021" in html
    assert model_of_page(html)["periods"] == ["2020", "2021"]


def test_a_period_can_be_asked_for(index: Callable[..., Index], panel: pl.DataFrame) -> None:
    yearly = index({"income": {"bounds": [0, 10]}}, period="year")
    assert "period 2020" in report(yearly, panel, period="2020", draws=20)
    with pytest.raises(DataError, match="the period 1990 is not in the data"):
        report(yearly, panel, period=1990, draws=20)


def test_what_cannot_be_computed_says_why(index: Callable[..., Index], panel: pl.DataFrame) -> None:
    yearly = index({"income": {}, "co2": {}}, {"weights": "period", "weighting": "entropy"}, period="year")
    html = report(yearly, panel)
    assert "<p class=note lang=en>weights that differ between periods" in html


@pytest.mark.parametrize(
    ("methodology", "reason"),
    [
        ({"levels": [{"rescaling": "max"}]}, "rescaling"),
        ({"weights": "region", "weighting": "standard_deviation"}, "weights_by_group"),
        ({"aggregation": "copras"}, "aggregation"),
    ],
)
def test_sliders_are_not_offered_where_they_would_lie(
    index: Callable[..., Index], cities: pl.DataFrame, methodology: dict[str, Any], reason: str
) -> None:
    result = index({"income": {}, "co2": {"direction": "cost"}}, methodology).score(cities)
    top = model_of_page(page_of(result))["tree"][0]
    assert (top["exact"], top["why"]) == (False, reason)


def test_the_page_of_a_variant_compares_nothing(model: Index) -> None:
    assert 'id="m-comparison"' in report(model, draws=20)
    assert 'id="m-comparison"' not in report(model.variant("official"), draws=20)


SCALED = {"normalisation": "min_max(upper=100)"}


@pytest.mark.parametrize(
    ("variants", "distinct", "says"),
    [
        ({"scaled": SCALED}, 1, "All methodologies give the same ranking."),
        ({"scaled": SCALED, "ranks": {"normalisation": "rank"}}, 2, "The methodologies give 2 distinct rankings."),
        ({"ranks": {"normalisation": "rank"}}, 2, ""),
    ],
)
def test_the_page_names_the_number_of_distinct_rankings_where_methodologies_share_one(
    index: Callable[..., Index], cities: pl.DataFrame, variants: dict[str, Any], distinct: int, says: str
) -> None:
    made = index({"income": {}, "people": {}}, variants=variants)
    assert len(made.compare(table=cities).figures.distinct_methods) == distinct
    page = report(made, cities, draws=20)
    assert says in page
    assert says or "distinct ranking" not in page


def test_a_flat_table_has_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cities: pl.DataFrame) -> None:
    monkeypatch.chdir(tmp_path)
    cities.write_csv("cities.csv")
    with pytest.raises(SystemExit) as left:
        main(["report", "cities.csv", "--unit", "city", "--cost", "co2", "-w", "critic", "-o", "page.html"])
    assert left.value.code == 0
    html = Path("page.html").read_text(encoding="utf-8")
    assert "Diakoulaki" in html
    assert "income" in html


def test_every_method_that_ran_is_cited(model: Index) -> None:
    html = report(model, draws=20)
    for name in ("min_max(upper=100)", "entropy", "arithmetic", "Shannon (1948)", "OECD/JRC (2008)"):
        assert name in html


def test_of_many_units_the_ranking_without_script_lists_the_first(
    making: Callable[[int, int], tuple[Index, pl.DataFrame]],
) -> None:
    index, table = making(600, 8)
    html = page_of(index.score(table))
    assert "The table lists the first 500 of 600 units" in html
    assert part_of_page(html, "static").count("<tr>") == 501
    assert len(model_of_page(html)["unit"]["ids"]) == 600


def test_the_style_aligns_the_columns_of_numbers_that_the_page_has(model: Index) -> None:
    html = page_of(model.score())
    aligned = set(re.findall(r"\.(n\d+)>\*>tr>:nth-child", html))
    classes = {name for found in re.findall('<table [^>]*class="([^"]*)"', html) for name in found.split()}
    assert aligned == {name for name in classes if re.fullmatch(r"n\d+", name)}
    assert {"n1", "n2", "n3"} <= aligned


def test_the_manifest_of_the_page_is_that_of_the_result(model: Index) -> None:
    result = model.score()
    html = page_of(result)
    lines = html.partition("class=json>")[2].partition("</pre>")[0].splitlines()
    assert manifest_in(html) == json.loads(json.dumps(result.manifest, default=str))
    assert '  "loans": {"dimension": "factor_input", "direction": "benefit", "weight": 1.0},' in lines
