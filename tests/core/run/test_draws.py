"""Draws and subsets have the scores of separate runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.run import Draws, rescore_subsets, score_draws, score_subsets

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index
    from indicia.methods import Array
    from indicia.run import Scored

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

DRAWS, UNITS = 3, 9
INDICATORS: dict[str, Any] = {
    "jobs": {"dimension": "economy"},
    "pay": {"dimension": "economy"},
    "debt": {"dimension": "economy", "direction": "cost"},
    "air": {"dimension": "nature", "direction": "cost"},
    "green": {"dimension": "nature"},
    "water": {"direction": "target", "target": 5.0},
}
DIMENSIONS: dict[str, Any] = {"economy": {}, "nature": {}}
PARTS = {"index": 3, "economy": 3, "nature": 2}
"""Components of the nodes."""

BELOW = (
    "adjusted_mazziotta_pareto",
    "limits_on_properties",
    "mabac",
    "mazziotta_pareto",
    "moosra",
    "multimoora",
    "ocra",
    "wisp",
)
"""Aggregations that cannot take the scores that they make: those of the dimensions are added up."""
WORTH = "{'jobs': 0.2, 'pay': 0.3, 'debt': 0.3, 'jobs+pay': 0.6, 'jobs+debt': 0.5, 'pay+debt': 0.7}"
PARAMETERS = {
    "choquet": f"choquet(capacity={WORTH})",
    "formula": "formula(expression='sum(w * each ** 2) + lowest(each) / 2')",
    "generalised": "generalised(p=0.5)",
}
POSITIVE = "min_max(lower=1, upper=9)"
AGGREGATIONS = (
    *("arithmetic", "geometric", "harmonic", "min", "mean_min", "median", "owa", "product", *PARAMETERS, *BELOW),
    *("topsis", "vikor", "copras", "edas", "gra", "marcos", "waspas", "codas", "probid", "spotis", "todim"),
    *("copeland", "borda", "promethee", "electre", "schulze", "mairca", "cocoso", "moora", "aras", "rov"),
)


@pytest.fixture
def data(figures: Data) -> Data:
    """A function that makes the table of this module."""
    return partial(figures, INDICATORS, UNITS)


def drawn_weights() -> dict[str, Array]:
    random = np.random.default_rng(1)
    return {node: random.dirichlet(np.ones(parts), DRAWS) for node, parts in PARTS.items()}


def weighed(made: Index, weights: dict[str, Array], draw: int) -> Index:
    """Return the index with the weights of one draw."""
    given: dict[str, float] = {}
    for node, names in {
        "index": ["economy", "nature", "water"],
        "economy": ["jobs", "pay", "debt"],
        "nature": ["air", "green"],
    }.items():
        for name, weight in zip(names, weights[node][draw], strict=True):
            kind = "dimensions" if name in DIMENSIONS else "indicators"
            given[f"{kind}.{name}.weight"] = float(weight)
    return made.with_options(settings=given)


def as_one(made: Index, table: pl.DataFrame, draws: Draws) -> tuple[Scored, Array]:
    scored = made.score(table).scored
    return scored, score_draws(made.definition, scored, draws)


def one_by_one(made: Index, table: pl.DataFrame, weights: dict[str, Array]) -> Array:
    results = [weighed(made, weights, draw).score(table) for draw in range(DRAWS)]
    return np.stack([result.scored.ranked["index"].to_numpy() for result in results])


def check_weights(made: Index, table: pl.DataFrame) -> None:
    weights = drawn_weights()
    _, found = as_one(made, table, Draws(DRAWS, weights))
    wanted = one_by_one(made, table, weights)
    assert np.isfinite(wanted).any()
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


def chosen(name: str) -> dict[str, Any]:
    """Return the tables of an index that uses an aggregation where it can be used."""
    method = PARAMETERS.get(name, name)
    methodology: dict[str, Any] = {"normalisation": POSITIVE, "aggregation": method}
    if name in BELOW:
        methodology["levels"] = [{"aggregation": "arithmetic"}]
    if name == "choquet":
        own = {"economy": {"aggregation": method}, "nature": {}}
        return {"methodology": {"normalisation": POSITIVE}, "dimensions": own}
    return {"methodology": methodology, "dimensions": DIMENSIONS}


@pytest.mark.parametrize("name", AGGREGATIONS)
def test_drawn_weights_score_as_runs_with_these_weights(index: Make, name: str, data: Data) -> None:
    only = {"direction": "benefit", "target": None} if name == "multimoora" else {}
    indicators = {key: {**spec, **only} for key, spec in INDICATORS.items()}
    check_weights(index(indicators, **chosen(name)), data())


@pytest.mark.parametrize(
    "aggregation",
    ["arithmetic", "geometric", "topsis", "vikor", "median", "copeland", "promethee", "owa", "mazziotta_pareto"],
)
@pytest.mark.parametrize("missing", ["skip", "propagate", "value(value=2)", "group_mean(within='region')"])
def test_gaps_are_dealt_with_as_in_a_run(index: Make, aggregation: str, missing: str, data: Data) -> None:
    tables = chosen(aggregation)
    tables["methodology"]["missing"] = missing
    check_weights(index(INDICATORS, **tables), data(gaps=True))


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric", "topsis", "copeland"])
def test_each_draw_has_its_own_parents(index: Make, aggregation: str, data: Data) -> None:
    table = data(gaps=True).with_columns(of=pl.Series([None, *(f"c{(number - 1) // 2}" for number in range(1, UNITS))]))
    tables = chosen(aggregation)
    tables["methodology"]["missing"] = "parent(within=of)"
    check_weights(index(INDICATORS, groups=("region", "of"), **tables), table)


@pytest.mark.parametrize("statistics", ["pooled", "period", "region", ["period", "region"], {"reference": 2021}])
@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric", "topsis", "vikor", "median"])
def test_statistics_stay_within_their_rows_and_their_draw(
    index: Make, aggregation: str, statistics: Any, data: Data
) -> None:
    tables = chosen(aggregation)
    bounds = {name: {**spec, "bounds": [0, 10]} for name, spec in INDICATORS.items() if name != "water"}
    indicators = bounds if statistics == {"reference": 2021} else INDICATORS
    dimensions = tables["dimensions"]
    tables["methodology"] |= {"statistics": statistics}
    made = index({**indicators, "water": INDICATORS["water"]}, period="year", **tables)
    assert dimensions
    check_weights(made, data(periods=3))


@pytest.mark.parametrize("aggregation", ["copeland", "promethee"])
def test_units_are_compared_within_their_period_and_their_draw(index: Make, aggregation: str, data: Data) -> None:
    tables = chosen(aggregation)
    tables["methodology"] |= {"statistics": "period"}
    check_weights(index(INDICATORS, period="year", **tables), data(periods=3))


@pytest.mark.parametrize(
    "words",
    [
        {"decimals": 1},
        {"normalised_decimals": 0},
        {"rescaling": "rank"},
        {"rescaling": "min_max(lower=1, upper=2)", "decimals": 2},
        {"as_component": "percentile_rank"},
        {"decimals": 1, "rank_by": "unrounded"},
    ],
)
@pytest.mark.parametrize("aggregation", ["arithmetic", "vikor"])
def test_scores_are_rounded_and_rescaled_within_their_draw(
    index: Make, words: dict[str, Any], aggregation: str, data: Data
) -> None:
    tables = chosen(aggregation)
    tables["methodology"] |= words
    check_weights(index(INDICATORS, **tables), data())


# Errors of the data


def with_errors(table: pl.DataFrame, errors: dict[str, Array], draw: int) -> pl.DataFrame:
    return table.with_columns(pl.col(name) + pl.Series(added[draw]) for name, added in errors.items())


def check_errors(made: Index, table: pl.DataFrame, weights: dict[str, Array] | None = None) -> None:
    random = np.random.default_rng(5)
    errors = {name: random.normal(0, 0.3, (DRAWS, len(table))) for name in ("jobs", "debt", "air", "water")}
    _, found = as_one(made, table, Draws(DRAWS, weights or {}, errors))
    for draw in range(DRAWS):
        of_draw = weighed(made, weights, draw) if weights else made
        wanted = of_draw.score(with_errors(table, errors, draw)).scored.ranked["index"].to_numpy()
        np.testing.assert_allclose(found[draw], wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"aggregation": "topsis"},
        {"imputation": "mean(within='region')", "treatment": "winsorise(points=2)"},
        {"imputation": "nearest(k=2)", "missing": "refuse"},
        {"normalisation": "rank", "aggregation": "median"},
        {"weighting": "entropy"},
        {"weighting": "critic", "aggregation": "geometric"},
        {"weighting": "pca(squared=true)", "missing": "group_mean(within='region')"},
    ],
)
def test_errors_go_through_every_stage(index: Make, words: dict[str, Any], data: Data) -> None:
    methodology = {"normalisation": POSITIVE, "missing": "skip", **words}
    check_errors(index(INDICATORS, methodology, dimensions=DIMENSIONS), data(gaps=True))


def test_errors_go_through_a_change_of_scale(index: Make, data: Data) -> None:
    indicators = {**INDICATORS, "water": {**INDICATORS["water"], "treatment": "none"}}
    methodology = {"treatment": "box_cox", "normalisation": "z_score", "missing": "skip"}
    check_errors(index(indicators, methodology, dimensions=DIMENSIONS), data(gaps=True))


@pytest.mark.parametrize("words", [{}, {"weights": "period", "weighting": "entropy"}, {"statistics": "period"}])
def test_errors_and_weights_of_a_panel_stay_within_their_period(index: Make, words: dict[str, Any], data: Data) -> None:
    made = index(INDICATORS, {"normalisation": POSITIVE, **words}, dimensions=DIMENSIONS, period="year")
    check_errors(made, data(periods=3))


def test_errors_and_drawn_weights_go_together(index: Make, data: Data) -> None:
    made = index(INDICATORS, {"normalisation": POSITIVE, "aggregation": "geometric"}, dimensions=DIMENSIONS)
    check_errors(made, data(), drawn_weights())


def test_floors_transforms_and_factors_are_applied_to_values_with_errors(index: Make, data: Data) -> None:
    indicators = {**INDICATORS, "jobs": {"dimension": "economy", "floor": 2, "cap": 8, "transform": "log"}}
    check_errors(index(indicators, dimensions=DIMENSIONS), data())


# Chunks


@pytest.mark.parametrize("aggregation", ["arithmetic", "topsis", "copeland"])
@pytest.mark.parametrize("errors", [False, True])
def test_a_part_of_the_draws_scores_as_within_the_whole(
    index: Make, aggregation: str, errors: bool, data: Data
) -> None:
    made, random = index(INDICATORS, **chosen(aggregation)), np.random.default_rng(7)
    added = {"jobs": random.normal(0, 0.1, (DRAWS, UNITS))} if errors else None
    weights = drawn_weights()
    scored, whole = as_one(made, data(), Draws(DRAWS, weights, added))
    for draw in range(DRAWS):
        some = slice(draw, draw + 1)
        alone = score_draws(
            made.definition,
            scored,
            Draws(
                1,
                {name: drawn[some] for name, drawn in weights.items()},
                added and {name: one[some] for name, one in added.items()},
            ),
        )
        assert (alone[0] == whole[draw]).all()


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric", "topsis", "copeland"])
@pytest.mark.parametrize("missing", ["refuse", "skip"])
def test_a_draw_of_the_weights_of_the_run_gives_its_scores(
    index: Make, aggregation: str, missing: str, data: Data
) -> None:
    """To the bit where units are scored by the stages; a sum that is a product adds up in another order."""
    tables = chosen(aggregation)
    tables["methodology"] |= {"missing": missing, "weighting": "critic"}
    made = index(INDICATORS, **tables)
    scored = made.score(data(gaps=missing == "skip")).scored
    own = {node: np.tile(one.values, (DRAWS, 1)) for node, one in scored.node_weights.items()}
    found, wanted = score_draws(made.definition, scored, Draws(DRAWS, own)), scored.ranked["index"].to_numpy()
    if (aggregation, missing) == ("arithmetic", "refuse"):
        np.testing.assert_allclose(found, np.tile(wanted, (DRAWS, 1)), rtol=1e-14)
    else:
        np.testing.assert_array_equal(found, np.tile(wanted, (DRAWS, 1)))


# Sets of units


@pytest.mark.parametrize("aggregation", ["arithmetic", "topsis", "copeland"])
def test_sets_of_rows_score_as_tables_of_their_own(index: Make, aggregation: str, data: Data) -> None:
    made, table = index(INDICATORS, **chosen(aggregation)), data()
    scored = made.score(table).scored
    sets = [[0, 1, 2, 3], [2, 5, 7, 8, 4]]
    found = score_subsets(made.definition, scored, np.concatenate(sets), np.array([0] * 4 + [1] * 5))
    wanted = [made.score(table[rows]).scored.ranked["index"].to_numpy() for rows in sets]
    np.testing.assert_allclose(found, np.concatenate(wanted), rtol=1e-12)


@pytest.mark.parametrize("words", [{"weighting": "entropy"}, {"treatment": "fences"}, {"imputation": "mean"}])
def test_sets_of_rows_are_prepared_and_weighed_anew(index: Make, words: dict[str, Any], data: Data) -> None:
    made = index(INDICATORS, {"normalisation": POSITIVE, **words}, dimensions=DIMENSIONS)
    table = data(gaps="imputation" in words)
    sets = [[0, 1, 2, 3, 6], [2, 5, 7, 8, 4]]
    found = rescore_subsets(made.definition, made.score(table).scored, np.concatenate(sets), np.repeat([0, 1], 5))
    wanted = [made.score(table[rows]).scored.ranked["index"].to_numpy() for rows in sets]
    np.testing.assert_allclose(found, np.concatenate(wanted), rtol=1e-12)


def test_weights_of_a_set_are_those_of_all_units(index: Make, data: Data) -> None:
    made, table = index({"jobs": {}, "pay": {}}, {"weighting": "entropy", "normalisation": "max"}), data()
    scored = made.score(table).scored
    found = score_subsets(made.definition, scored, np.array([3, 4]), np.array([0, 0]))
    weights = zip(("jobs", "pay"), scored.node_weights["index"].values, strict=True)
    settings = {f"indicators.{name}.weight": weight for name, weight in weights}
    given = made.with_options(weighting="given", settings=settings)
    assert found == pytest.approx(given.score(table[[3, 4]]).scored.ranked["index"].to_numpy())


def test_an_indicator_that_does_not_vary_in_a_set_scores_neutrally(index: Make) -> None:
    table = pl.DataFrame(
        {"city": ["a", "b", "c"], "region": ["n"] * 3, "jobs": [1.0, 1.0, 3.0], "pay": [1.0, 2.0, 3.0]}
    )
    made = index({"jobs": {}, "pay": {}})
    found = score_subsets(made.definition, made.score(table).scored, np.array([0, 1]), np.array([0, 0]))
    neutral = made.score(table).scored.tree.components[0].normalisation.neutral_score
    assert found.tolist() == [neutral / 2, neutral / 2 + 0.5]
