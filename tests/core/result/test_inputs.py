"""The manifest names all that scores depend on."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from indicia.catalogue import installed
from indicia.definition import Indicator, Leaf, Missing, Node

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from indicia.index import Index
    from indicia.result import Inputs

    Make = Callable[..., Index]

CHOOSE = installed().choose
ELSEWHERE = {
    "id": "the name under which the other words stand",
    "level": "follows from the components",
    "weight_stated": "for notes; the weight is a word",
    "oriented": "follows from the aggregation",
    "compared": "follows from normalisation and aggregation",
    "seed": "the seed of the run, which stands there once",
    "opposes_parent": "follows from the directions of the node and of its parent",
}
OTHERWISE: dict[type, dict[str, Any]] = {
    Node: {
        "weight": 3.0,
        "components": (),
        "weighting": CHOOSE("weighting", "entropy"),
        "aggregation": CHOOSE("aggregation", "geometric"),
        "missing": Missing(policy="skip"),
        "decimals": 2,
        "rescaling": CHOOSE("normalisation", "rank"),
        "as_component": CHOOSE("normalisation", "rank"),
        "direction": "cost",
        "sum_of_weights": 1.5,
        "shown": (Leaf("age", Indicator(), CHOOSE("normalisation", "rank")),),
    },
    Leaf: {
        "spec": Indicator(cap=9.0),
        "normalisation": CHOOSE("normalisation", "rank"),
        "imputation": CHOOSE("imputation", "mean"),
        "treatment": CHOOSE("treatment", "winsorise"),
        "transform": CHOOSE("treatment", "log"),
        "decimals": 2,
    },
}
"""Another value for each field that scores depend on."""


@pytest.fixture
def inputs(index: Make, cities: pl.DataFrame) -> Inputs:
    indicators = {"income": {"dimension": "wealth"}, "people": {"dimension": "wealth"}, "co2": {}}
    return index(indicators, dimensions={"wealth": {}}).score(cities).inputs


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field.name) for kind in (Node, Leaf) for field in fields(kind)], ids=str
)
def test_a_field_of_the_tree_that_scores_depend_on_is_in_the_manifest(inputs: Inputs, kind: type, field: str) -> None:
    """A new field of `Node` or `Leaf` fails here until `result/inputs.py` writes it."""
    if field in ELSEWHERE:
        return
    tree = inputs.tree
    number, part = next((at, part) for at, part in enumerate(tree.components) if isinstance(part, kind))
    other = replace(part, **{field: OTHERWISE[kind][field]})
    components = tuple(other if at == number else one for at, one in enumerate(tree.components))
    assert replace(inputs, tree=replace(tree, components=components)).methodology != inputs.methodology
