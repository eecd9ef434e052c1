"""The tables of operators: Shapley values and interactions of a capacity, the orness of ordered weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from indicia.methods import Aggregation, MatrixContext
from indicia_methods.aggregation.ordered import Choquet, Owa

MINIMUM = Choquet(capacity={"x": 0, "y": 0, "x+y": 1})
MAXIMUM = Choquet(capacity={"x": 1, "y": 1, "x+y": 1})


def table(method: Aggregation, name: str, components: tuple[str, ...] = ("x", "y")) -> dict[str, list[Any]]:
    context = MatrixContext(components, np.zeros(len(components), dtype=np.bool_), ("A",))
    found = method.detail_table(name, np.ones((1, len(components))), np.ones(len(components)), context)
    return {column: np.asarray(cells).tolist() for column, cells in found.items()}


@pytest.mark.parametrize(("method", "interaction", "orness"), [(MINIMUM, 1.0, 0.0), (MAXIMUM, -1.0, 1.0)])
def test_components_of_a_minimum_complement_each_other_and_those_of_a_maximum_overlap(
    method: Choquet, interaction: float, orness: float
) -> None:
    assert table(method, "components") == {"component": ["x", "y"], "shapley": [0.5, 0.5]}
    assert table(method, "pairs") == {"a": ["x"], "b": ["y"], "interaction": [interaction]}
    assert table(method, "orness") == {"orness": [orness]}


def test_three_components_have_the_interactions_of_the_students_of_the_paper() -> None:
    """Grabisch (1996), European Journal of Operational Research 89(3): x and y overlap, and z complements both."""
    method = Choquet(capacity={"x": 0.45, "y": 0.45, "z": 0.3, "x+y": 0.5, "x+z": 0.9, "y+z": 0.9})
    names = ("x", "y", "z")
    assert table(method, "pairs", names)["interaction"] == pytest.approx([-0.45, 0.1, 0.1])
    assert table(method, "components", names)["shapley"] == pytest.approx([7 / 24, 7 / 24, 10 / 24])
    assert table(method, "orness", names)["orness"] == pytest.approx([7 / 12])


def test_sets_have_their_capacity_and_what_they_add_to_that_of_their_subsets() -> None:
    method = Choquet(capacity={"x": 0.25, "y": 0.25, "y+x": 1})
    assert table(method, "sets") == {"set": ["x", "y", "x+y"], "capacity": [0.25, 0.25, 1.0], "m": [0.25, 0.25, 0.5]}


@pytest.mark.parametrize(
    ("weights", "orness", "dispersion"),
    [
        ((1.0, 0.0, 0.0), 1.0, 0.0),
        ((0.0, 0.0, 1.0), 0.0, 0.0),
        ((1.0, 0.0, 1.0), 0.5, np.log(2)),
        (None, 2 / 3, 1.0114),
    ],
)
def test_ordered_weights_have_an_orness_and_a_dispersion(
    weights: tuple[float, ...] | None, orness: float, dispersion: float
) -> None:
    found = table(Owa(weights), "orness", ("x", "y", "z"))
    assert found["orness"] == pytest.approx([orness])
    assert found["dispersion"] == pytest.approx([dispersion], abs=1e-4)


def test_a_single_place_has_no_orness() -> None:
    assert table(Owa(), "orness", ("x",)) == {"orness": [None], "dispersion": [0.0]}
    assert table(Owa(), "places", ("x",)) == {"place": [1], "weight": [1.0]}
