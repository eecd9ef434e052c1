"""The tables of PROMETHEE: preferences of pairs, the intervals of PROMETHEE III, and the plane of GAIA."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from indicia.methods import MatrixContext
from indicia_methods.aggregation.outranking import Promethee, Prosa

UNITS = ("A", "B", "C")
VALUES = np.array([[1.0, 30.0], [2.0, 10.0], [3.0, 20.0]])
WEIGHTS = np.array([0.75, 0.25])


def table(name: str, values: Any = VALUES, method: Any = None) -> dict[str, list[Any]]:
    context = MatrixContext(("x", "y"), np.zeros(2, dtype=np.bool_), UNITS[: len(values)])
    found = (method or Promethee()).detail_table(name, values, WEIGHTS, context)
    return {column: list(cells) for column, cells in found.items()}


def test_pairs_have_the_weight_of_the_components_in_which_a_is_better_and_the_relations() -> None:
    assert table("pairs") == {
        "a": ["A", "A", "B", "B", "C", "C"],
        "b": ["B", "C", "A", "C", "A", "B"],
        "preference": [0.25, 0.25, 0.75, 0.0, 0.75, 1.0],
        "promethee1": ["P-", "P-", "P", "P-", "P", "P"],
        "promethee3": ["P-", "P-", "P", "P-", "P", "P"],
    }


@pytest.mark.parametrize(
    "method",
    [
        Promethee(preference="u_shape", q=5.0),
        Promethee(preference="v_shape", p=12.0),
        Promethee(preference="level", q=0.5, p=11.0),
        Promethee(preference="linear", q=0.5, p=11.0),
        Promethee(preference="gaussian", s=4.0),
        Prosa(),
    ],
    ids=lambda method: f"{method.name} {method.preference}",
)
def test_the_mean_preferences_over_others_and_of_others_are_the_flows(method: Promethee) -> None:
    values = np.random.default_rng(5).normal(size=(3, 2)) * 10
    context = MatrixContext(("x", "y"), np.zeros(2, dtype=np.bool_), UNITS)
    flows = method.unit_details(values, WEIGHTS, context)
    found = table("pairs", values, method)
    for key, flow in (("a", "positive"), ("b", "negative")):
        pairs = list(zip(found[key], found["preference"], strict=True))
        means = [sum(preference for unit, preference in pairs if unit == one) / 2 for one in UNITS]
        assert means == pytest.approx(flows[flow], abs=1e-12)


def test_an_interval_reaches_a_share_of_the_standard_deviation_to_both_sides() -> None:
    found = table("intervals", method=Promethee(interval=2.0))
    assert found["net"] == pytest.approx([-0.5, -0.25, 0.75])  # of A: -0.5 and -0.5, of B: 0.5 and -1, of C: 0.5 and 1
    assert found["sd"] == pytest.approx([0.0, 0.75, 0.25])
    assert found["low"] == pytest.approx([-0.5, -1.75, 0.25])
    assert found["high"] == pytest.approx([-0.5, 1.25, 1.25])
    assert table("pairs", method=Promethee(interval=2.0))["promethee3"] == ["I", "P-", "I", "I", "P", "I"]


def test_unicriterion_flows_leave_a_missing_value_out() -> None:
    values = np.array([[1.0, 30.0], [2.0, np.nan], [3.0, 20.0]])
    found = table("unicriterion", values)
    assert (found["unit"], found["x"]) == (list(UNITS), [-1.0, 0.0, 1.0])
    assert found["y"] == pytest.approx([1.0, np.nan, -1.0], nan_ok=True)
    preferences = table("pairs", values)["preference"]
    assert preferences == [0.0, 0.25, 1.0, 0.0, 0.75, 1.0]  # A and B are compared by x alone


def test_gaia_projects_flows_on_two_axes_and_counts_the_variance_that_they_keep() -> None:
    found, axes = table("gaia"), table("gaia_axes")
    assert found["kind"] == ["unit"] * 3 + ["component"] * 2 + ["decision stick"]
    assert found["name"] == ["A", "B", "C", "x", "y", "decision stick"]
    points = np.column_stack([found["u"], found["v"]])
    flows = np.array([[-1.0, 1.0], [0.0, -1.0], [1.0, 0.0]])
    assert points[:3] @ points[3:5].T == pytest.approx(flows)  # two axes keep all of two components
    assert points[5] == pytest.approx(WEIGHTS @ points[3:5])
    assert axes["eigenvalue"] == pytest.approx([1.0, 1 / 3])
    assert axes["cumulated_share"] == pytest.approx([0.75, 1.0])


def test_gaia_refuses_gaps() -> None:
    with pytest.raises(ValueError, match="two or more components, which all units have"):
        table("gaia", np.array([[1.0, 30.0], [2.0, np.nan], [3.0, 20.0]]))
