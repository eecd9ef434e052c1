"""Variants that change more than methods: scores, warnings, manifests, and names in comparisons."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.errors import IndiciaError, IndiciaWarning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

    Make = Callable[..., Index]

TWO: dict[str, Any] = {"income": {"bounds": [0, 16]}, "co2": {"direction": "cost"}}


def test_a_variant_without_bounds_scores_by_the_range_of_the_data(index: Make, cities: pl.DataFrame) -> None:
    # the values of income are from 1 to 9, with bounds from 0 to 16
    lone = index({"income": TWO["income"]}, variants={"range": {"indicators": {"income": {"bounds": "none"}}}})
    income = cities["income"]
    assert lone.score(cities).scores.sort("city")["score"].max() == income.max() / 16
    assert lone.variant("range").score(cities).scores["score"].max() == 1


def test_the_variants_of_a_comparison_score_as_they_do_alone(index: Make, cities: pl.DataFrame) -> None:
    variants = {
        "range": {"indicators": {"income": {"bounds": "none"}}},
        "rows": {"data": {"where": {"income": "> 1"}}},
        "weights": {"indicators": {"income": {"weight": 3}}, "eligible": {"without": ["Rome"]}},
    }
    made = index(TWO, variants=variants)
    comparison = made.compare(table=cities).figures
    for number, name in enumerate((None, *variants), start=1):
        alone = (made.variant(name) if name else made).score(cities).scores.select("city", alone="score")
        together = comparison.scores.select("city", pl.col(str(number))).join(alone, on="city", how="left")
        assert together[str(number)].to_list() == together["alone"].to_list()


def test_a_comparison_shows_the_names_and_the_changes_of_variants(index: Make, cities: pl.DataFrame) -> None:
    change = {"name": {"en": "Range", "zh": "数据范围"}, "indicators": {"income": {"bounds": "none"}}}
    comparison = index(TWO, variants={"range": change}).compare(table=cities).figures
    table = comparison.methodologies
    assert table["label"].to_list() == ["as it stands", "Range"]
    assert table["indicators.bounds"].to_list() == ["income = [0, 16]", "income = none"]
    assert comparison.methods[1].name == {"en": "Range", "zh": "数据范围"}
    assert comparison.manifest["methodologies"]["2 Range"] == {"indicators.income.bounds": None}


def test_the_manifest_of_a_variant_lists_the_words_that_it_states(index: Make, cities: pl.DataFrame) -> None:
    change = {"without": ["co2"], "ties": "max", "indicators": {"income": {"bounds": "none"}}}
    result = index(TWO, variants={"lone": change}).variant("lone").score(cities)
    assert result.manifest["variant"] == {
        "name": "lone",
        "changes": {"methodology.ties": "max", "indicators.income.bounds": "none", "without": ["co2"]},
    }


@pytest.mark.parametrize("name", [None, "target", "other"])
def test_a_target_that_a_variant_reads_gives_no_warning(index: Make, cities: pl.DataFrame, name: str | None) -> None:
    variants = {"target": {"indicators": {"income": {"direction": "target"}}}, "other": {"ties": "max"}}
    made = index({"income": {"target": 5}}, variants=variants).variant(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error", IndiciaWarning)
        made.score(cities)


def test_a_target_that_no_variant_reads_gives_a_warning(index: Make, cities: pl.DataFrame) -> None:
    made = index({"income": {"target": 5}}, variants={"other": {"normalisation": "z_score"}})
    with pytest.warns(IndiciaWarning, match="the target of income counts for nothing"):
        made.score(cities)


def test_a_check_of_the_index_plans_its_variants(index: Make, cities: pl.DataFrame) -> None:
    made = index(TWO, variants={"wrong": {"indicators": {"income": {"normalisation": "z_scor"}}}})
    (error,) = made.check(cities).errors
    assert str(error).splitlines() == [
        'variant "wrong" cannot be scored: unknown normalisation "z_scor"',
        "  variants.wrong.indicators.income.normalisation",
        '  fix: did you mean "z_score"?',
    ]


def test_a_variant_whose_weights_are_all_0_is_refused_on_its_line(index: Make, cities: pl.DataFrame) -> None:
    weights = {"income": {"weight": 0}, "co2": {"weight": 0}}
    with pytest.raises(IndiciaError) as caught:
        index(TWO, variants={"v": {"indicators": weights}}).variant("v").score(cities)
    assert str(caught.value).splitlines() == [
        "given of index gives every component weight 0 (income, co2)",
        "  variants.v.indicators.income.weight",
        "  fix: choose another weighting there",
    ]


def test_a_variant_takes_a_set_of_weights_and_the_direction_of_the_index(index: Make, cities: pl.DataFrame) -> None:
    sets = {"experts": {"income": 1, "co2": 3}}
    made = index(TWO, weights=sets, variants={"v": {"weighting": "experts", "direction": "cost"}}).variant("v")
    result = made.score(cities)
    assert result.weights.filter(id="co2")["weight"].item() == 0.75
    assert result.scores.sort("score")["rank"].to_list() == [1, 2, 3, 4]  # the lowest score is best


def test_a_fitted_variant_scores_by_the_words_of_the_variant(index: Make, cities: pl.DataFrame, tmp_path: Path) -> None:
    change = {"indicators": {"income": {"bounds": "none"}}, "dimensions": {"wealth": {"weighting": "experts"}}}
    indicators = {"income": {**TWO["income"], "dimension": "wealth"}, "people": {"dimension": "wealth"}}
    made = index(
        indicators,
        dimensions={"wealth": {}},
        weights={"experts": {"income": 1, "people": 3}},
        variants={"range": change},
    ).variant("range")
    indicia.fit(made, cities).write(tmp_path / "fitted.json")
    fitted = indicia.read_fitted(tmp_path / "fitted.json")
    assert fitted.score(cities).scores["score"].to_list() == made.score(cities).scores["score"].to_list()
