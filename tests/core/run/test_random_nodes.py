"""Random numbers of weightings and aggregations: they belong to the seed, the node, the unit and the period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.errors import IndiciaError, MethodError
from indicia.index import Index
from indicia.methods import Array, Indicators, MatrixAggregation, MatrixContext, Weighting
from indicia.partitions.partition import NeedsAllRows
from indicia_bundle.fitted import fit
from indicia_explain.gap import explain_gap
from indicia_partitions.table import check_can_run_in_partitions

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE = pl.DataFrame(
    {
        "unit": list("aabbccddee"),
        "year": [2020, 2021] * 5,
        "x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0, 8.0, 2.5],
        "y": [2.0, 1.0, 5.0, 4.0, 8.0, 7.0, 6.0, 3.0, 1.5, 2.5],
        "z": [2.0, 7.0, 5.0, 4.0, 1.0, 7.0, 6.5, 3.0, 4.5, 5.5],
    }
)


@dataclass(frozen=True)
class Sampled(Weighting):
    """Weigh by the mean of a random half of the units."""

    name = "sampled"
    reference = "Example"
    is_random = True
    needs_all_rows = True

    def weigh(self, indicators: Indicators) -> Array:
        return 0.1 + indicators.matrix()[indicators.random.uniform("half") < 0.5].sum(axis=0)


@dataclass(frozen=True)
class Drawn(Weighting):
    """Draw the weights."""

    name = "drawn"
    reference = "Example"
    is_random = True

    def weigh(self, indicators: Indicators) -> Array:
        return np.array([indicators.random.shared("weight", name).exponential() for name in indicators.random.columns])


@dataclass(frozen=True)
class Disturbed(MatrixAggregation):
    """Add a random error to the mean."""

    name = "disturbed"
    reference = "Example"
    is_random = True
    row_by_row = True

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        return values.mean(axis=1) + context.random.normal("error")

    def unit_details(self, values: Array, weights: Array, context: MatrixContext) -> Mapping[str, list[float]]:
        return {"error": context.random.normal("error").tolist()}


@dataclass(frozen=True)
class ComparedAndDisturbed(Disturbed):
    """Add a random error to the mean, where units are compared."""

    name = "compared"
    row_by_row = False


@dataclass(frozen=True)
class Undeclared(Weighting):
    """Draw the weights, and do not say so."""

    name = "undeclared"
    reference = "Example"

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.random.uniform("weight")


@dataclass(frozen=True)
class UndeclaredAggregation(MatrixAggregation):
    """Draw the scores, and do not say so."""

    name = "undeclared"
    reference = "Example"

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        return context.random.uniform("score")


def index(data: dict[str, Any] | None = None, **methodology: Any) -> Index:
    weightings = {method.name: method for method in (Sampled(), Drawn(), Undeclared())}
    aggregations = {method.name: method for method in (Disturbed(), ComparedAndDisturbed(), UndeclaredAggregation())}
    catalogue = installed().with_named("weighting", weightings).with_named("aggregation", aggregations)
    indicators = {"x": {"dimension": "d"}, "y": {"dimension": "d"}, "z": {}, "y2": {"column": "y"}}
    words = {"weighting": "equal", **methodology}
    return Index(
        {"data": {"unit": "unit", "period": "year", **(data or {})}, "dimensions": {"d": {}}, "indicators": indicators}
        | {"methodology": words},
        catalogue,
    )


RANDOM = ({"weighting": "sampled"}, {"weighting": "drawn"}, {"aggregation": "disturbed"}, {"aggregation": "compared"})


def scores(made: Index, table: pl.DataFrame = TABLE) -> pl.DataFrame:
    return made.score(table).scores.select("unit", "year", "score", "d").sort("unit", "year")


@pytest.mark.parametrize("words", RANDOM)
def test_the_seed_decides_and_neither_the_order_of_rows_nor_earlier_runs(words: dict[str, str]) -> None:
    first = scores(index(**words))
    assert not scores(index(**words, seed=2)).equals(first)
    for other in (scores(index(**words, seed=1)), scores(index(**words), TABLE.reverse())):
        assert other.select("score", "d").to_numpy() == pytest.approx(first.select("score", "d").to_numpy(), rel=1e-12)


@pytest.mark.parametrize("words", RANDOM)
def test_a_run_states_its_seed(words: dict[str, str]) -> None:
    method, stage = next(iter(words.values())), "weights" if "weighting" in words else "scores"
    result, stated = index(**words).score(TABLE), index(**words, seed=7).score(TABLE)
    said = f"{method} draws random numbers for the {stage} of index, d, with the seed"
    assert f"{said} 1, since no seed is stated" in result.notes
    assert f"{said} 7" in stated.notes
    assert [each.manifest["methodology"]["seed"] for each in (result, stated)] == [1, 7]
    assert not [note for note in stated.notes if "changes nothing" in note]


def test_nodes_groups_and_units_have_numbers_of_their_own() -> None:
    result = index(weighting="drawn").score(TABLE).scored.node_weights
    assert not np.isclose(result["index"].values[0], result["d"].values[0])
    by_year = index({"groups": ["year"]}, weighting="drawn", weights="period").score(TABLE).scored.node_weights["d"]
    assert by_year.values[0] != pytest.approx(by_year.values[1])
    errors = index(aggregation="compared", statistics="period").score(TABLE)
    node, dimension = (errors.details(name)["error"].to_list() for name in ("index", "d"))
    assert len({*node, *dimension}) == 2 * len(TABLE)


def test_the_errors_of_the_details_are_those_of_the_scores() -> None:
    for words in RANDOM[2:]:
        result = index(**words, normalisation="none").score(TABLE)
        means = TABLE.select(pl.mean_horizontal("x", "y")).to_series()
        assert (result.scored.nodes["d"] - means).to_list() == pytest.approx(result.details("d")["error"].to_list())


def test_a_fitted_index_keeps_the_weights_that_were_drawn() -> None:
    made = index(weighting="drawn")
    weights = made.score(TABLE).scored.node_weights["d"].values
    later = fit(made, TABLE).score(TABLE.with_columns(pl.col("year") + 10)).scored.node_weights["d"].values
    assert later.tolist() == weights.tolist()


@pytest.mark.parametrize("words", [{"weighting": "undeclared"}, {"aggregation": "undeclared"}])
def test_a_method_that_does_not_declare_it_gets_no_random_numbers(words: dict[str, str]) -> None:
    with pytest.raises(MethodError, match=r"its class has to declare is_random = True"):
        index(**words).score(TABLE)


def test_partitions_refuse_a_random_weighting_and_an_aggregation_that_compares_units() -> None:
    for words in (*RANDOM[:2], RANDOM[3]):
        with pytest.raises(NeedsAllRows, match=next(iter(words.values()))):
            check_can_run_in_partitions(index(**words))
    check_can_run_in_partitions(index(aggregation="disturbed"))


def test_the_gap_of_units_with_random_scores_has_no_parts() -> None:
    with pytest.raises(IndiciaError, match="disturbed of index"):
        explain_gap(index(aggregation="disturbed").score(TABLE), "a", "b")
