"""After normalisation larger is better; a method that reverses the direction of an indicator is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.errors import DataError
from indicia.index import Index
from indicia.methods import Normalisation, Property

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics
    from indicia.result import Result

COUNTRIES = pl.DataFrame(
    {
        "country": ["Norway", "Peru", "Chad", "Mali"],
        "region": ["north", "south", "north", "south"],
        "mmr": [2.0, 50.0, 400.0, 440.0],
        "growth": [-3.0, 1.0, 2.0, 2.5],
    }
)


def score(indicators: dict[str, Any], methodology: dict[str, Any] | None = None, **data: Any) -> Result:
    raw = {"data": {"unit": "country", **data}, "indicators": indicators, "methodology": methodology or {}}
    return Index(raw, installed()).score(COUNTRIES)


def formula(expression: str, **about: str) -> dict[str, Any]:
    return {"normalisation": f"formula(expression='{expression}')", **about}


def test_a_formula_of_the_index_file_takes_the_values_of_a_cost_as_they_are() -> None:
    result = score({"mmr": formula("10 / x", direction="cost")})
    assert result.normalised["mmr"].to_list() == [5.0, 0.2, 0.025, 10 / 440]
    statistics = score({"mmr": formula("(max - x) / (max - min)", direction="cost")})
    assert statistics.normalised["mmr"].to_list() == [1.0, 390 / 438, 40 / 438, 0.0]


@pytest.mark.parametrize(
    ("indicator", "told"),
    [
        (
            formula("x ** 2", direction="cost"),
            "Peru with 50 is better than Chad with 400, and scores 2500, less than 1",
        ),
        (formula("log(x)", direction="cost"), "Norway with 2 is better than Peru with 50"),
        (
            formula("10 / x", direction="benefit"),
            "Peru with 50 is better than Norway with 2, and scores 0.2, less than 5",
        ),
        ({**formula("1 / (1 + x)", direction="target"), "target": 60}, "Norway with 2 is better than Chad with 400"),
        (
            formula("(x - 45) ** 2", direction="benefit"),
            "Peru with 50 is better than Norway with 2, and scores 25, less than 1849",
        ),
    ],
)
def test_a_formula_that_runs_against_the_direction_is_refused(indicator: dict[str, Any], told: str) -> None:
    with pytest.raises(DataError) as refusal:
        score({"mmr": indicator})
    assert "scores mmr against its direction" in refusal.value.what
    assert told in refusal.value.what
    assert "choose a normalisation that" in str(refusal.value.remedy)


def test_the_remedy_of_a_cost_names_the_way_out() -> None:
    with pytest.raises(DataError, match=r"falls as mmr rises \(a formula may have another, of_cost\); or write"):
        score({"mmr": formula("log(x)", direction="cost")})
    fallen = score({"mmr": {"direction": "cost", "normalisation": "formula(expression='x', of_cost='-log(x)')"}})
    assert fallen.ranking["country"].to_list() == ["Norway", "Peru", "Chad", "Mali"]


def test_a_formula_that_falls_between_the_ends_is_refused() -> None:
    """The square of growth falls from -3 to 1 and rises from there on, as high at 2.5 as it was low at -3."""
    with pytest.raises(DataError, match="Peru with 1 is better than Norway with -3, and scores 1, less than 9"):
        score({"growth": formula("x ** 2", direction="benefit")})


def test_a_formula_may_reverse_an_indicator_without_a_direction_and_a_note_says_so() -> None:
    """Published indices write `10 - x` of what lowers a risk, and no direction."""
    result = score({"mmr": formula("10 - x")})
    assert result.ranking["country"][0] == "Norway"
    assert result.notes == (
        "more is assumed to be better, as no direction is stated: mmr",
        "mmr has no direction, counts as a benefit, and does not score more as it rises under "
        "formula(expression='10 - x')",
    )


def test_the_order_is_that_within_the_period_or_group_of_the_statistics() -> None:
    """Norway's 2 is the lowest of the north, and Peru's 50 that of the south: each scores 1."""
    bounds = {"by": "region", "groups": {"north": [2, 400], "south": [50, 440]}}
    indicator = {"mmr": {"bounds": bounds, **formula("(max - x) / (max - min)", direction="cost")}}
    assert score(indicator, groups=["region"]).normalised["mmr"].to_list() == [1, 1, 0, 0]


def test_a_rescaling_that_turns_scores_round_is_refused() -> None:
    with pytest.raises(DataError, match=r"formula\(expression='1 - x'\) turns the scores of index round"):
        score({"growth": {}}, {"rescaling": "formula(expression='1 - x')"})


@dataclass(frozen=True)
class Backwards(Normalisation):
    """Turn values round."""

    name = "backwards"
    reference = "none"
    properties = frozenset({Property.MONOTONE})

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return -x


@dataclass(frozen=True)
class Bell(Normalisation):
    """Score by the distance to 1, which is the best value whatever the direction."""

    name = "bell"
    reference = "none"
    follows_direction = False

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return -((x - 1) ** 2)


def test_a_method_that_is_declared_monotone_is_checked_too() -> None:
    with pytest.raises(DataError, match=r"Mali with 2\.5 is better than Norway with -3, and scores -2\.5, less than 3"):
        score({"growth": {"normalisation": Backwards()}})


@pytest.mark.parametrize(
    ("direction", "told"),
    [
        ("benefit", r"Chad with 2 is better than Norway with -3, and scores -2, less than 3"),
        ("cost", r"Norway with -3 is better than Chad with 2, and scores -3, less than 2"),
    ],
)
def test_units_of_the_first_group_that_is_reversed_are_named(direction: str, told: str) -> None:
    """Nobody in the east has a value, and the other indicator is in order."""
    table = COUNTRIES.with_columns(region=pl.Series(["north", "east", "north", "south"])).with_columns(
        growth=pl.when(region="east").then(None).otherwise("growth")
    )
    growth = {"normalisation": Backwards(), "direction": direction}
    methodology = {"statistics": "region", "missing": "skip"}
    indicators = {"mmr": {"bounds": [0, 500]}, "growth": growth}
    raw = {"data": {"unit": "country", "groups": ["region"]}, "indicators": indicators, "methodology": methodology}
    with pytest.raises(DataError, match=told):
        Index(raw, installed()).score(table)


def test_a_method_with_its_own_optimum_declares_that_it_follows_no_direction() -> None:
    assert score({"growth": {"normalisation": Bell()}}).ranking["country"][0] == "Peru"


@pytest.mark.parametrize("method", ["max", "sum", "mean_index", "logarithmic"])
def test_ratios_of_negative_values_do_not_score_the_worst_first(method: str) -> None:
    table = COUNTRIES.with_columns(growth=-pl.col("mmr"))
    raw = {"data": {"unit": "country"}, "indicators": {"growth": {"normalisation": method}}}
    with pytest.raises(DataError):
        Index(raw, installed()).score(table)
