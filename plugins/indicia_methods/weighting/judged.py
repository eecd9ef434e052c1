"""Types of parameters that hold judgements: one table, or one table for each node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import numpy as np
from pydantic import Discriminator, Field, Tag, WithJsonSchema

from indicia.methods import PairwiseComparisons, Property, Ratings
from indicia.methods.judgements import is_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.methods import Array
    from indicia_methods.arrays import Mask

T = TypeVar("T")

ANY_VALUES = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
"""Properties of weightings that do not depend on the data."""

_SINGLE, _BY_NODE = "[one]", "[each]"


def _tag_of_tables(value: object) -> str:
    return _BY_NODE if isinstance(value, Mapping) else _SINGLE


def _tag_of_ratings(value: object) -> str:
    if not isinstance(value, Mapping):
        return _SINGLE
    return _BY_NODE if any(map(_is_table, value.values())) else _SINGLE


def _is_table(value: object) -> bool:
    if isinstance(value, str):
        return value != "" and not is_number(value)
    if isinstance(value, (list, tuple)):
        return any(isinstance(row, (list, tuple)) for row in value)
    return isinstance(value, (Mapping, Ratings))


def _schema(single: dict[str, Any], *others: dict[str, Any]) -> WithJsonSchema:
    by_node = {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, single, {"type": "object"}]}}
    return WithJsonSchema({"anyOf": [{"type": "string"}, single, *others, by_node]})


Tables = Annotated[
    Annotated[PairwiseComparisons, Tag(_SINGLE)] | Annotated[dict[str, PairwiseComparisons], Tag(_BY_NODE)],
    Discriminator(_tag_of_tables),
    _schema({"type": "array", "items": {"type": ["array", "string"]}}),
]
"""Square tables of comparisons: of one node, or by node."""

Numbers = Annotated[
    Annotated[Ratings, Tag(_SINGLE)] | Annotated[dict[str, Ratings], Tag(_BY_NODE)],
    Discriminator(_tag_of_ratings),
    _schema(
        {"type": "array", "items": {"type": "array"}},
        {"type": "object", "additionalProperties": {"type": ["number", "string", "array"]}},
    ),
]
"""Numbers for each component: of one node, or by node."""

JudgeWeights = Annotated[
    dict[str, float] | None, Field(description="importance of each judge, by name; equal if omitted")
]


def judgements_of(judgements: T | dict[str, T], node: str) -> T:
    """Return the judgements of the components of a node."""
    if not isinstance(judgements, dict):
        return judgements
    if node not in judgements:
        gap = f"no judgements for {node}, only for {', '.join(judgements)}"
        raise ValueError(f"{gap}: add judgements for {node}, or choose another weighting for it")
    return judgements[node]


def check_each(judgements: T | dict[str, T], check: Callable[[T], object]) -> None:
    """Check the judgements of each node, and add the name of the node to a ValueError."""
    if not isinstance(judgements, dict):
        check(judgements)
        return
    if not judgements:
        raise ValueError("there are no judgements")
    for node, judged in judgements.items():
        try:
            check(judged)
        except ValueError as error:
            raise ValueError(f"{node}: {error}") from error


def refuse(names: Sequence[str], faulty: Mask | np.bool_, rule: str) -> None:
    """Raise a ValueError that states the rule and names the components that break it."""
    if refused := [name for name, fault in zip(names, np.atleast_1d(faulty), strict=True) if fault]:
        raise ValueError(f"{rule}, unlike {', '.join(refused)}")


def judge_shares(weights: dict[str, float] | None, judges: Sequence[str]) -> Array:
    """Return the importance of each judge, scaled to sum 1."""
    if weights is None:
        return np.full(len(judges), 1 / len(judges))
    unknown = [judge for judge in weights if judge not in judges]
    missing = [judge for judge in judges if judge not in weights]
    if unknown or missing:
        faults = [f"{', '.join(unknown)} did not judge"] if unknown else []
        faults += [f"{', '.join(missing)} has no weight"] if missing else []
        raise ValueError(f"judge_weights: {'; '.join(faults)}; the judges are {', '.join(judges)}")
    importance = np.array([weights[judge] for judge in judges], dtype=float)
    if importance.min() < 0 or not importance.sum() > 0:
        raise ValueError("judge_weights must not be negative, nor all zero")
    scaled: Array = importance / importance.sum()
    return scaled
