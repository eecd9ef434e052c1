"""Bands on the page and in the chart of the ranking."""

from __future__ import annotations

import re
from typing import Any

import polars as pl
import pytest
from report_pages import model_of_page, page_of

import indicia
from indicia.definition import Bands
from indicia_report.bands import bands_of, rule_of_bands
from indicia_report.markup import Texts
from indicia_report.model.columns import decode
from indicia_report.period_view import PeriodView

INF = float("inf")


def score(bands: dict[str, Any], **methodology: Any) -> indicia.Result:
    """Score three cities from 0 to 1 by x."""
    return indicia.read(
        {
            "data": {"unit": "city", "groups": ["region"]},
            "indicators": {"x": {"direction": "cost", "bounds": [0, 10], "name": {"en": "Exposure", "zh": "暴露"}}},
            "methodology": methodology,
            "bands": bands,
        }
    ).score(pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "region": ["a", "b", "a"], "x": [8.0, 5.0, 2.0]}))


GRADE = {
    "name": {"en": "Grade", "zh": "等级"},
    "thresholds": [0.3, 0.7],
    "names": [{"en": "low", "zh": "低"}, "middle", "<b>high</b>"],
}


def test_the_page_has_the_band_of_each_unit_with_shades_from_worst_to_best() -> None:
    html = page_of(score({"grade": GRADE}))
    (grade,) = model_of_page(html)["bands"]
    assert grade["shades"] == [0, 4, 9]
    assert grade["labels"] == [{"en": "low", "zh": "低"}, {"en": "middle"}, {"en": "<b>high</b>"}]
    assert decode(grade["of"]).tolist() == [0, 1, 2]
    assert "<b>high</b>" not in html


def test_the_low_bands_of_ranks_and_of_costs_are_the_best() -> None:
    result = score({"half": {"of": "rank", "shares": 2}, "exposure": {"of": "x", "thresholds": [5]}})
    half, exposure = bands_of(PeriodView(result))
    assert [half.position(1), half.position(2)] == [1.0, 0.0]
    assert [exposure.position(1), exposure.position(2)] == [1.0, 0.0]


def test_bands_may_have_a_direction_of_their_own() -> None:
    (grade,) = bands_of(PeriodView(score({"grade": {**GRADE, "direction": "cost"}})))
    assert grade.position(1) == 1.0


def test_the_first_band_is_the_worst_if_ranks_begin_with_the_worst() -> None:
    (half,) = bands_of(PeriodView(score({"half": {"of": "rank", "shares": 2}}, rank_from="worst")))
    assert half.position(1) == 0.0


@pytest.mark.parametrize(
    ("bands", "text"),
    [
        ({"thresholds": [0.3, 0.7]}, "b, by the score: 1 below 0.3; 2 from 0.3 to below 0.7; 3 0.7 or more."),
        (
            {"of": "rank", "thresholds": [1, 2], "closed": "upper"},
            "b, by the rank: 1 up to 1; 2 above 1, up to 2; 3 above 2.",
        ),
        (
            {"of": "x", "ranges": {"good": [0, 5], "bad": [5, 10]}, "decimals": 0},
            "b, by the value of Exposure before treatment, rounded half up to 0 decimals: good from 0 to below 5; bad "
            "from 5 to 10.",
        ),
        ({"of": "x", "ranges": {"good": [-INF, 5], "bad": [5, INF]}}, "good below 5; bad 5 or more."),
        ({"shares": [0.4, 0.6]}, "b, shares of the units by the score, from the lowest figure up: 1 40 %; 2 60 %."),
        ({"shares": 2}, "b: 2 equal shares of the units by the score. The unit at place r of N from the lowest figure"),
    ],
)
def test_the_methodology_states_the_limits_of_bands(bands: dict[str, Any], text: str) -> None:
    view = PeriodView(score({"b": bands}))
    (classification,) = bands_of(view)
    assert text in rule_of_bands(classification, view, Texts.of("en"))["en"]
    assert isinstance(classification.bands, Bands)


def test_the_page_lists_the_units_of_each_band() -> None:
    html = page_of(score({"grade": GRADE}))
    rows = re.findall(r"<tr>.*", html[html.index('id="t-bands-1"') :].partition("</table>")[0])[1:]
    texts = [re.sub("<[^>]*>", " ", row).split() for row in rows]
    assert [(words[-1], words[-4]) for words in texts] == [("Pune", "1"), ("Oslo", "1"), ("Lima", "1")]


def test_the_page_explains_the_shades_of_bands() -> None:
    assert "Shades run from dark blue for the worst band to yellow for the best." in page_of(score({"grade": GRADE}))


def test_a_page_without_bands_has_no_section_of_bands() -> None:
    assert 'id="m-bands"' not in page_of(score({}))


def test_a_ranking_has_bars_in_the_colours_of_bands() -> None:
    chart = score({"grade": GRADE}).plot.ranking(by="grade").to_dict()
    scale = chart["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == ["<b>high</b>", "middle", "low"]
    assert scale["range"][2] == "#440154"
    assert "Grade, by the score: low below 0.3" in " ".join(chart["title"]["subtitle"])
    data = chart["data"]["values"][0]
    assert (data["unit"], data["band"]) == ("Pune", "<b>high</b>")


def test_a_chart_by_unknown_bands_names_the_nearest() -> None:
    with pytest.raises(indicia.IndiciaError, match='no bands "grad"') as error:
        score({"grade": GRADE}).plot.ranking(by="grad")
    assert error.value.remedy == 'did you mean "grade"?'
