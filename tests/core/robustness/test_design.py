"""Every choice is tried, and its share of the doubt is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import DefinitionError, IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

POSITIVE = "min_max(lower=1, upper=9)"
Z_SCORE = "z_score(mean=50, sd=8)"
SPREAD = {"spread": 0.25}


def test_draws_and_the_design_of_indices_are_kept_apart(made: Make, data: Data, choices: dict[str, Any]) -> None:
    answer = made().robustness(data(), draws=30, seed=1, sensitivity=16, **choices)
    robust = answer.figures
    plain = made().robustness(data(), draws=30, seed=1, **choices).figures
    assert len(robust.ranks) == 16 * (3 + 2) + 30
    assert (robust.drawn_ranks == plain.drawn_ranks).all()
    assert robust.units.equals(plain.units)
    assert "30 draws and 80 runs for sensitivity" in answer.title


def test_one_choice_alone_explains_everything(made: Make, data: Data) -> None:
    robust = made().robustness(data(), draws=256, seed=1, weights=SPREAD, sensitivity=256).figures
    (row,) = robust.sensitivity.iter_rows(named=True)
    assert row["total"] == pytest.approx(1.0, abs=0.15)
    assert row["total_lower"] < row["total"] < row["total_upper"]


def test_every_two_methods_meet_in_the_design_of_indices(made: Make, data: Data) -> None:
    """Points of a Sobol' sequence that are few choose alike in columns that belong to both samples."""
    varied: dict[str, Any] = {
        "normalisation": [POSITIVE, Z_SCORE],
        "aggregation": ["arithmetic", "topsis"],
        "weighting": ["equal", "critic"],
        "treatment": ["none", "winsorise_quantiles"],
        "weights": SPREAD,
    }
    robust = made().robustness(data(), draws=4, seed=1, sensitivity=32, **varied).figures
    a, b, *mixed = robust.design[: robust.sensitivity_runs].reshape(7, 32, 5)
    for at in range(5):
        assert 4 < (mixed[at][:, at] != a[:, at]).sum() <= 32
        assert (mixed[at][:, at] == b[:, at]).all()
    for one in range(4):
        for other in range(one):
            assert len(np.unique(a[:, [one, other]], axis=0)) == len(np.unique(b[:, [one, other]], axis=0)) == 4


def test_a_unit_whose_rank_never_changes_has_no_indices(
    made: Make, data: Data, choices: dict[str, Any], indicators: dict[str, Any]
) -> None:
    table = data().with_columns(
        pl.when(pl.col("city") == "c0").then(20.0).otherwise(name).alias(name) for name in indicators
    )
    table = table.with_columns(
        pl.when(pl.col("city") == "c0").then(0.1).otherwise(name).alias(name) for name in ("debt", "air")
    )
    robust = made().robustness(table, draws=20, seed=1, sensitivity=16, **choices).figures
    assert robust.sensitivity_of("c0")["total"].null_count() == 3
    assert robust.sensitivity_of("c1")["total"].null_count() == 0


@pytest.mark.parametrize(
    ("varied", "idle"),
    [
        ({"treatment": ["none", "winsorise(points=1)"]}, "treatment"),
        ({"imputation": ["median", "mean", "none"]}, "imputation"),
        ({"weighting": ["equal", "entropy"], "weights": {"simplex": True}}, "weighting"),
        ({"aggregation": ["arithmetic", "arithmetic"]}, "aggregation"),
        ({"weights": {"spread": 0.0}}, "weights"),
        ({"imputation": ["median", "mean"], "treatment": ["none", "winsorise(points=1)"]}, "imputation, treatment"),
    ],
)
@pytest.mark.parametrize("sensitivity", [None, 16])
def test_a_choice_that_changes_nothing_is_an_error(
    made: Make, varied: dict[str, Any], idle: str, sensitivity: int | None, data: Data
) -> None:
    others = {"weights": SPREAD, "normalisation": [POSITIVE, "min_max(lower=2, upper=7)"]}
    with pytest.raises(DefinitionError, match=f"^{idle} changed nothing in any run"):
        made().robustness(data(), draws=8, seed=1, **{**others, **varied}, sensitivity=sensitivity)


def test_a_choice_that_changes_scores_and_no_rank_has_no_share_of_the_shifts(index: Make, data: Data) -> None:
    made = index({"jobs": {}, "pay": {}})
    alike = {"normalisation": [POSITIVE, "min_max(lower=2, upper=7)"], "weights": SPREAD, "sensitivity": 16}
    robust = made.robustness(data(), draws=8, seed=1, **alike).figures
    with pytest.raises(DefinitionError, match="normalisation changed nothing in any run"):
        _ = robust.sensitivity


def test_a_choice_of_one_is_no_choice(made: Make, data: Data) -> None:
    with pytest.raises(DefinitionError, match="nothing is varied: there is one alternative of aggregation"):
        made().robustness(data(), draws=8, seed=1, aggregation=["geometric"], sensitivity=16)


def test_one_draw_of_weights_has_no_shares(made: Make, data: Data) -> None:
    with pytest.raises(DefinitionError, match="indices need a choice with two alternatives or more"):
        made().robustness(data(), draws=1, seed=1, weights=SPREAD, sensitivity=16)


def test_an_unknown_method_is_named_with_the_nearest(made: Make, data: Data) -> None:
    with pytest.raises(IndiciaError, match='unknown normalisation "zscore"') as raised:
        made().robustness(data(), draws=10, seed=1, normalisation=["zscore", POSITIVE])
    assert raised.value.remedy == 'did you mean "z_score"?'


def test_an_unknown_method_is_an_error_however_seldom_it_is_drawn(made: Make, data: Data) -> None:
    known = [f"generalised(p={1 + number / 1000})" for number in range(199)]
    with pytest.raises(IndiciaError, match='unknown aggregation "genral"') as raised:
        made().robustness(data(), draws=2, seed=1, aggregation=[*known, "genral"])
    assert "robustness.aggregation" in str(raised.value)


def test_nothing_can_be_left_out_of_a_single_dimension(index: Make, data: Data) -> None:
    made = index({"jobs": {}, "pay": {}})
    with pytest.raises(DefinitionError, match="leaving out one of the dimensions needs two or more"):
        made.robustness(data(), draws=8, seed=1, leave_out="dimensions")


@pytest.mark.parametrize(
    ("varied", "what"),
    [
        ({}, "nothing is varied"),
        ({"weights": SPREAD, "draws": 0}, "draws"),
        ({"weights": SPREAD, "seed": -1}, "seed"),
        ({"weights": SPREAD, "sensitivity": 100}, "the number of Sobol' points must be a power of two, and 100 is not"),
        ({"indicators": "all"}, "indicators"),
    ],
)
def test_what_cannot_be_varied_is_said(made: Make, data: Data, varied: dict[str, Any], what: str) -> None:
    with pytest.raises(IndiciaError) as raised:
        made().robustness(data(), **{"draws": 20, "seed": 1, **varied})
    assert what in str(raised.value)


def test_points_that_are_too_few_for_the_combinations_are_refused(
    made: Make, data: Data, choices: dict[str, Any]
) -> None:
    with pytest.raises(IndiciaError, match="sensitivity = 4 is too few to try the combinations of 3 choices"):
        made().robustness(data(), draws=20, seed=1, sensitivity=4, **choices)
