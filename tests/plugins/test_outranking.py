"""Sums over pairs without a loop over pairs, or by blocks, equal the sums over all pairs."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indicia
from indicia import IndiciaError
from indicia.methods import MatrixContext
from indicia_methods import relations
from indicia_methods.aggregation import concordance, voting
from indicia_methods.aggregation.concordance import credibilities, indices
from indicia_methods.aggregation.electre import Electre
from indicia_methods.aggregation.outranking import Promethee, Prosa
from indicia_methods.aggregation.voting import Condorcet, Copeland, Kemeny

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.methods import Array

EACH = settings(max_examples=60)
Q, P, S = 0.5, 1.5, 1.0
PREFERENCES: dict[str, Callable[[Any], Any]] = {
    "usual": lambda d: 1.0 * (d > 0),
    "u_shape": lambda d: 1.0 * (d > Q),
    "v_shape": lambda d: np.clip(d / P, 0, 1),
    "level": lambda d: 0.5 * (d > Q) + 0.5 * (d > P),
    "linear": lambda d: np.clip((d - Q) / (P - Q), 0, 1),
    "gaussian": lambda d: np.where(d > 0, 1 - np.exp(-(d**2) / (2 * S**2)), 0.0),
}


def context_of(count: int, units: int | None = None) -> MatrixContext:
    """Return the context of scores or, with a number of units, that of further results, which has their names."""
    names = None if units is None else [f"u{number}" for number in range(units)]
    return MatrixContext(tuple(f"x{number}" for number in range(count)), np.zeros(count, dtype=np.bool_), names)


@st.composite
def tables(draw: st.DrawFn, gaps: bool = True, least: int = 1) -> tuple[Array, Array]:
    """Draw weights and values: with ties, of few decimals or of any size, and with missing values."""
    seed, units, width = draw(st.integers(0, 9999)), draw(st.integers(least, 40)), draw(st.integers(1, 5))
    random = np.random.default_rng(seed)
    values = draw(
        st.sampled_from(
            [
                random.integers(-9, 9, (units, width)) / 4,
                random.integers(-9, 9, (units, width)) * 0.1,
                random.normal(size=(units, width)) * 10.0 ** random.integers(-4, 9, width),
            ]
        )
    )
    if gaps and draw(st.booleans()):
        values[random.random(values.shape) < 0.2] = np.nan
        values[np.isnan(values).all(axis=1)] = 0.25
    weights = random.random(width)
    return values, weights / weights.sum()


def pairwise_flows(values: Array, weights: Array, preference: Callable[[Any], Any]) -> tuple[Array, Array]:
    with np.errstate(invalid="ignore"):
        preferred = np.nan_to_num(preference(values[:, None] - values[None, :]))
    present = ~np.isnan(values)
    others = np.maximum(present.sum(axis=0) - 1, 1)
    scale = weights / others / (present * weights).sum(axis=1, keepdims=True)
    return (preferred.sum(axis=1) * scale).sum(axis=1), (preferred.sum(axis=0) * scale).sum(axis=1)


@pytest.mark.parametrize("preference", PREFERENCES)
@EACH
@given(table=tables(least=2))  # one unit alone is refused: below
def test_flows_are_sums_over_all_pairs(preference: str, table: tuple[Array, Array]) -> None:
    values, weights = table
    method = Promethee(preference=preference, q=Q, p=P, s=S)
    positive, negative = pairwise_flows(values, weights, PREFERENCES[preference])
    details = method.unit_details(values, weights, context_of(values.shape[1], len(values)))
    assert details["positive"] == pytest.approx(positive, abs=1e-10)
    assert details["negative"] == pytest.approx(negative, abs=1e-10)
    net = method.score_units(values, weights, context_of(values.shape[1]))
    assert net == pytest.approx(positive - negative, abs=1e-10)


def test_a_difference_of_just_the_threshold_does_not_count() -> None:
    values = np.array([[0.1], [0.2], [0.3]])  # 0.3 - 0.2 is below 0.1, and 0.2 - 0.1 is 0.1
    method = Promethee(preference="u_shape", q=0.1)
    assert method.unit_details(values, np.ones(1), context_of(1, 3))["positive"] == [0.0, 0.0, 0.5]


def test_an_extreme_value_takes_no_digits_from_the_others() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 1e17])[:, None]
    for sign in (1, -1):
        found = Promethee(preference="v_shape", p=10.0).score_units(sign * values, np.ones(1), context_of(1))
        differences = sign * (5 * values[:5, 0] - values[:5, 0].sum()) / 10
        assert found[:5] == pytest.approx((differences - sign) / 5, abs=1e-12)


@EACH
@given(tables(), st.integers(1, 100))
def test_majorities_do_not_depend_on_the_size_of_blocks(table: tuple[Array, Array], cells: int) -> None:
    values, weights = table
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(voting, "_CELLS", cells)
        context = context_of(len(weights))
        won = Condorcet().score_units(values, weights, context)
        score = Copeland().score_units(values, weights, context)
    signs = np.nan_to_num(np.sign(values[:, None] - values[None, :]))
    majority = np.round((signs * weights).sum(axis=2), 12)
    assert won.tolist() == (majority > 0).sum(axis=1).tolist()
    assert score.tolist() == np.sign(majority).sum(axis=1).tolist()


def distilled(credibility: Array, best: bool) -> list[int]:
    """Distil step by step, by the definition."""

    def threshold(value: float) -> float:
        return 0.3 - 0.15 * value

    remaining, ranks, rank = list(range(len(credibility))), [0] * len(credibility), 0
    while remaining:
        rank += 1
        units = remaining
        largest = max((credibility[a, b] for a in remaining for b in remaining if a != b), default=0.0)
        while len(units) > 1:
            lower = [
                credibility[a, b]
                for a in units
                for b in units
                if a != b and credibility[a, b] < largest - threshold(largest) - 1e-12
            ]
            cut = max(lower, default=0.0)
            beats = [
                (a, b)
                for a in units
                for b in units
                if a != b
                and credibility[a, b] > cut + 1e-12
                and credibility[a, b] > credibility[b, a] + threshold(credibility[a, b]) + 1e-12
            ]
            balance = {
                a: sum(a == winner for winner, _ in beats) - sum(a == loser for _, loser in beats) for a in units
            }
            units = [a for a in units if balance[a] == (max if best else min)(balance.values())]
            if cut <= 1e-12:
                break
            largest = cut
        for a in units:
            ranks[a] = rank
        remaining = [a for a in remaining if a not in units]
    return ranks if best else [rank + 1 - value for value in ranks]


@settings(max_examples=40)
@given(st.integers(0, 9999), st.integers(1, 12), st.sampled_from([4.0, 8.0, 20.0, None]), st.integers(1, 40))
def test_a_distillation_without_a_matrix_selects_the_same_units(
    seed: int, units: int, veto: float | None, cells: int
) -> None:
    random = np.random.default_rng(seed)
    values, weights = random.integers(0, 12, (units, 4)) / 1.0, random.random(4)
    if seed % 3 == 0:
        values[random.random(values.shape) < 0.2] = np.nan
    weights /= weights.sum()
    method = Electre(form="iii", q=1.0, p=3.0, v=veto)
    thresholds = np.repeat([[1.0], [3.0], [np.inf if veto is None else veto]], 4, axis=1)
    pairs = credibilities(values.T, values.T, weights, thresholds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(concordance, "_CELLS", cells)
        patch.setattr(concordance, "CELLS", cells)
        told = method.unit_details(values, weights, context_of(4))
    assert told["descending"] == distilled(pairs, best=True)
    assert told["ascending"] == distilled(pairs, best=False)


@EACH
@given(st.integers(0, 9999), st.integers(1, 25))
def test_the_kernel_is_stable_and_absorbing(seed: int, units: int) -> None:
    random = np.random.default_rng(seed)
    arcs = random.random((units, units)) < random.choice([0.05, 0.15, 0.4])
    np.fill_diagonal(arcs, False)
    outranks = relations.pack_rows([arcs])
    outranked_by = relations.transpose(outranks)
    assert [relations.unpack_row(bits, units).tolist() for bits in outranked_by] == arcs.T.tolist()
    groups = relations.strong_components(outranks, outranked_by)
    kernel = relations.kernel(groups, outranked_by)
    group_of = {unit: number for number, group in enumerate(groups) for unit in group}
    reach = np.linalg.matrix_power(arcs + np.eye(units), units) > 0
    for a in range(units):
        for b in range(units):
            assert (group_of[a] == group_of[b]) == (reach[a, b] and reach[b, a])
            if a in kernel and b in kernel:
                assert not arcs[a, b] or group_of[a] == group_of[b]
    for group in groups:
        if group[0] not in kernel:
            assert any(arcs[a, b] for a in kernel for b in group)


PRINTED_DISCORDANCE = [
    [0.0, 0.5052, 0.4042, 0.1883, 0.42857, 0.2825],
    [0.4286, 0.0, 0.7143, 0.2589, 0.8571, 0.5714],
    [0.1696, 0.2825, 0.0, 0.1938, 0.2825, 0.2180],
    [0.5714, 0.4042, 0.8571, 0.0, 1.0, 0.7143],
    [0.0485, 0.3031, 0.2021, 0.0727, 0.0, 0.0969],
    [0.1295, 0.6063, 0.5052, 0.2021, 0.3031, 0.0],
]
"""Cebrián & Porcar (2009), as in the tests of scikit-criteria."""


def test_electre_with_a_common_range_has_the_printed_discordance_of_towns() -> None:
    towns = np.array([[6, 5, 28, 5, 5], [4, 2, 25, 10, 9], [5, 7, 35, 9, 6], [6, 1, 27, 6, 7], [6, 8, 30, 7, 9]])
    towns = np.vstack([towns, [5, 6, 26, 4, 8]])
    shares = towns / towns.sum(axis=0) * [1, 1, -1, 1, 1]
    scaled = Electre(discordance_range="common").scaled(shares)
    _, discordance, _ = indices(scaled, scaled, np.ones(5))
    assert discordance == pytest.approx(np.array(PRINTED_DISCORDANCE), abs=5e-5)


def test_a_component_that_is_the_same_everywhere_has_no_part_in_a_common_range() -> None:
    values = np.array([[3.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    assert Electre(discordance_range="common").scaled(values).tolist() == [[1.0, 0.0, 0.5], [0.0, 0.0, 0.0]]
    assert Electre(discordance_range="common").scaled(values * 0 + 7.0).tolist() == [[0.0, 0.0, 0.0]] * 2


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (lambda: Promethee(preference="linear", q=1.0), "linear needs p"),
        (lambda: Promethee(preference="linear", q=2.0, p=1.0), "p = 1 must be above q = 2"),
        (lambda: Promethee(preference="v_shape", p=0.0), "p = 0 must be above 0"),
        (lambda: Promethee(preference="u_shape", q=-1.0), "q = -1 must not be negative"),
        (lambda: Promethee(preference="gaussian", s=0.0), "s = 0 must be above 0"),
        (lambda: Promethee(preference=("usual", "usual"), q=(1.0,)), "preference has 2, q has 1"),
        (lambda: Promethee(preference={"a": "linear"}, q=0.0, p={"b": 1.0}), "linear needs p"),
        (lambda: Electre(form="i", concordance=(0.6, 0.5)), r"concordance of i needs 1 number\(s\), not 2"),
        (lambda: Electre(form="ii", concordance=(0.3, 0.5, 0.6)), "the strictest first"),
        (lambda: Electre(form="iii", q=2.0, p=1.0), "q <= p < v: q = 2, p = 1"),
        (lambda: Electre(form="iii", p=2.0, v=2.0), "thresholds must rise from 0"),
        (
            lambda: Electre(form="iii", discordance_range="common"),
            "belongs to i and ii: iii has the thresholds p and v",
        ),
        (lambda: Electre(form="tri"), "tri needs profiles"),
        (lambda: Electre(form="tri", profiles=((1.0,),), classes=("a",)), r"1 profile\(s\) make 2 classes, not 1"),
        (lambda: Electre(form="tri", profiles=((1.0, 2.0), (1.0,))), "each profile needs a value for each component"),
    ],
)
def test_invalid_parameters_are_refused(method: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        method()


@pytest.mark.parametrize(
    ("aggregation", "message"),
    [
        ("promethee(preference=v_shape, p={'price': 2})", "v_shape needs p"),
        ("promethee(preference=v_shape, p={'prize': 2})", "p names prize; the components are price, speed"),
        ("promethee(preference=v_shape, p=[1, 2, 3])", "p has 3 values for 2 components"),
        ("promethee(preference={'price': 'usual'})", "preference lacks speed"),
        ("electre(form=tri, profiles={'price': [2]})", "profiles names price; the components are price, speed"),
        ("electre(form=tri, profiles=[[1, 2, 3]])", "a profile has 3 values for 2 components"),
        (
            "electre(form=tri, profiles={'price': [1, 2], 'speed': [1, 2]})",
            "profile 2 is worse than profile 1 in price",
        ),
        ("comet(values=[[0, 1], [0, 9]], judgements=[[0.5]])", "there are 4 characteristic objects"),
        ("comet(values={'a': [0, 1]}, judgements=[[0.5, 0], [1, 0.5]])", "values has points of a"),
        ("comet(values=[[0, 0]], judgements=[[0.5]])", "in ascending order"),
        ("comet(values=[[0, 9]], judgements=[[0.5, 1], [1, 0.5]])", "must add up to 1"),
        ("utastar(examples={'price': [1, 2]}, ranks=[1, 2])", "examples have values of price"),
        ("utastar(examples={'price': [1, 2], 'speed': [3, 3]}, ranks=[1, 2])", "all alike in speed"),
        ("utastar(examples={'price': [1, 2], 'speed': [3]}, ranks=[1, 2])", "2 examples have ranks, but speed has 1"),
        ("utastar(examples={'price': [1, 2]}, ranks=[1, 1])", "not all of the same rank"),
        ("utastar(examples={'price': [1, 2]}, ranks=[1, 2], breakpoints=1)", "two breakpoints or more"),
    ],
)
def test_parameters_that_do_not_fit_the_components_are_refused(aggregation: str, message: str) -> None:
    table = pl.DataFrame({"unit": ["A", "B"], "price": [1.0, 2.0], "speed": [3.0, 5.0]})
    with pytest.raises(IndiciaError, match=message):
        indicia.score(table, unit="unit", indicators={"price": "cost", "speed": "benefit"}, aggregation=aggregation)


def contradicted(order: Sequence[int], values: Array, weights: Array) -> float:
    """Return the weight of components that contradict the order, less those that agree, over all pairs."""
    pairs = [(values[a], values[b]) for a, b in combinations(order, 2)]
    return float(sum(weights @ (b > a) - weights @ (b < a) for a, b in pairs))


@pytest.mark.parametrize("seed", range(25))
def test_no_order_contradicts_less_weight_than_that_of_kemeny(seed: int) -> None:
    random = np.random.default_rng(seed)
    values, weights = random.integers(0, 4, (6, 5)) * 1.0, random.dirichlet(np.ones(5))
    values[random.random(values.shape) < 0.1] = np.nan
    places = Kemeny().score_units(values, weights, context_of(5))
    found = contradicted(np.argsort(places, kind="stable").tolist(), values, weights)
    assert found == pytest.approx(min(contradicted(one, values, weights) for one in permutations(range(6))), abs=1e-5)


def test_units_that_are_alike_share_a_place_of_kemeny() -> None:
    values = np.array([[1.0, 1.0], [3.0, 2.0], [1.0, 1.0], [0.0, 0.0]])
    assert Kemeny().score_units(values, np.full(2, 0.5), context_of(2)).tolist() == [2.5, 1.0, 2.5, 4.0]


def test_the_support_of_a_unit_counts_half_of_ties_and_nothing_of_values_that_either_unit_misses() -> None:
    # A beats B in x, ties in y: 0.5 + 0.3 / 2; A beats C in x, which has no y, 0.5, and in z, 0.2; B beats C in x
    values = np.array([[3.0, 1.0, 5.0], [2.0, 1.0, np.nan], [1.0, np.nan, 4.0]])
    details = Kemeny().unit_details(values, np.array([0.5, 0.3, 0.2]), context_of(3))
    assert details["support"] == pytest.approx([0.65 + 0.7, 0.5, 0.0])


def test_kemeny_refuses_a_cycle_of_too_many_units() -> None:
    values = np.column_stack([np.roll(np.arange(61.0), shift) for shift in (0, 20, 40)])
    with pytest.raises(ValueError, match="61 units are in a cycle of majorities"):
        Kemeny().score_units(values, np.full(3, 1 / 3), context_of(3))


def test_prosa_without_a_penalty_is_promethee() -> None:
    values, weights = np.array([[1.0, 5.0], [2.0, 3.0], [4.0, 4.0]]), np.array([0.25, 0.75])
    own = Prosa(c=0.0).score_units(values, weights, context_of(2))
    assert own == pytest.approx(Promethee().score_units(values, weights, context_of(2)), abs=1e-15)


def test_classes_have_names_and_profiles_of_costs_are_raw_values() -> None:
    table = pl.DataFrame({"unit": ["A", "B"], "price": [90.0, 40.0]})
    tri = {"method": "electre", "form": "tri", "profiles": {"price": [60]}, "classes": ["dear", "cheap"]}
    result = indicia.score(table, unit="unit", indicators={"price": "cost"}, aggregation=tri)
    assert result.details().rows() == [("A", "dear", "dear"), ("B", "cheap", "cheap")]
    assert result.scores["score"].to_list() == [1, 2]


def test_the_remedy_for_negative_scores_under_a_weighting_works() -> None:
    table = pl.DataFrame({"unit": ["A", "B", "C"], "x": [1, 2, 4], "y": [3, 1, 2], "z": [2, 5, 3]})
    definition = {
        "data": {"unit": "unit"},
        "dimensions": {"one": {}, "other": {}},
        "indicators": {"x": {"dimension": "one"}, "y": {"dimension": "one"}, "z": {"dimension": "other"}},
        "methodology": {"normalisation": "min_max", "weighting": "entropy", "aggregation": "promethee"},
    }
    index = indicia.read(definition)
    with pytest.raises(IndiciaError, match="entropy of index needs non-negative normalised values") as caught:
        index.score(table)
    assert caught.value.remedy == 'bring these scores to a scale that has them, such as as_component = "min_max"'
    assert index.with_options(settings={"methodology.as_component": "min_max"}).score(table).scores.height == 3


@pytest.mark.parametrize("method", ["promethee", "prosa"])
def test_flows_of_a_single_unit_are_refused_by_name(method: str) -> None:
    methodology = {"aggregation": method}
    index = indicia.read({"data": {"unit": "u"}, "indicators": {"a": {}, "b": {}}, "methodology": methodology})
    with pytest.raises(
        IndiciaError, match=f"{method} of index: compares each unit with the others, and there is only one"
    ):
        index.score(pl.DataFrame({"u": ["x"], "a": [1.0], "b": [2.0]}))


GAPS = pl.DataFrame(
    {"unit": list("ABCDEFG"), "speed": [80.0, 65, 83, 40, 52, 94, 80], "price": [600.0, None, 400, 1000, 600, 700, 600],
     "nature": [5.4, 9.7, 7.2, None, 2.0, 3.6, 5.4], "ab": [1.0, 1, 4, 7, 10, 5, 1]}
)  # fmt: skip


def test_the_ranks_of_multimoora_are_those_of_its_scores_with_gaps_too() -> None:
    weights = {"speed": 0.4, "price": 0.3, "nature": 0.2, "ab": 0.1}
    costs = {"price", "ab"}
    words = {name: {"weight": w, "direction": "cost" if name in costs else "benefit"} for name, w in weights.items()}
    methods = {"normalisation": "none", "missing": "skip", "aggregation": "multimoora"}
    result = indicia.read({"data": {"unit": "unit"}, "indicators": words, "methodology": methods}).score(GAPS)
    found = result.details("index", "units")
    for name in ("ratio", "multiplicative"):
        expected = found[name].rank("min", descending=True).to_list()
        assert found[f"rank_{name}"].to_list() == expected
    # f3 = the product of v^w over benefits, divided by that over costs, with v = z / norm
    v = {name: GAPS[name] / np.sqrt((GAPS[name] ** 2).sum()) for name in weights}
    present = {"speed": 0.4, "nature": 0.2, "ab": 0.1}
    share = {name: w / sum(present.values()) for name, w in present.items()}
    b = np.prod([v[name][1] ** (-w if name in costs else w) for name, w in share.items()])
    assert found["multiplicative"][1] == pytest.approx(b)
