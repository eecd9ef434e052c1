"""FlowSort puts a unit between reference profiles, or beside the nearest one, by flows among the profiles alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from indicia.methods import MatrixContext
from indicia_methods.aggregation.flowsort import Flowsort

VALUES = np.array([[2.0, 80.0], [7.0, 30.0], [5.0, np.nan]])  # the second component is a cost
WEIGHTS = np.array([0.75, 0.25])
CONTEXT = MatrixContext(("x", "price"), np.array([False, True]), ("A", "B", "C"))
ROWS = ((0.0, 100.0), (5.0, 50.0), (10.0, 0.0))


def classes(values: Any = VALUES, **parameters: Any) -> list[float]:
    found: list[float] = Flowsort(**{"profiles": ROWS, **parameters}).score_units(values, WEIGHTS, CONTEXT).tolist()
    return found


def flows_by_pairs(values: Any, form: Flowsort) -> tuple[Any, Any]:
    """Return the net flows of a unit and of the profiles, by the definition; values are oriented."""
    both = np.vstack([values, np.array(ROWS) * [1, -1]])
    present = ~np.isnan(values)
    shares = np.where(present, WEIGHTS, 0) / WEIGHTS[present].sum()
    p = form.p if isinstance(form.p, float) else 1e-300
    preference = (np.nan_to_num(np.clip((both[:, None] - both) / p, 0, 1)) * shares).sum(axis=2)
    net = (preference - preference.T).sum(axis=1) / len(ROWS)
    return net[0], net[1:]


@pytest.mark.parametrize("parameters", [{}, {"preference": "v_shape", "p": 20.0}], ids=["usual", "v_shape"])
@pytest.mark.parametrize("form", ["limiting", "central"])
def test_classes_follow_the_net_flows_among_the_profiles(form: str, parameters: dict[str, Any]) -> None:
    random = np.random.default_rng(8)
    values = np.column_stack([random.integers(-2, 13, 40), random.integers(-5, 110, 40)]) * 1.0
    values[::7, 1] = np.nan
    method = Flowsort(profiles=ROWS, form=form, **parameters)  # type: ignore[arg-type]
    expected = []
    for row in values:
        own, of_profiles = flows_by_pairs(row * [1, -1], method)
        if form == "central":
            distances = np.abs(own - of_profiles).round(12)
            expected.append(max(np.flatnonzero(distances == distances.min())) + 1)
        else:
            expected.append(1 + sum((own > of_profiles[1:-1] + 1e-12).tolist()))
    assert classes(values, form=form, **parameters) == expected


def test_a_unit_on_a_border_is_in_the_lower_class_by_positive_and_in_the_higher_by_negative_flow() -> None:
    values = np.array([[5.0, 50.0]])
    assert [classes(values, flow=flow) for flow in ("positive", "negative", "net")] == [[1.0], [2.0], [1.0]]


def test_profiles_by_name_are_those_of_rows_in_any_order() -> None:
    assert classes(profiles={"price": (0, 50, 100), "x": (0, 5, 10)}) == classes()


def test_details_have_the_flows_and_the_names_of_classes_and_a_row_for_each_profile() -> None:
    method = Flowsort(profiles=ROWS, classes=("low", "high"))
    told = method.unit_details(VALUES, WEIGHTS, CONTEXT)
    assert told["class_net"] == ["low", "high", "low"]
    assert told["positive"] == pytest.approx([1 / 3, 2 / 3 * 0.75 + 2 / 3 * 0.25, 1 / 3])
    table = method.detail_table("profiles", VALUES, WEIGHTS, CONTEXT)
    assert np.asarray(table["profile"]).tolist() == [1, 2, 3] * 3
    assert np.asarray(table["preference"]).tolist()[:3] == [1.0, 0.0, 0.0]
    assert np.asarray(table["preference_of_profile"]).tolist()[:3] == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"profiles": ()}, "must not be empty"),
        ({"profiles": ((1.0, 2.0), (3.0,))}, "each profile needs a value for each component"),
        ({"profiles": ((1.0,), (2.0,))}, "limiting profiles must make two classes or more"),
        ({"profiles": ((1.0,),), "form": "central"}, "central profiles must make two classes or more"),
        ({"profiles": ROWS, "classes": ("low",)}, "the profiles make 2 classes, not 1"),
        ({"profiles": ROWS, "preference": "linear"}, "linear needs q and p"),
    ],
)
def test_profiles_that_make_no_classes_are_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Flowsort(**parameters)


def test_profiles_that_fall_or_name_other_components_are_refused() -> None:
    with pytest.raises(ValueError, match="profile 2 is worse than profile 1 in price"):
        classes(profiles=((0.0, 50.0), (5.0, 60.0), (9.0, 0.0)))
    with pytest.raises(ValueError, match="profiles names x, cost; the components are x, price"):
        classes(profiles={"x": (0, 5, 10), "cost": (0, 50, 100)})
