"""Regions of weights, and draws from them."""

from __future__ import annotations

import numpy as np
import pytest

from indicia.errors import DefinitionError
from indicia_robustness.weight_regions import RegionDraws, WeightRegion, read_constraints
from indicia_robustness.weight_regions.draws import hit_and_run

ORDER = " >= ".join(f"w{number}" for number in range(1, 21))


def region(count: int, *texts: str) -> WeightRegion:
    return WeightRegion(tuple(f"w{number + 1}" for number in range(count)), read_constraints(texts))


ROUTES = [
    (3, ["0.2 <= w1 <= 0.4"], "limits"),
    (3, ["w1 = 0.2", "w2 = 0.3"], "point"),
    (4, ["w1 >= w2 >= w3 >= w4"], "simplex"),
    (4, ["w1 = w2 >= 2 w3", "w3 >= w4 + 0.1"], "simplex"),
    (5, ["w1 >= w2", "w3 >= w4"], "simplex"),  # no order of all weights, and yet as many bounds as a simplex has
    (4, ["w1 >= w2", "w1 >= w3", "w4 <= 0.2"], "simplices"),
    (4, ["w1 <= 0.25", "w1 >= 0.25", "w2 + w3 <= 0.5", "w2 <= 0.4"], "simplices"),
    (9, ["w1 + w2 <= 0.3", "w3 >= w4 + w5", "w1 >= w3", "w6 = w7"], "hit and run"),
]


@pytest.mark.parametrize(("count", "texts", "route"), ROUTES)
def test_draws_satisfy_all_constraints_and_sum_to_1(count: int, texts: list[str], route: str) -> None:
    draws = RegionDraws(region(count, *texts))
    assert draws.route == route
    drawn = draws.draw(500, np.random.default_rng(1))
    (rows, bounds), (equal, values) = draws.region.inequalities, draws.region.equalities
    assert (drawn @ rows.T <= bounds + 1e-9).all()
    assert drawn @ equal.T == pytest.approx(np.tile(values, (500, 1)), abs=1e-9)
    assert drawn.sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert (drawn == RegionDraws(region(count, *texts)).draw(500, np.random.default_rng(1))).all()


def test_weights_in_order_have_the_rank_order_centroid_as_their_mean() -> None:
    # Barron & Barrett (1996), Management Science 42(11): w_i = (1 / k) Σ_{j ≥ i} 1 / j
    drawn = RegionDraws(region(20, ORDER)).draw(10_000, np.random.default_rng(1))
    centroid = [sum(1 / j for j in range(i, 21)) / 20 for i in range(1, 21)]
    assert drawn.mean(axis=0) == pytest.approx(centroid, rel=0.03)


@pytest.mark.parametrize(("count", "texts"), [(3, ["w1 >= w2 >= w3"]), (5, ["w1 <= 0.01", "w2 >= 0.8", "w3 >= 5 w4"])])
def test_hit_and_run_has_the_distribution_of_exact_draws(count: int, texts: list[str]) -> None:
    """A needle is walked like a round region: its means and deviations are those of independent draws."""
    exact = RegionDraws(region(count, *texts)).draw(20_000, np.random.default_rng(1))
    walked = hit_and_run(region(count, *texts), 20_000, np.random.default_rng(1))
    assert walked.mean(axis=0) == pytest.approx(exact.mean(axis=0), rel=0.04)
    assert walked.std(axis=0) == pytest.approx(exact.std(axis=0), rel=0.04)


def test_the_smallest_weights_of_an_order_of_many_are_walked_without_bias() -> None:
    # with the first point of a linear programme as the start, the smallest weight was a quarter too large
    drawn = hit_and_run(region(20, ORDER), 2048, np.random.default_rng(1))
    assert drawn[:, -1].mean() == pytest.approx(1 / 400, rel=0.1)


@pytest.mark.parametrize(
    ("texts", "fault"),
    [
        (["w1 >= w2 >= w3", "w3 >= 0.4"], '"w1 >= w2", "w2 >= w3", "w3 >= 0.4" together'),
        (["w1 >= 0.5", "w2 >= 0.3", "w3 >= 0.3", "w1 >= w2"], '"w1 >= 0.5", "w2 >= 0.3", "w3 >= 0.3" together'),
        (["w1 >= 2 w2", "w2 >= 2 w1", "w1 >= 0.1"], '"w1 >= 2 w2", "w2 >= 2 w1", "w1 >= 0.1" together'),
        (["w1 >= 20"], 'no weights of w1, w2, w3 satisfy "w1 >= 20"'),
        (["w1 = 20"], 'no weights of w1, w2, w3 satisfy "w1 = 20"'),
        (["w1 <= 20"], '"w1 <= 20" excludes no weights of w1, w2, w3'),
    ],
)
def test_an_impossible_region_names_the_constraints_that_contradict(texts: list[str], fault: str) -> None:
    with pytest.raises(DefinitionError) as error:
        region(3, *texts).interior  # noqa: B018
    assert fault in error.value.what
