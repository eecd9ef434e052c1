"""Several imputations of a table: each is a run with a seed, and Rubin's rules pool the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import DefinitionError, IndiciaError
from indicia_robustness.pooled_scores import pool, pool_draws

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

CHAINED = {"imputation": "hot_deck", "weighting": "equal"}
SPREAD = {"spread": 0.25}


def gaps(data: Data) -> pl.DataFrame:
    row = pl.int_range(pl.len())
    return data().with_columns(
        pay=pl.when(row % 4 == 1).then(None).otherwise("pay"), air=pl.when(row % 5 == 2).then(None).otherwise("air")
    )


def test_rubins_rules_give_the_figures_of_a_worked_example() -> None:
    # by hand: Q = 10, 12, 11, 13, 14 and U = 4, 5, 6, 4, 6. Mean 12, W = 5, B = 10 / 4 = 2.5, T = 5 + 1.2 * 2.5 = 8,
    # share 3 / 8; degrees of freedom 4 * (1 + 5 / 3)^2 = 28.4444, as those of mice::pool.scalar with n = Inf
    pooled = pool(np.array([[10.0], [12], [11], [13], [14]]), np.array([[4.0], [5], [6], [4], [6]]))
    figures = [pooled.mean, pooled.within, pooled.between, pooled.total, pooled.share, pooled.freedom]
    assert [figure.item() for figure in figures] == pytest.approx([12, 5, 2.5, 8, 0.375, 28.444444444444443])


def test_scores_that_no_imputation_changes_have_no_degrees_of_freedom() -> None:
    pooled = pool(np.ones((3, 1)), np.zeros((3, 1)))
    assert (pooled.total.item(), np.isnan(pooled.share.item()), np.isnan(pooled.freedom.item())) == (0, True, True)


def test_the_draws_of_an_imputation_give_the_variance_within_it() -> None:
    pooled = pool_draws(np.array([[1.0], [3.0], [5.0], [9.0]]), np.array([0, 0, 1, 1]))
    assert [pooled.mean.item(), pooled.within.item(), pooled.between.item()] == pytest.approx([4.5, (2 + 8) / 2, 12.5])


def test_each_imputation_is_the_run_with_its_seed(made: Make, data: Data) -> None:
    table = gaps(data)
    robust = made(CHAINED).robustness(table, seed=1, imputations=4).figures
    assert (robust.draws, robust.imputations["draws"].to_list()) == (4, [1, 1, 1, 1])
    runs = [made({**CHAINED, "seed": seed}).score(table) for seed in robust.imputations["seed"]]
    scores = np.array([run.scored.nodes["index"].to_numpy() for run in runs])
    assert robust.scores == pytest.approx(scores, rel=1e-12)
    pooled = {row["name"] if "name" in row else row[robust.unit]: row for row in robust.pooled.iter_rows(named=True)}
    for place, name in enumerate(robust.names):
        assert pooled[name]["pooled_score"] == pytest.approx(scores[:, place].mean())
        assert pooled[name]["within"] == 0
        assert pooled[name]["total"] == pytest.approx(1.25 * scores[:, place].var(ddof=1), abs=1e-15)
    other = made(CHAINED).robustness(table, seed=2, imputations=4).figures
    assert not np.allclose(other.scores, robust.scores)


def test_weights_vary_within_each_imputation_in_memory_and_on_processes(made: Make, data: Data) -> None:
    table = gaps(data)
    choices: dict[str, Any] = {"draws": 41, "seed": 1, "imputations": 4, "weights": SPREAD}
    robust = made(CHAINED).robustness(table, **choices).figures
    assert robust.imputations["draws"].to_list() == [11, 10, 10, 10]
    by_draw = robust.design[:, [factor.name for factor in robust.factors].index("imputations")]
    first = robust.scores[by_draw == 0]
    assert (first.std(axis=0) > 0).any()
    within = np.mean([robust.scores[by_draw == k].var(axis=0, ddof=1) for k in range(4)], axis=0)
    unit_order = [robust.names.index(name) for name in robust.pooled[robust.unit]]
    assert robust.pooled["within"].to_numpy() == pytest.approx(within[unit_order], abs=1e-15)
    blocks = made(CHAINED).robustness(table, engine="partitions", workers=1, **choices).figures
    assert blocks.pooled.equals(robust.pooled)


def test_errors_of_measurement_are_added_to_each_imputed_table(made: Make, data: Data) -> None:
    robust = made(CHAINED).robustness(gaps(data), draws=8, seed=1, imputations=2, noise=1e-12).figures
    plain = made(CHAINED).robustness(gaps(data), seed=1, imputations=2).figures
    by_draw = robust.design[:, [factor.name for factor in robust.factors].index("imputations")]
    assert robust.scores == pytest.approx(plain.scores[by_draw], abs=1e-6)


def test_an_index_without_a_random_imputation_has_one_imputation(made: Make, data: Data) -> None:
    with pytest.raises(DefinitionError, match="no imputation of the index is random") as raised:
        made({"imputation": "mean"}).robustness(gaps(data), seed=1, imputations=4)
    assert 'imputation = "chained"' in str(raised.value.remedy)
    with pytest.raises(DefinitionError, match="7 draws are too few for 4 imputations"):
        made(CHAINED).robustness(gaps(data), seed=1, imputations=4, draws=7, weights=SPREAD)
    with pytest.raises(IndiciaError, match="one imputation, or none"):
        _ = made(CHAINED).robustness(gaps(data), seed=1, draws=4, weights=SPREAD).figures.pooled
