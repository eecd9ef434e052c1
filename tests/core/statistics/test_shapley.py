"""Shapley and Owen values, beside their definition as means over orders."""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from indicia.errors import DefinitionError
from indicia_statistics.shapley import fits, owen_values, parts_of, sampled_values, shapley_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from indicia_statistics.shapley import Structure

    Array = npt.NDArray[np.float64]
    Value = Callable[[npt.NDArray[np.bool_]], Array]

GROUPED: Structure = (0, (1, 2), (3, (4, 5)))
FLAT: Structure = (0, 1, 2, 3, 4, 5)
COUNT = 6
TABLE = np.random.default_rng(7).random(1 << COUNT)
"""The values of the subsets of six parts; part j is in subset s if bit j of s is set."""


def value(masks: npt.NDArray[np.bool_]) -> Array:
    return TABLE[masks @ (1 << np.arange(COUNT))]


def orders_of(group: Structure | int) -> Iterator[list[int]]:
    """Yield the orders that keep the parts of each group together."""
    if isinstance(group, int):
        yield [group]
        return
    for members in permutations(group):
        for orders in product(*(list(orders_of(member)) for member in members)):
            yield [part for order in orders for part in order]


def mean_over_orders(structure: Structure) -> Array:
    gains = []
    for order in orders_of(structure):
        masks = np.array([np.isin(np.arange(COUNT), order[:place]) for place in range(COUNT + 1)])
        gains.append(np.diff(value(masks))[np.argsort(order)])
    mean: Array = np.mean(gains, axis=0)
    return mean


@pytest.fixture(scope="module")
def grouped_mean() -> Array:
    return mean_over_orders(GROUPED)


def test_owen_values_are_means_over_the_orders_that_keep_groups_together(grouped_mean: Array) -> None:
    assert owen_values(value, GROUPED).values == pytest.approx(grouped_mean, abs=1e-14)


def test_owen_values_without_groups_are_means_over_all_orders() -> None:
    assert owen_values(value, FLAT).values == pytest.approx(mean_over_orders(FLAT), abs=1e-14)


def test_shapley_values_of_a_table_are_those_of_its_function() -> None:
    assert shapley_values(TABLE) == pytest.approx(owen_values(value, FLAT).values, abs=1e-15)


def test_shapley_values_of_many_tables_at_once_are_those_of_each() -> None:
    both = shapley_values(np.stack([TABLE, 2 * TABLE], axis=1))
    assert both == pytest.approx(np.outer(shapley_values(TABLE), [1, 2]), abs=1e-15)


def test_the_glove_game_has_the_published_values() -> None:
    # Shapley 1953: one left glove (part 0) and two right gloves; a pair is worth 1: 2/3, 1/6, 1/6
    gloves = owen_values(lambda masks: 1.0 * (masks[:, 0] & masks[:, 1:].any(axis=1)), (0, 1, 2))
    assert gloves.values == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_a_part_that_changes_nothing_gets_exactly_0() -> None:
    values = owen_values(lambda masks: masks[:, 0] * 3.0 + masks[:, 2], (0, 1, (2, 3))).values
    assert values[[1, 3]].tolist() == [0, 0]


def test_sampled_values_add_to_the_value_of_all_parts() -> None:
    sampled = sampled_values(value, GROUPED, 50, np.random.default_rng(1))
    assert sampled.values.sum() == pytest.approx(TABLE[-1] - TABLE[0], abs=1e-13)


def test_sampled_values_lie_within_their_stated_errors(grouped_mean: Array) -> None:
    sampled = sampled_values(value, GROUPED, 2_000, np.random.default_rng(1))
    assert sampled.errors is not None
    # 4.5 standard errors: six estimates from good orders exceed them once in 25,000 seeds
    assert (np.abs(sampled.values - grouped_mean) <= 4.5 * sampled.errors).all()


def test_the_same_seed_gives_the_same_sampled_values() -> None:
    first, second = (sampled_values(value, GROUPED, 30, np.random.default_rng(5)) for _ in range(2))
    assert first.values.tobytes() == second.values.tobytes()


def test_sampled_orders_keep_groups_together() -> None:
    # part 0 changes the value only if it enters between 1 and 2, and no order of these groups lets it
    split = sampled_values(
        lambda masks: 1.0 * (masks[:, 1] != masks[:, 2]) * (masks[:, 0]),
        ((0, 3), (1, 2)),
        200,
        np.random.default_rng(1),
    )
    assert split.values[[0, 3]].tolist() == [0, 0]


def test_one_order_has_no_standard_error() -> None:
    with pytest.raises(DefinitionError, match="1 orders have no standard error") as caught:
        sampled_values(value, FLAT, 1, np.random.default_rng(1))
    assert caught.value.remedy == "orders = 1_000"


@pytest.mark.parametrize(
    ("structure", "exact"),
    [
        (tuple(range(12)), True),
        (tuple(range(13)), False),
        ((tuple(range(11)), 11), True),  # beside a group of 11 stands one part
        ((tuple(range(11)), 11, 12), False),
    ],
)
def test_values_are_exact_up_to_the_subsets_of_twelve_parts(structure: Structure, exact: bool) -> None:
    assert fits(structure) is exact


def test_the_parts_of_a_structure_are_listed_through_its_groups() -> None:
    assert list(parts_of(GROUPED)) == [0, 1, 2, 3, 4, 5]
