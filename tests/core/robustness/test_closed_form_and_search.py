"""Smallest changes of weights do what they say, and no smaller one does."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.errors import DataError, DefinitionError
from indicia_robustness import search
from indicia_robustness.closed_form import critical, nearest_for_each, nearest_level, overtaking, relative

Array = npt.NDArray[np.float64]

FEW = settings(max_examples=40)
SEEDS = st.integers(0, 10_000)


def drawn(seed: int, units: int = 6, components: int = 4) -> tuple[Array, Array]:
    random = np.random.default_rng(seed)
    return random.random((units, components)), random.dirichlet(np.ones(components))


def changed(weights: Array, component: int, change: float) -> Array:
    """Return the weights with a change of one, the others being scaled."""
    found = weights * (1 - weights[component] - change) / (1 - weights[component])
    found[component] = weights[component] + change
    return found


@FEW
@given(SEEDS)
def test_at_the_change_of_one_weight_two_units_tie(seed: int) -> None:
    z, w = drawn(seed)
    ahead, behind = (pair.ravel() for pair in np.meshgrid(np.arange(6), np.arange(6)))
    found = overtaking(z, w, ahead, behind)
    for at, component in np.argwhere(np.isfinite(found)):
        weights = changed(w, component, found[at, component])
        assert weights.sum() == pytest.approx(1)
        assert (weights >= -1e-15).all()
        assert weights @ z[ahead[at]] == pytest.approx(weights @ z[behind[at]], abs=1e-12)


@FEW
@given(SEEDS)
def test_where_no_change_of_a_weight_is_named_none_turns_two_units(seed: int) -> None:
    z, w = drawn(seed)
    found = overtaking(z, w, np.array([0]), np.array([1]))[0]
    for component in np.flatnonzero(np.isnan(found)):
        grid = [changed(w, component, share - w[component]) for share in np.linspace(0, 1, 201)]
        gaps = np.array(grid) @ (z[0] - z[1])
        assert (gaps > 0).all() or (gaps < 0).all()


def test_a_node_below_the_top_moves_the_index_by_its_weight() -> None:
    z, w = drawn(3)
    rest = np.random.default_rng(1).random(6)
    effect = 0.3
    scores = effect * (z @ w) + (1 - effect) * rest
    ahead, behind = np.triu_indices(6, 1)
    found = overtaking(z, w, ahead, behind, scores=scores, effect=effect)
    assert np.isfinite(found).any()
    for at, component in np.argwhere(np.isfinite(found)):
        index = effect * (z @ changed(w, component, found[at, component])) + (1 - effect) * rest
        assert index[ahead[at]] == pytest.approx(index[behind[at]], abs=1e-12)


@FEW
@given(SEEDS)
def test_the_relative_change_is_made_before_weights_are_scaled(seed: int) -> None:
    z, w = drawn(seed)
    change = overtaking(z, w, np.array([0, 2]), np.array([1, 3]))
    share = relative(change, w)
    for at, component in np.argwhere(np.isfinite(share)):
        weights = w.copy()
        weights[component] *= 1 + share[at, component]
        assert weights / weights.sum() == pytest.approx(changed(w, component, change[at, component]))


def test_a_change_relative_to_nothing_is_infinite() -> None:
    assert relative(np.array([0.5, 0.0, 0.0]), np.array([0.5, 0.5, 0.0])).tolist() == [np.inf, 0.0, 0.0]
    assert relative(np.array([0.0, 0.0, 0.2]), np.array([0.5, 0.5, 0.0]))[2] == np.inf
    assert relative(np.array([0.5 - 1e-16]), np.array([0.5, 0.5]))[0] == np.inf  # a weight of 1 but for rounding


@FEW
@given(SEEDS)
def test_critical_weights_come_by_the_formula_of_triantaphyllou_and_sanchez(seed: int) -> None:
    # 1997: δ = (P_j - P_i) / (a_jk - a_ik) is taken off the weight, and must be no larger than it
    z, w = drawn(seed)
    scores = z @ w
    found = critical(z, w)

    def share(i: int, j: int, k: int) -> float:
        delta = (scores[j] - scores[i]) / (z[j, k] - z[i, k])
        return float(-delta / w[k]) if delta <= w[k] else np.inf

    first = int(scores.argmax())
    for k in range(4):
        top = min((share(first, j, k) for j in range(6) if j != first), key=abs)
        every = min((share(i, j, k) for i in range(6) for j in range(6) if scores[i] > scores[j]), key=abs)
        for ours, theirs in ((found.top[k], top), (found.any[k], every)):
            assert ours == pytest.approx(theirs, rel=1e-6) if np.isfinite(theirs) else np.isnan(ours)
        if np.isfinite(top):
            assert share(first, int(found.top_by[k]), k) == pytest.approx(top)
        if np.isfinite(every):
            assert share(*found.any_by[k].tolist(), k) == pytest.approx(every)


def test_a_unit_that_leads_everywhere_stays_first() -> None:
    z = np.array([[1.0, 1.0], [0.5, 0.9], [0.9, 0.5]])
    found = critical(z, np.array([0.5, 0.5]))
    assert np.isnan(found.top).all()
    assert found.top_by.tolist() == [-1, -1]
    assert np.isnan(nearest_for_each(z, np.array([0.5, 0.5]), first=0).distance).all()


@FEW
@given(SEEDS)
def test_the_nearest_weights_bring_a_unit_level(seed: int) -> None:
    z, w = drawn(seed)
    first = int((z @ w).argmax())
    found = nearest_for_each(z, w, first)
    for unit in np.flatnonzero(np.isfinite(found.distance)):
        weights = found.weights[unit]
        assert weights.sum() == pytest.approx(1, abs=1e-12)
        assert (weights >= 0).all()
        assert weights @ z[unit] == pytest.approx(weights @ z[first], abs=1e-12)
    never = np.isnan(found.distance)
    assert never.tolist() == [unit == first or (z[unit] < z[first]).all() for unit in range(6)]


@pytest.mark.parametrize("seed", range(8))
def test_no_weights_are_nearer_by_a_linear_programme(seed: int) -> None:
    from scipy.optimize import linprog

    z, w = drawn(seed)
    first = int((z @ w).argmax())
    found = nearest_for_each(z, w, first)
    for unit in np.flatnonzero(np.isfinite(found.distance)):
        d = z[unit] - z[first]
        up_and_down = linprog(
            np.ones(8),
            A_ub=-np.concatenate([d, -d])[None],
            b_ub=[d @ w],
            A_eq=np.concatenate([np.ones(4), -np.ones(4)])[None],
            b_eq=[0],
            bounds=[(0, None)] * 4 + [(0, one) for one in w],
        )
        assert found.distance[unit] == pytest.approx(up_and_down.fun, abs=1e-9)


def test_a_unit_that_is_level_needs_no_change() -> None:
    found = nearest_level(np.array([[0.0, 0.0], [-1.0, 1.0]]), np.array([0.5, 0.5]))
    assert found.distance.tolist() == [0.0, 0.0]


def test_all_weight_goes_to_one_component_where_that_is_the_only_way() -> None:
    found = nearest_level(np.array([[-1.0, 0.0, -2.0]]), np.array([0.5, 0.3, 0.2]))
    assert found.weights[0] == pytest.approx([0, 1, 0], abs=1e-12)


def test_what_cannot_be_asked_is_refused() -> None:
    z, w = drawn(1)
    with pytest.raises(DataError, match="two units"):
        critical(z[:1], w)
    with pytest.raises(DataError, match="a value is missing"):
        critical(np.where(z == z[0, 0], np.nan, z), w)
    with pytest.raises(DefinitionError, match="not all 0"):
        critical(z, 0 * w)


@pytest.mark.parametrize("seed", range(6))
def test_a_search_dethrones_by_no_more_than_the_closed_form(seed: int) -> None:
    z, w = drawn(seed)
    exact = nearest_for_each(z, w, int((z @ w).argmax()))
    found, unit = search.nearest_for_any(lambda v: v @ z.T, w, np.random.default_rng(1))
    if np.isnan(exact.distance).all():
        assert unit == -1
        return
    assert found.distance == pytest.approx(np.nanmin(exact.distance), rel=1e-5)
    assert unit == np.nanargmin(exact.distance)


def test_a_search_finds_the_nearest_weights_of_a_geometric_mean() -> None:
    # its logarithm is linear in the weights, so that the closed form knows them too
    z, w = drawn(5)
    exact = nearest_for_each(np.log(z), w, int((np.log(z) @ w).argmax()))
    found, unit = search.nearest_for_any(lambda v: np.exp(v @ np.log(z.T)), w, np.random.default_rng(1))
    assert found.distance == pytest.approx(np.nanmin(exact.distance), rel=1e-5)
    assert unit == np.nanargmin(exact.distance)


def test_a_search_copes_with_scores_in_steps_and_with_missing_ones() -> None:
    z, w = drawn(2)

    def steps(weights: Array) -> Array:
        scores = np.round(weights @ z.T, 2)
        scores[weights.max(axis=1) > 0.95] = np.nan
        return scores

    found, unit = search.nearest_for_any(steps, w, np.random.default_rng(1))
    first = int(steps(w[None])[0].argmax())
    at = steps(w + (1 + 1e-9) * (found.weights - w)[None])[0]  # just beyond the step
    assert at[unit] >= at[first]
    assert found.distance == pytest.approx(np.abs(found.weights - w).sum())


def test_a_search_is_the_same_for_the_same_seed() -> None:
    z, w = drawn(4)
    first, again = (
        search.nearest_for_any(lambda v: (v**0.5) @ z.T, w, np.random.default_rng(3))[0].weights for _ in range(2)
    )
    assert first.tolist() == again.tolist()


def test_a_search_without_a_score_to_start_from_says_so() -> None:
    with pytest.raises(DataError, match="no unit has a score"):
        search.nearest_for_any(lambda v: np.full((len(v), 2), np.nan), np.array([0.5, 0.5]), np.random.default_rng(1))
