"""The values of the components of a node as a weighting sees them: by group, with statistics and covariances."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from polars.exceptions import PolarsError

from indicia.defaults import NORMALISATION
from indicia.errors import MethodError, join_names
from indicia.formulas import USED, RecordedFormula, Recorder, column, record_each, used_column
from indicia.formulas.node import identity_key
from indicia.methods import Array, Domain, Expression, Indicators, RandomNumbers, Statistics
from indicia.methods.component_correlations import (
    NO_COMPLETE_UNITS,
    correlations_of,
    covariances,
    rank_correlations,
)
from indicia.methods.kernel_regression import correlations_with, multiple_correlations, slopes
from indicia.methods.profile import Profile, profile
from indicia.tables.evaluate import summarise, summarise_groups
from indicia.tables.scope import ALL_ROWS, StatisticsScope

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    import numpy.typing as npt
    import polars as pl

    from indicia.definition import Direction
    from indicia.partitions.partition import NeedsAllRows
    from indicia.tables.table import Table

    Mask = npt.NDArray[np.bool_]
    _Formula: TypeAlias = Callable[[Expression, Statistics], Expression]

_ROW = "\0row"


@dataclass(frozen=True)
class Groups:
    """The groups of rows within which weights are computed; by default, one group of all rows."""

    sizes: tuple[int, ...]
    rows: pl.Series | None = None
    """The rows of the first group, then those of the second, and so on; None for all rows in their order."""
    keys: pl.DataFrame | None = None
    """One row per group."""

    @cached_property
    def starts(self) -> list[int]:
        """The position of the first row of each group in `rows`."""
        return list(accumulate(self.sizes, initial=0))


def groups_of(table: Table) -> Groups:
    """Return the groups of rows from which a table takes weights."""
    scope = table.weights_scope
    if scope.pooled:
        return Groups((table.units.height,))
    rows = table.units.with_row_index(_ROW)
    rows = rows.filter(scope.reference) if scope.reference is not None else rows
    if not scope.key:
        return Groups((rows.height,), rows[_ROW])
    grouped = rows.group_by(scope.key, maintain_order=True).agg(_ROW)
    if table.partition is not None:  # a group may have all its rows in other partitions
        keys = table.distinct_rows(rows.select(scope.key), "groups of weights")
        grouped = keys.join(grouped, on=scope.key, how="left", nulls_equal=True, maintain_order="left")
    sizes = grouped[_ROW].list.len().fill_null(0)
    return Groups(tuple(sizes), grouped[_ROW].explode().drop_nulls(), grouped.drop(_ROW))


@dataclass(frozen=True)
class ComponentValues:
    """The values of the components of a node, normalised or raw, by group."""

    source: pl.DataFrame
    names: tuple[str, ...]
    groups: Groups
    known_profiles: Mapping[str, Profile] | None = None
    """The profiles over all rows, if they were computed before."""
    scope: StatisticsScope = ALL_ROWS
    """The rows of the group."""
    place: str = ""
    """The name of the values in the run, by which a partition asks for facts of all rows."""
    reductions: Counter[int] = field(default_factory=Counter)
    """The number of reductions that the method has asked for, by group."""
    refusals: list[NeedsAllRows] = field(default_factory=list)
    """The refusals of words that need all rows."""
    of_all_groups: dict[Hashable, Array | None] = field(default_factory=dict)
    """By formula, one statistic per group and component; None if each group has to be computed separately."""

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The rows of the first group, then those of the second, and so on."""
        if self.groups.rows is None:
            return self.source
        return self.source.select(*self.names, *self.used_names)[self.groups.rows]

    @cached_property
    def profiles(self) -> Mapping[str, Profile]:
        """The profiles of the components over all rows."""
        return self.known_profiles or profile(self.frame, self.names)

    def of_group(self, group: int) -> pl.DataFrame:
        """Return the values of the rows of one group."""
        size = self.groups.sizes[group]
        return self.frame if size == self.frame.height else self.frame.slice(self.groups.starts[group], size)

    @cached_property
    def used_names(self) -> tuple[str, ...]:
        """The columns that methods use beside the indicators, under the names that formulas use."""
        return tuple(name for name in self.source.columns if name.startswith(USED))

    def place_of(self, group: int) -> str:
        """Return the name of the values of one group in the run."""
        if self.groups.keys is None:
            return self.place
        return f"{self.place}, {', '.join(map(repr, self.groups.keys.row(group)))}"

    def outside(self, domain: Domain, group: int) -> list[str]:
        """Return the components that have a value outside a domain in one group."""
        suspects = [name for name in self.names if not self.profiles[name].within(domain)]
        profiles = profile(self.of_group(group), suspects) if suspects else {}
        return [name for name in suspects if not profiles[name].within(domain)]

    def each(self, formula: _Formula, group: int, uses: tuple[str, ...] = ()) -> Array:
        """Return one statistic per component of one group.

        A formula that a method uses in the first group is computed for all groups in one query, since the method will
        probably use it in the other groups. A formula with numbers of the first group has another key there.
        """
        key = self._key(formula)
        if group == 0 and key is not None and key not in self.of_all_groups:
            self.of_all_groups[key] = self._summarise_groups(formula, uses)
        statistics_of_groups = self.of_all_groups.get(key)
        if statistics_of_groups is not None:
            return np.array(statistics_of_groups[group])
        place = self.place_of(group)
        statistics = summarise(self.of_group(group), self._recorded(formula, uses), self.scope, place, self._of_rows())
        return np.array([statistics[name] for name in self.names], dtype=float)

    def _of_rows(self) -> dict[tuple[str, ...], Profile]:
        """Return the profiles of the components, where a partition can take statistics from them."""
        if self.scope.partition is None or self.groups.rows is not None or self.known_profiles is None:
            return {}
        return {(name,): self.known_profiles[name] for name in self.names}

    def _key(self, formula: _Formula) -> Hashable:
        if len(self.groups.sizes) == 1 or self.scope.partition is not None:
            return None
        try:
            return identity_key(formula)
        except (TypeError, RecursionError):  # an array in a parameter of the method, for example, has no key
            return None

    def _summarise_groups(self, formula: _Formula, uses: tuple[str, ...]) -> Array | None:
        try:
            statistics = summarise_groups(self.frame, self.groups.sizes, self._recorded(formula, uses))
        except PolarsError:  # computed separately, the faulty group raises the error with its name
            return None
        return None if statistics is None else statistics.to_numpy()

    def _recorded(self, formula: _Formula, uses: tuple[str, ...]) -> dict[str, RecordedFormula]:
        return record_each({name: _ComponentFormula(formula, name, uses) for name in self.names})


@dataclass(frozen=True)
class GroupComponents(Indicators):
    """The components of a node in one group."""

    method: str
    node: str
    names: tuple[str, ...]
    directions: tuple[Direction, ...]
    given: Array
    normalised: ComponentValues
    raw: ComponentValues
    group: int
    nodes: frozenset[str]
    """The components that are nodes, whose values are scores."""
    kinds: set[str]
    """The kinds of values that the method has used: "components" or "raw"."""
    uses: tuple[str, ...] = ()
    """The columns that the method uses beside the indicators."""
    values: Literal["normalised", "raw"] = "normalised"
    random_numbers: RandomNumbers | None = None
    """The random numbers of the units of the group, if the method is random."""

    @property
    def random(self) -> RandomNumbers:
        return super().random if self.random_numbers is None else self.random_numbers

    @property
    def _values(self) -> ComponentValues:
        self.kinds.add("components" if self.values == "normalised" else "raw")
        return self.normalised if self.values == "normalised" else self.raw

    def on(self, values: Literal["normalised", "raw"]) -> GroupComponents:
        return replace(self, values=values)

    def each(self, formula: _Formula, domain: Domain | None = None) -> Array:
        if domain is not None and (outside := self._values.outside(domain, self.group)):
            raise MethodError(
                f"{self.method} of {self.node} needs {domain.value} {self.values} values, unlike {join_names(outside)}",
                remedy=self._remedy(outside),
            )
        return self._values.each(formula, self.group, self.uses)

    def _remedy(self, outside: Sequence[str]) -> str:
        if self.values == "raw":
            return "choose another weighting there"
        if self.nodes.issuperset(outside):
            return f'bring these scores to a scale that has them, such as as_component = "{NORMALISATION}"'
        return f'choose a normalisation that gives them, such as normalisation = "{NORMALISATION}"'

    def correlation(
        self, rows: Literal["pairwise", "complete"] = "pairwise", of: Literal["values", "ranks"] = "values"
    ) -> Array:
        x = self.matrix()
        if of == "ranks":
            return rank_correlations(x, rows)
        size = np.maximum(x.max(axis=0), -x.min(axis=0))
        if np.isnan(size).any():  # fmax ignores gaps, and takes twice as long
            size = np.fmax(np.fmax.reduce(x, axis=0), -np.fmin.reduce(x, axis=0))
        x /= np.where(size > 0, size, 1.0)  # unscaled, squares of very large or small values overflow or underflow
        return correlations_of(*covariances(x, rows))

    def covariance(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        return covariances(self.matrix(), rows)[0]

    def multiple_correlation(self) -> Array:
        values = self.matrix()
        values = values[~np.isnan(values).any(axis=1)]
        if len(values) < 2:
            raise ValueError(NO_COMPLETE_UNITS)
        return multiple_correlations(values)

    def regression(self, column: str) -> Array:
        varying = self._varying()
        coefficients = np.zeros(len(self.names))
        coefficients[varying] = slopes(self.matrix()[:, varying], self.column(column))
        return coefficients

    def correlation_with(self, column: str) -> Array:
        varying = self._varying()
        correlations = np.zeros(len(self.names))
        correlations[varying] = correlations_with(self.matrix()[:, varying], self.column(column))
        return correlations

    def _varying(self) -> Mask:
        return self.each(lambda _, s: s.max - s.min) > 0

    def count_complete(self) -> int:
        return len(self._complete)

    def reduce(
        self,
        function: Callable[[Array], Array],
        join: Callable[[Array, Array], Array] | None = None,  # noqa: ARG002
    ) -> Array:
        return function(self._complete)

    @cached_property
    def _complete(self) -> Array:
        """The values of the units that have all components, shape (n, k), which a method must not change."""
        values = self._matrix()
        complete = ~np.isnan(values).any(axis=1)
        values = values if complete.all() else values[complete]
        values.flags.writeable = False
        return values

    def column(self, name: str) -> Array:
        return self._column(name)

    def _column(self, name: str) -> Array:
        column = used_column(name, self.uses).node.options[0]
        values: Array = self.normalised.of_group(self.group)[column].to_numpy()
        return values

    def matrix(self) -> Array:
        return self._matrix()

    def _matrix(self) -> Array:
        values = self._values.of_group(self.group)[list(self.names)]
        return np.asfortranarray(values.to_numpy(writable=True))  # the order of sums depends on the memory layout


@dataclass(frozen=True)
class _ComponentFormula:
    """The formula of a weighting for one component."""

    formula: _Formula
    name: str
    uses: tuple[str, ...] = ()

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        return self.formula(x, recorder(self.name, x, uses=self.uses))
