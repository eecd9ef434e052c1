"""Judgements as parameters: one table, or one per dimension."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import numpy as np
from pydantic import Discriminator, Field, Tag, WithJsonSchema

from indicia.methods import PairwiseComparisons, Property, Ratings
from indicia.methods.judgements import is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from indicia.methods import Array

T = TypeVar("T")

ANY_VALUES = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
"""What holds of weights that do not look at the data."""

_ONE, _EACH = "[one]", "[each]"


def _tables(value: object) -> str:
    return _EACH if isinstance(value, Mapping) else _ONE


def _ratings(value: object) -> str:
    if not isinstance(value, Mapping):
        return _ONE
    return _EACH if any(map(_is_table, value.values())) else _ONE


def _is_table(value: object) -> bool:
    if isinstance(value, str):
        return value != "" and not is_number(value)
    if isinstance(value, (list, tuple)):
        return any(isinstance(row, (list, tuple)) for row in value)
    return isinstance(value, (Mapping, Ratings))


def _described(one: dict[str, Any], *others: dict[str, Any]) -> WithJsonSchema:
    each = {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, one, {"type": "object"}]}}
    return WithJsonSchema({"anyOf": [{"type": "string"}, one, *others, each]})


Tables = Annotated[
    Annotated[PairwiseComparisons, Tag(_ONE)] | Annotated[dict[str, PairwiseComparisons], Tag(_EACH)],
    Discriminator(_tables),
    _described({"type": "array", "items": {"type": ["array", "string"]}}),
]
"""Square tables, of one node or of each."""

Numbers = Annotated[
    Annotated[Ratings, Tag(_ONE)] | Annotated[dict[str, Ratings], Tag(_EACH)],
    Discriminator(_ratings),
    _described(
        {"type": "array", "items": {"type": "array"}},
        {"type": "object", "additionalProperties": {"type": ["number", "string", "array"]}},
    ),
]
"""Numbers by component, of one node or of each."""

JudgeWeights = Annotated[
    dict[str, float] | None, Field(description="how much each judge counts, by name; all the same if not given")
]


def of_node(judgements: T | dict[str, T], node: str) -> T:
    """Return the judgements about the parts of a node."""
    if not isinstance(judgements, dict):
        return judgements
    if node not in judgements:
        told = f"no judgements for {node}; there are some for {', '.join(judgements)}"
        raise ValueError(f"{told}: give it some too, or a weighting of its own")
    return judgements[node]


def check(judgements: T | dict[str, T], one: Callable[[T], object]) -> None:
    """Check the judgements of each dimension, and say of which one a ValueError is."""
    if not isinstance(judgements, dict):
        one(judgements)
        return
    if not judgements:
        raise ValueError("there are no judgements")
    for node, of_it in judgements.items():
        try:
            one(of_it)
        except ValueError as error:
            raise ValueError(f"{node}: {error}") from error


def refuse(names: Sequence[str], found: npt.NDArray[np.bool_] | np.bool_, what: str) -> None:
    """Refuse components for which something is found, by name."""
    if unfit := [name for name, one in zip(names, np.atleast_1d(found), strict=True) if one]:
        raise ValueError(f"{what}, unlike {', '.join(unfit)}")


def shares(weights: dict[str, float] | None, judges: Sequence[str]) -> Array:
    """Return how much each judge counts, summing to 1."""
    if weights is None:
        return np.full(len(judges), 1 / len(judges))
    unknown = [judge for judge in weights if judge not in judges]
    lacking = [judge for judge in judges if judge not in weights]
    if unknown or lacking:
        told = [f"{', '.join(unknown)} did not judge"] if unknown else []
        told += [f"{', '.join(lacking)} has no weight"] if lacking else []
        raise ValueError(f"judge_weights: {'; '.join(told)}; the judges are {', '.join(judges)}")
    counted = np.array([weights[judge] for judge in judges], dtype=float)
    if counted.min() < 0 or not counted.sum() > 0:
        raise ValueError("judge_weights must not be negative, nor all zero")
    share: Array = counted / counted.sum()
    return share
