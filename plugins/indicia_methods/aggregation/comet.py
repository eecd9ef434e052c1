"""COMET: an expert compares characteristic objects, and the scores of units are interpolated between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import (
    Aggregation,
    Array,
    FormulaParser,
    MatrixAggregation,
    MatrixContext,
    Normalisation,
    PairwiseComparisons,
    Property,
)
from indicia_methods.aggregation.percomponent import check_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.methods.contract import DetailTable

_ROWS = 4096
"""Units computed at a time, so that arrays fit in the cache of a processor."""

_OBJECTS = 1_000_000
"""The largest number of characteristic objects, whose preferences a machine holds in memory with those of units."""

_ROUNDING = 1e-12
"""Scores of objects that differ by at most this share of the largest are equal."""


@dataclass(frozen=True)
class Comet(MatrixAggregation):
    """Interpolate between characteristic objects that an expert has compared.

    The objects are all combinations of the characteristic values, the last component changing fastest. The expert is a
    table of judgements, an expression, or an aggregation. A judgement is 1 if the object of the row is better than that
    of the column, 0 if it is worse, and 0.5 if they are equal. An expression over the raw values of the components,
    such as "speed - 0.1 * price", scores the objects, and higher is better. So does an aggregation such as `topsis`,
    with its normalisation and the weights and directions of the components. The preferences of the objects run from 0
    to 1 in equal steps, by their sums of judgements or by their scores. Values are raw, of costs too, and must lie
    between the characteristic values. A missing value belongs to each characteristic value in equal parts. Weights
    count only for an aggregation that scores the objects; a run over partitions then refuses the method.
    """

    name = "comet"
    reference = "Sałabun (2015), Journal of Multi-Criteria Decision Analysis 22(1-2)"
    formula = (
        r"\sum_{i_1, \dots, i_k} p_{i_1 \dots i_k} \prod_j \mu_{i_j}(x_j), \quad \mu_{i_j} \text{ triangular, } 1 "
        r"\text{ at its own characteristic value in } c_j \text{ and } 0 \text{ at the next ones}<expression>"
    )
    symbols = {"values": "c_j", "expression": "f"}
    variants = {
        "expression": {
            None: "",
            ...: r", \quad p = \frac{\text{place of } f \text{ among its distinct values} - 1}{\text{number} - 1}",
        },
    }
    canonical_normalisation = "none"
    example = (
        "comet(values={'x0': [-1000, 1000], 'x1': [-1000, 1000], 'x2': [-1000, 1000]}, judgements=["
        "[0.5, 0, 0, 0, 0, 0, 0, 0], [1, 0.5, 0.5, 0, 0.5, 0, 0, 0], [1, 0.5, 0.5, 0, 0.5, 0, 0, 0], "
        "[1, 1, 1, 0.5, 1, 0.5, 0.5, 0], [1, 0.5, 0.5, 0, 0.5, 0, 0, 0], [1, 1, 1, 0.5, 1, 0.5, 0.5, 0], "
        "[1, 1, 1, 0.5, 1, 0.5, 0.5, 0], [1, 1, 1, 1, 1, 1, 1, 0.5]])"
    )
    properties = frozenset({Property.FREE_OF_RANK_REVERSAL, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    detail_tables = {
        "objects": "a characteristic object: its values, the sum of its judgements or its score, higher is better, and "
        "its preference"
    }

    values: Annotated[
        tuple[tuple[float, ...], ...] | dict[str, tuple[float, ...]],
        Field(description="characteristic values of each component, ascending: a list, or by name"),
    ]
    judgements: Annotated[
        PairwiseComparisons | None,
        Field(description="comparisons of objects, 1, 0.5 or 0: rows, or the path of a CSV file"),
    ] = None
    expression: Annotated[
        str | None, Field(description="instead of judgements: a score of objects, from raw values of components")
    ] = None
    expert: Annotated[
        Aggregation | None,
        Field(description="instead of judgements: an aggregation that scores objects, such as topsis"),
    ] = None
    expert_normalisation: Annotated[
        Normalisation | None, Field(description="with expert: the normalisation before it; its default if omitted")
    ] = None

    def __post_init__(self) -> None:
        for number, points in enumerate(self._characteristic_values, start=1):
            if len(points) < 2 or any(low >= high for low, high in pairwise(points)):
                raise ValueError(f"component {number} needs two or more characteristic values, in ascending order")
        objects = prod(len(points) for points in self._characteristic_values)
        if objects > _OBJECTS:
            raise ValueError(f"{objects:,} characteristic objects are too many: give fewer characteristic values")
        experts = {"judgements": self.judgements, "expression": self.expression, "expert": self.expert}
        stated = [name for name, value in experts.items() if value is not None]
        if len(stated) != 1:
            found = f", not {' and '.join(stated)}" if stated else ""
            raise ValueError(f"needs judgements, an expression, or an aggregation as expert{found}")
        if self.expert_normalisation is not None and self.expert is None:
            raise ValueError("expert_normalisation goes with an aggregation as expert")
        if self.expert is not None and self.expert.used_names:
            raise ValueError(f"{self.expert.name} uses {', '.join(self.expert.used_names)}, which only units have")
        if self.judgements is not None:
            _check_judgements(self.judgements, objects)
        if self.expression is not None:
            _parser([*self.values] if isinstance(self.values, dict) else None).read(self.expression)

    @property
    def _characteristic_values(self) -> tuple[tuple[float, ...], ...]:
        return tuple(self.values.values()) if isinstance(self.values, dict) else self.values

    @property
    def oriented(self) -> bool:
        return False

    @property
    def uses_weights(self) -> bool:  # type: ignore[override]
        return self.expert is not None and self.expert.uses_weights

    @property
    def row_by_row(self) -> bool:  # type: ignore[override]
        return not self.uses_weights

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        components, memberships = self._components(context), []
        for name, points in zip(components, self._characteristic_values, strict=True):
            column = values[:, context.components.index(name)]
            if ((column < points[0]) | (column > points[-1])).any():
                raise ValueError(f"a value of {name} is outside of {points[0]:g} to {points[-1]:g}: extend values")
            memberships.append(_memberships(column, np.array(points)))
        scores, preference = np.empty(len(values)), self._preference(components, weights, context)
        for start in range(0, len(values), _ROWS):
            rows = slice(start, start + _ROWS)
            preferences_left = np.broadcast_to(preference, (len(scores[rows]), *preference.shape))
            for membership in memberships:
                preferences_left = np.einsum("ni,ni...->n...", membership[rows], preferences_left)
            scores[rows] = preferences_left
        return scores

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        components = self._components(context)
        if taken := [name for name in components if name in ("judged", "preference")]:
            raise ValueError(f'has a column "{taken[0]}" of its own in this table: give the component another name')
        objects = np.array(list(product(*self._characteristic_values)))
        return {
            **{name: objects[:, number] for number, name in enumerate(components)},
            "judged": self._scores_of_objects(components, weights, context),
            "preference": self._preference(components, weights, context).ravel(),
        }

    def _components(self, context: MatrixContext) -> list[str]:
        """Return the components in the order of their characteristic values."""
        components = list(self.values) if isinstance(self.values, dict) else list(context.components)
        if sorted(components) != sorted(context.components) or len(components) != len(self._characteristic_values):
            listed = ", ".join(components[: len(self._characteristic_values)])
            raise ValueError(f"values has points of {listed}; the components are {', '.join(context.components)}")
        return components

    def _preference(self, components: Sequence[str], weights: Array, context: MatrixContext) -> Array:
        """Return the preference of each object; the array has a dimension for each component."""
        level = _levels(self._scores_of_objects(components, weights, context))
        preference: Array = level.reshape([len(points) for points in self._characteristic_values])
        preference /= max(preference.max(), 1.0)
        return preference

    def _scores_of_objects(self, components: Sequence[str], weights: Array, context: MatrixContext) -> Array:
        """Return the sums of judgements, or the scores by the expression or the expert."""
        if self.judgements is not None:
            sums: Array = np.array(self.judgements.tables[0], dtype=float).sum(axis=1)
            return sums
        objects = list(product(*self._characteristic_values))
        if self.expression is not None:
            return _evaluate(_parser(components).read(self.expression), components, objects)
        assert self.expert is not None
        assert context.score_rows is not None, "the core passes it"
        in_order = [components.index(name) for name in context.components]
        scores = context.score_rows(self.expert, self.expert_normalisation, np.array(objects)[:, in_order], weights)
        return -scores if self.expert.low_is_best else scores


def _check_judgements(judgements: PairwiseComparisons, objects: int) -> None:
    """Refuse judgements that are no complete comparison of the objects."""
    if len(judgements.tables) > 1:
        raise ValueError("judgements must be a single table: combine the tables of several experts first")
    matrix = np.array(judgements.tables[0], dtype=float)
    if objects != len(matrix):
        raise ValueError(f"judgements compare {len(matrix)} objects, and there are {objects} characteristic objects")
    if not (np.isin(matrix, (0.0, 0.5, 1.0)).all() and np.array_equal(matrix + matrix.T, np.ones_like(matrix))):
        raise ValueError("judgements must be 1, 0.5 or 0, and the two judgements of a pair must add up to 1")


def _parser(components: Sequence[str] | None) -> FormulaParser[Mapping[str, float]]:
    """Return the parser of expressions over components; None if their names are unknown yet."""

    def word(name: str) -> Callable[[Mapping[str, float]], float]:
        if components is not None:
            check_names("expression", [name], components)
        return lambda values: values[name]

    return FormulaParser(word, quoted=word)


def _evaluate(
    score: Callable[[Mapping[str, float]], object], components: Sequence[str], objects: Sequence[tuple[float, ...]]
) -> Array:
    """Return the values of an expression for the objects."""
    scores = []
    for values in objects:
        named = dict(zip(components, values, strict=True))
        try:
            scores.append(score(named))
        except ValueError as error:
            place = ", ".join(f"{name} = {value:g}" for name, value in named.items())
            raise ValueError(f"expression has no value for the object with {place}: {error}") from error
    return np.array(scores, dtype=float)


def _levels(scores: Array) -> Array:
    """Return the place of each score among the distinct scores, 0 for the lowest; rounding errors are no difference."""
    order = np.argsort(scores, kind="stable")
    rises = np.diff(scores[order]) > _ROUNDING * np.abs(scores).max()
    levels = np.zeros(len(scores))
    levels[order[1:]] = np.cumsum(rises)
    return levels


def _memberships(column: Array, points: Array) -> Array:
    """Return the memberships of values in the characteristic values, shape (n, count); equal if missing."""
    memberships = np.full((len(column), len(points)), 1 / len(points))
    present = np.flatnonzero(~np.isnan(column))
    place = np.clip(np.searchsorted(points, column[present], side="right") - 1, 0, len(points) - 2)
    share = (column[present] - points[place]) / (points[place + 1] - points[place])
    memberships[present] = 0.0
    memberships[present, place], memberships[present, place + 1] = 1 - share, share
    return memberships
