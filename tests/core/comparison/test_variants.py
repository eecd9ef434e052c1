"""Variants that change more than methods: scores, warnings, manifests, and names in comparisons."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.errors import IndiciaError, IndiciaWarning

if TYPE_CHECKING:
    from collections.abc import Callable

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
    comparison = made.compare(table=cities)
    for number, name in enumerate((None, *variants), start=1):
        alone = (made.variant(name) if name else made).score(cities).scores.select("city", alone="score")
        together = comparison.scores.select("city", pl.col(str(number))).join(alone, on="city", how="left")
        assert together[str(number)].to_list() == together["alone"].to_list()


def test_a_comparison_shows_the_names_and_the_changes_of_variants(index: Make, cities: pl.DataFrame) -> None:
    change = {"name": {"en": "Range", "zh": "数据范围"}, "indicators": {"income": {"bounds": "none"}}}
    comparison = index(TWO, variants={"range": change}).compare(table=cities)
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
    with pytest.raises(IndiciaError) as caught:
        made.check(cities)
    assert str(caught.value).splitlines() == [
        'unknown normalisation "z_scor"',
        "  variants.wrong.indicators.income.normalisation",
        '  fix: did you mean "z_score"?',
    ]
