"""The region of the weights of one node that satisfy linear constraints: a polytope within the simplex."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.errors import DefinitionError, IndiciaError, join_names, require_optional
from indicia.methods.numbers import widened

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_robustness.weight_regions.language import Constraint

    Integers = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

_TOLERANCE = 1e-9
"""Slack below this share of a constraint's largest coefficient is none: users round bounds to a few decimals."""
_MOVE = 1e-4
"""The largest change of a weight by which constraints without slack are satisfied exactly."""
LEVEL = 1e-13
"""Scores that differ by less than this share of the largest score are equal."""
_LARGEST_SCALE = 1e6
"""The largest factor by which the slack of a constraint is enlarged to tell it from none."""


@dataclass(frozen=True)
class WeightRegion:
    """The weights w of named parts with w ≥ 0, Σ w = 1 and linear constraints.

    Parameters
    ----------
    names : tuple of str
        The names of the k parts.
    constraints : tuple of Constraint
        The constraints on their weights.

    Raises
    ------
    DefinitionError
        If no weights, or all weights, satisfy a constraint; if constraints contradict each other, with their texts.
    MissingDependency
        Without scipy, if there are constraints.
    """

    names: tuple[str, ...]
    constraints: tuple[Constraint, ...] = ()

    def __post_init__(self) -> None:
        for constraint in self.constraints:
            self._check(constraint)

    @cached_property
    def inequalities(self) -> tuple[Array, Array]:
        """The rows A (m, k) and bounds b (m,) of A w ≤ b: first -w ≤ 0 for each part, then the constraints.

        A row is scaled so that its largest coefficient is 1.
        """
        rows = self._rows([constraint for constraint in self.constraints if not constraint.is_equality])
        count = len(self.names)
        return np.concatenate([-np.eye(count), rows[:, :-1]]), np.concatenate([np.zeros(count), rows[:, -1]])

    @cached_property
    def equalities(self) -> tuple[Array, Array]:
        """The rows A (e, k) and values b (e,) of A w = b, without those of inequalities that hold as equalities."""
        rows = self._rows([constraint for constraint in self.constraints if constraint.is_equality])
        return rows[:, :-1], rows[:, -1]

    @cached_property
    def interior(self) -> tuple[Array, Mask]:
        """A point in the relative interior, (k,), and a mask of the inequalities that hold as equalities, (m,)."""
        count = len(self.names)
        if not self.constraints:
            return np.full(count, 1 / count), np.zeros(len(self.inequalities[0]), dtype=bool)
        found = _interior(*self.inequalities, *self.equalities)
        if found is None:
            raise self._contradiction()
        point, implied = found
        (rows, bounds), (equal, values) = self.inequalities, self.equalities
        exact = np.concatenate([np.ones((1, count)), equal, rows[implied]])
        error = exact @ point - np.concatenate([[1.0], values, bounds[implied]])
        move = np.linalg.lstsq(exact, error, rcond=None)[0]
        if np.abs(move).max() > _MOVE or np.abs(exact @ move - error).max() > _TOLERANCE:
            texts = join_names((f'"{constraint.text}"' for constraint in self.constraints), limit=20)
            raise DefinitionError(
                f"{texts} leave a weight of {join_names(self.names)} less than a millionth of room",
                remedy="write an equality, such as a = b, or relax a constraint",
            )
        return point - move, implied

    @property
    def dimension(self) -> int:
        """The dimension of the region: 0 if only one vector of weights satisfies the constraints."""
        return int(self.directions.shape[1])

    @cached_property
    def all_equalities(self) -> tuple[Array, Array]:
        """The rows and values of all equalities, those of inequalities too, without the sum."""
        (rows, bounds), (equal, values), implied = self.inequalities, self.equalities, self.interior[1]
        return np.concatenate([equal, rows[implied]]), np.concatenate([values, bounds[implied]])

    @cached_property
    def directions(self) -> Array:
        """An orthonormal basis of the directions in which weights can move within the region, (k, dimension)."""
        rows = np.concatenate([np.ones((1, len(self.names))), self.all_equalities[0]])
        _, sizes, right = np.linalg.svd(rows)
        rank = int((sizes > _TOLERANCE * sizes.max()).sum())
        basis: Array = right[rank:].T
        return basis

    @cached_property
    def facets(self) -> tuple[Array, Array]:
        """The rows (m, k) and bounds (m,) of the inequalities that bound the region within its affine hull."""
        rows, bounds = self.inequalities
        sizes = np.abs(np.einsum("mk,kd->md", rows, self.directions)).max(axis=1, initial=0.0)
        kept = ~self.interior[1] & (sizes > _TOLERANCE)
        return rows[kept], bounds[kept]

    def level_groups(self, scores: Array) -> Integers:
        """Return the group of each row of scores (n, k), (n,): rows in a group have the same score for all weights.

        The number of a group is that of its first row.

        >>> from indicia_robustness.weight_regions.language import read_constraints
        >>> rows = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
        >>> WeightRegion(("a", "b")).level_groups(rows).tolist()
        [0, 1, 0]
        >>> WeightRegion(("a", "b"), read_constraints(["a = b"])).level_groups(rows).tolist()
        [0, 0, 0]
        """
        # within the region, a score is determined by its value at a point and its slopes
        facts = np.column_stack([scores @ self.interior[0], scores @ self.directions])
        noise = LEVEL * np.abs(scores).max(initial=0.0)
        groups = np.arange(len(scores))
        for row in range(len(scores)):
            if groups[row] == row:
                later = groups[row + 1 :]
                is_level = (np.abs(facts[row + 1 :] - facts[row]) <= noise).all(axis=1)
                later[is_level & (later == np.arange(row + 1, len(scores)))] = row
        return groups

    @property
    def box(self) -> tuple[Array, Array] | None:
        """The limits (low, high) of each weight if constraints are bounds of single weights only; else None."""
        low, high = np.zeros(len(self.names)), np.ones(len(self.names))
        for constraint in self.constraints:
            if len(constraint.coefficients) > 1:
                return None
            ((name, coefficient),) = constraint.coefficients
            number, bound = self.names.index(name), constraint.bound / coefficient
            if constraint.is_equality or coefficient > 0:
                high[number] = min(high[number], bound)
            if constraint.is_equality or coefficient < 0:
                low[number] = max(low[number], bound)
        return low, high

    def extremes(self, objective: Array, rows: Array, bounds: Array) -> tuple[float, float] | None:
        """Return the smallest and the largest value of an objective (k,) over the weights with rows w ≤ bounds too.

        None if no weights of the region satisfy these further inequalities.
        """
        own, own_bounds = self.inequalities
        equal, values = self.equalities
        system = np.concatenate([own, rows]), np.concatenate([own_bounds, bounds])
        ends = [_minimum(sign * objective, *system, equal, values) for sign in (1.0, -1.0)]
        if ends[0] is None or ends[1] is None:
            return None
        return ends[0], -ends[1]

    def _rows(self, constraints: Sequence[Constraint]) -> Array:
        """Return the coefficients and the bound of constraints, (m, k + 1), the largest coefficient of each being 1."""
        rows = np.zeros((len(constraints), len(self.names) + 1))
        for row, constraint in zip(rows, constraints, strict=True):
            for name, coefficient in constraint.coefficients:
                row[self.names.index(name)] = coefficient
            row[-1] = constraint.bound
            row /= np.abs(row[:-1]).max()
        return rows

    def _check(self, constraint: Constraint) -> None:
        """Refuse a constraint that no weights satisfy, or that excludes none."""
        coefficients = np.zeros(len(self.names))
        for name, coefficient in constraint.coefficients:
            coefficients[self.names.index(name)] = coefficient
        size = np.abs(coefficients).max()
        low, high = widened(coefficients.min() / size, coefficients.max() / size)
        bound = constraint.bound / size
        remedy = "weights of a node are shares that sum to 1: write 0.2 or 20%"
        if bound < low or (constraint.is_equality and bound > high):
            raise DefinitionError(f'no weights of {join_names(self.names)} satisfy "{constraint.text}"', remedy=remedy)
        if bound > high:
            raise DefinitionError(
                f'the constraint "{constraint.text}" excludes no weights of {join_names(self.names)}', remedy=remedy
            )

    def _contradiction(self) -> IndiciaError:
        """Return the error with a smallest set of constraints that contradict each other."""
        kept = list(self.constraints)
        for constraint in self.constraints:
            others = [other for other in kept if other is not constraint]
            region = WeightRegion(self.names, tuple(others))
            if others and _interior(*region.inequalities, *region.equalities) is None:
                kept = others
        texts = join_names((f'"{constraint.text}"' for constraint in kept), limit=20)
        return DefinitionError(
            f"no weights of {join_names(self.names)} satisfy {texts} together, from 0 up with sum 1",
            remedy="relax or leave out one of these constraints",
        )


def _interior(rows: Array, bounds: Array, equal: Array, values: Array) -> tuple[Array, Mask] | None:
    """Return a point in the relative interior, and a mask of the inequalities without slack; None without a point.

    One linear programme in x = s w, the scale s ≥ 1 and slacks t ≤ 1: maximise Σ t with A x + t ≤ b s. A large scale
    makes every slack that is possible at all as large as 1.
    """
    count, parts = rows.shape
    programme = require_optional("scipy.optimize", "constraints on weights", "scipy").linprog(
        np.concatenate([np.zeros(parts + 1), -np.ones(count)]),
        A_ub=np.concatenate([rows, -bounds[:, None], np.eye(count)], axis=1),
        b_ub=np.zeros(count),
        A_eq=np.concatenate(
            [
                np.concatenate([np.ones(parts), [-1.0], np.zeros(count)])[None],
                np.concatenate([equal, -values[:, None], np.zeros((len(equal), count))], axis=1),
            ]
        ),
        b_eq=np.zeros(1 + len(equal)),
        bounds=[(0, None)] * parts + [(1, _LARGEST_SCALE)] + [(0, 1)] * count,
        method="highs",
    )
    if programme.status != 0:
        return None
    point = np.clip(programme.x[:parts] / programme.x[parts], 0.0, None)
    return point / point.sum(), programme.x[parts + 1 :] < 0.5


def _minimum(objective: Array, rows: Array, bounds: Array, equal: Array, values: Array) -> float | None:
    """Return the smallest value of an objective over a region; None if the region is empty."""
    optimize: Any = require_optional("scipy.optimize", "bounds of weights", "scipy")
    programme = optimize.linprog(
        objective,
        A_ub=rows,
        b_ub=bounds,
        A_eq=np.concatenate([np.ones((1, len(objective))), equal]),
        b_eq=np.concatenate([[1.0], values]),
        bounds=(0, None),
        method="highs",
    )
    return None if programme.status != 0 else float(programme.fun)
