"""Every method that we ship is held to what it declares, and to what every method promises: see `checks.py`."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

import pytest

from indicia.catalogue import installed
from indicia.methods import PairwiseMatrix

if TYPE_CHECKING:
    from collections.abc import Callable

PARAMETERS: dict[tuple[str, str], dict[str, Any]] = {
    ("aggregation", "choquet"): {
        "capacity": {"x0": 0.2, "x1": 0.3, "x2": 0.25, "x0+x1": 0.6, "x0+x2": 0.5, "x1+x2": 0.7}
    },
    ("aggregation", "formula"): {"expression": "mean(each) + lowest(each) / 2"},
    ("aggregation", "generalised"): {"p": 2.0},
    ("normalisation", "box_cox"): {"power": 0.5},
    ("normalisation", "distance_to_reference"): {"unit": "u0"},
    ("normalisation", "formula"): {"expression": "(x - mean) / (max - min)"},
    ("weighting", "ahp"): {"matrix": PairwiseMatrix(((1, 2, 4), (1 / 2, 1, 2), (1 / 4, 1 / 2, 1)), ("x0", "x1", "x2"))},
}
"""Values for the parameters that a method asks for; components are called x0, x1 and x2, units u0, u1 and so on."""


OFFERS = installed().offers


def choice(kind: str, name: str) -> dict[str, Any]:
    parameters = PARAMETERS.get((kind, name), {})
    asked = {
        one.name
        for one in fields(OFFERS[kind, name].method)
        if one.default is MISSING and one.default_factory is MISSING
    }
    if missing := asked - parameters.keys():
        pytest.fail(
            f'{name} asks for {", ".join(sorted(missing))}: add ("{kind}", "{name}") to PARAMETERS in {__file__}'
        )
    return {"method": name, **parameters}


def test_a_method_keeps_its_promises(kind: str, name: str, check: Callable[..., None]) -> None:
    check(choice(kind, name), kind)
