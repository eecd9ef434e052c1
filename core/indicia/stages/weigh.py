"""Compute the weights of the components of nodes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

import numpy as np
from polars.exceptions import PolarsError

from indicia.defaults import NORMALISATION
from indicia.definition import Weighing
from indicia.errors import DataError, MethodError, join_names
from indicia.formulas import USED, column, record_each, used_column
from indicia.formulas.node import identity_key
from indicia.methods import Indicators, Weights
from indicia.stages.plugin_boundary import attribute_errors_to, checked_array, plugin_of
from indicia.stages.stage import NodeStage, Record
from indicia.tables.by_group import summarise_groups
from indicia.tables.evaluate import summarise
from indicia.tables.noise import NOISE
from indicia.tables.profile import profile
from indicia.tables.table import NodeColumns
from indicia.tables.weights import NodeWeights

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from indicia.definition import Direction
    from indicia.formulas import RecordedFormula, Recorder
    from indicia.methods import Array, Domain, Expression, Statistics
    from indicia.stages.stage import Fitted
    from indicia.tables.profile import Profile
    from indicia.tables.table import Table

    _Formula: TypeAlias = Callable[[Expression, Statistics], Expression]

_ROW = "\0row"

_CANCELLATION = 1e-3
"""A difference of squares smaller than this share of the squares loses digits: the pair is then centred separately."""


@dataclass(frozen=True)
class Weigh(NodeStage[Weighing]):
    """Compute the weights of the components of nodes, except weights that are known from a former run or a draw."""

    name: ClassVar[str] = "weighting"
    known_weights: Mapping[str, NodeWeights] = field(default_factory=dict)
    """Weights that need not be computed, by node."""

    def reads(self, node: Weighing) -> Iterator[tuple[str, str]]:
        """Yield the components of the node, and their raw values."""
        for part in node.parts:
            yield "components", part.name
            yield "raw", part.name

    def of_nodes(self, table: Table) -> tuple[Weighing, ...]:
        """Return the nodes, without components whose indicators are all left out."""
        dropped = table.dropped
        if not dropped:
            return self.nodes
        nodes = (
            replace(node, parts=tuple(part for part in node.parts if not dropped.issuperset(part.indicators)))
            for node in self.nodes
        )
        return tuple(node for node in nodes if node.parts)

    def make(self, table: Table, fitted: Fitted | None = None) -> tuple[NodeColumns, Record]:
        """Return the weights of the components of each node."""
        nodes, kinds = self.of_nodes(table), set[str]()
        known = fitted.node_weights if fitted else self.known_weights
        if fitted:
            _check_fitted(nodes, fitted)
        node_weights = {node.id: known[node.id] if node.id in known else _weigh(node, table, kinds) for node in nodes}
        warnings = tuple(
            f"{name}: {weights.warning}" for name, weights in node_weights.items() if weights.warning and not fitted
        )
        record = Record(self.name, weights=node_weights, warnings=warnings, kinds_used=frozenset(kinds))
        return NodeColumns(weights=node_weights), record


def _check_fitted(nodes: Iterable[Weighing], fitted: Fitted) -> None:
    """Refuse fitted weights that do not match the components of the nodes."""
    for node in nodes:
        weights = fitted.node_weights.get(node.id)
        groups = () if weights is None or weights.keys is None else (len(weights.keys),)
        if weights is None or weights.values.shape != (*groups, len(node.parts)) or not (weights.values >= 0).all():
            raise DataError(f"the fitted index has no weights of the components of {node.id}", remedy="fit it again")


def _weigh(node: Weighing, table: Table, kinds: set[str]) -> NodeWeights:
    """Compute the weights of a node, over all rows or within groups; a single component has weight 1.

    The kinds of values that the weighting uses are added to `kinds`.
    """
    if len(node.parts) == 1 and node.parts[0].weight:
        return NodeWeights(np.ones(1), {})
    names, groups, components = tuple(part.name for part in node.parts), _groups_of(table), table.columns.components
    used = list(table.used_columns)
    normalised = _Values(
        components.frame.hstack(used) if used else components.frame, names, groups, components.profiles
    )
    raw = _Values(table.raw.hstack(used) if used else table.raw, names, groups)
    group_weights = [_weigh_group(node, normalised, raw, group, kinds) for group in range(len(groups.sizes))]
    if groups.keys is None:
        return group_weights[0]
    by_key = list(zip((" ".join(map(str, key)) for key in groups.keys.iter_rows()), group_weights, strict=True))
    facts = {f"{name} {key}": value for key, weights in by_key for name, value in weights.facts.items()}
    warnings = [f"{key}: {weights.warning}" for key, weights in by_key if weights.warning]
    return NodeWeights(
        np.stack([weights.values for weights in group_weights]), facts, "; ".join(warnings) or None, groups.keys
    )


def _weigh_group(node: Weighing, normalised: _Values, raw: _Values, group: int, kinds: set[str]) -> NodeWeights:
    names = normalised.names
    method = node.weighting
    given = np.array([part.weight for part in node.parts], dtype=float)
    with attribute_errors_to(method, node.id):
        nodes = frozenset(part.name for part in node.parts if part.is_score)
        directions = tuple(part.direction for part in node.parts)
        inputs = (method.name, node.id, names, directions, given)
        result = method.weigh(_Components(*inputs, normalised, raw, group, nodes, kinds, method.used_names))
    weights = result if isinstance(result, Weights) else Weights(result)
    values = checked_array(method, node.id, weights.values, (len(names),))
    _check_weights(node, names, values)
    with np.errstate(over="ignore"):
        overflows = not np.isfinite(values.sum())
    values = values / values.max() if overflows else values  # very large weights have an infinite sum
    return NodeWeights(values / values.sum(), weights.facts, weights.warning)


@dataclass(frozen=True)
class _Groups:
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


def _groups_of(table: Table) -> _Groups:
    scope = table.weights_scope
    if scope.pooled:
        return _Groups((table.units.height,))
    rows = table.units.with_row_index(_ROW)
    rows = rows.filter(scope.reference) if scope.reference is not None else rows
    if not scope.key:
        return _Groups((rows.height,), rows[_ROW])
    grouped = rows.group_by(scope.key, maintain_order=True).agg(_ROW)
    return _Groups(tuple(grouped[_ROW].list.len()), grouped[_ROW].explode(), grouped.drop(_ROW))


@dataclass(frozen=True)
class _Values:
    """The values of the components of a node, normalised or raw, by group."""

    source: pl.DataFrame
    names: tuple[str, ...]
    groups: _Groups
    known_profiles: Mapping[str, Profile] | None = None
    """The profiles over all rows, if they were computed before."""
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
        statistics = summarise(self.of_group(group), self._recorded(formula, uses))
        return np.array([statistics[name] for name in self.names], dtype=float)

    def _key(self, formula: _Formula) -> Hashable:
        if len(self.groups.sizes) == 1:
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


def looks_at_values(node: Weighing) -> bool:
    """Return whether the weights of a node depend on values; the test runs its method on components without values."""
    if len(node.parts) == 1:
        return False
    names = tuple(part.name for part in node.parts)
    directions: tuple[Direction, ...] = tuple("benefit" for _ in names)
    given = np.array([part.weight for part in node.parts], dtype=float)
    try:
        node.weighting.weigh(_HiddenValues(node.id, names, directions, given))
    except _ValuesUsed:
        return True
    except ValueError:
        return False
    return False


def _check_weights(weighed: Weighing, names: tuple[str, ...], values: Array) -> None:
    method, node = weighed.weighting, weighed.id
    if undefined := [name for name, value in zip(names, values, strict=True) if not np.isfinite(value)]:
        raise MethodError(
            f"{method.name} of {node} has no finite weight for {join_names(undefined)}",
            where=plugin_of(method),
            remedy="choose another weighting there",
        )
    if negative := [name for name, value in zip(names, values, strict=True) if value < 0]:
        raise MethodError(
            f"{method.name} of {node} gives a negative weight to {join_names(negative)}",
            where=plugin_of(method),
            remedy="look at its direction, or choose another weighting there",
        )
    if not values.max() > 0:
        raise MethodError(
            f"{method.name} of {node} gives every component weight 0 ({join_names(names)})",
            where=plugin_of(method),
            remedy="choose another weighting there",
            word=_word_of_zero_weights(weighed),
        )


def _word_of_zero_weights(node: Weighing) -> tuple[str, ...]:
    """Return the keys of the first weight of a node if the index file gives all its parts weight 0."""
    first = node.parts[0]
    all_zero = not any(part.weight for part in node.parts)
    return ("dimensions" if first.is_score else "indicators", first.name, "weight") if all_zero else ()


@dataclass(frozen=True)
class _Components(Indicators):
    method: str
    node: str
    names: tuple[str, ...]
    directions: tuple[Direction, ...]
    given: Array
    normalised: _Values
    raw: _Values
    group: int
    nodes: frozenset[str]
    """The components that are nodes, whose values are scores."""
    kinds: set[str]
    """The kinds of values that the method has used: "components" or "raw"."""
    uses: tuple[str, ...] = ()
    """The columns that the method uses beside the indicators."""
    values: Literal["normalised", "raw"] = "normalised"

    @property
    def _values(self) -> _Values:
        self.kinds.add("components" if self.values == "normalised" else "raw")
        return self.normalised if self.values == "normalised" else self.raw

    def on(self, values: Literal["normalised", "raw"]) -> _Components:
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

    def column(self, name: str) -> Array:
        column = used_column(name, self.uses).node.options[0]
        values: Array = self.normalised.of_group(self.group)[column].to_numpy()
        return values

    def matrix(self) -> Array:
        values = self._values.of_group(self.group)[list(self.names)]
        return np.asfortranarray(values.to_numpy(writable=True))  # the order of sums depends on the memory layout

    def correlation(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        x = self.matrix()
        size = np.maximum(x.max(axis=0), -x.min(axis=0))
        if np.isnan(size).any():  # fmax ignores gaps, and takes twice as long
            size = np.fmax(np.fmax.reduce(x, axis=0), -np.fmin.reduce(x, axis=0))
        x /= np.where(size > 0, size, 1.0)  # unscaled, squares of very large or small values overflow or underflow
        covariance, variances = _moments(x, rows)
        variances = np.where(variances > NOISE**2, variances, 0.0)  # values that vary only by noise do not correlate
        scale = np.sqrt(variances * variances.T)
        correlation = np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0)
        np.fill_diagonal(correlation, 1.0)
        return np.clip(correlation, -1.0, 1.0)

    def covariance(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        return _moments(self.matrix(), rows)[0]


@dataclass(frozen=True)
class _ComponentFormula:
    """The formula of a weighting for one component."""

    formula: _Formula
    name: str
    uses: tuple[str, ...] = ()

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        return self.formula(x, recorder(self.name, x, uses=self.uses))


def _moments(x: Array, rows: Literal["pairwise", "complete"]) -> tuple[Array, Array]:
    """Return the covariances (j, k), and the variances of j over the rows in which j and k are present.

    The function may overwrite x.
    """
    gaps = bool(np.isnan(x.sum(axis=0)).any())
    if gaps and rows == "complete":
        x, gaps = x[~np.isnan(x).any(axis=1)], False
    if len(x) < 2:
        raise ValueError("fewer than two units have all components")
    if not gaps:
        x -= x.mean(axis=0)  # sums of squares of centred values lose no digits
        covariance = x.T @ x / (len(x) - 1)
        return covariance, np.broadcast_to(np.diag(covariance)[:, None], covariance.shape)
    present = ~np.isnan(x)
    means = np.divide(np.nansum(x, axis=0), present.sum(axis=0), where=present.any(axis=0), out=np.zeros(x.shape[1]))
    centred, shared = np.where(present, x - means, 0.0), present.astype(float)
    count = shared.T @ shared
    if count.min() < 2:
        raise ValueError("there are two components that fewer than two units share")
    sums = centred.T @ shared
    squares = (centred**2).T @ shared
    covariance = (centred.T @ centred - sums * sums.T / count) / (count - 1)
    variances = (squares - sums**2 / count) / (count - 1)
    inexact = (count - 1) * variances < _CANCELLATION * squares
    for j, k in np.argwhere(np.triu(inexact | inexact.T)):
        shared_rows = x[present[:, j] & present[:, k]][:, [j, k]]
        of_pair = _moments(shared_rows, "complete")[0]
        covariance[j, k] = covariance[k, j] = of_pair[0, 1]
        variances[j, k], variances[k, j] = np.diag(of_pair)
    return covariance, variances


class _ValuesUsed(Exception):
    """A weighting uses values."""


@dataclass(frozen=True)
class _HiddenValues(Indicators):
    """Components that raise an error if a weighting uses their values."""

    node: str
    names: tuple[str, ...]
    directions: tuple[Direction, ...]
    given: Array

    def on(self, values: Literal["normalised", "raw"]) -> _HiddenValues:  # noqa: ARG002
        return self

    def each(self, *_: Any, **__: Any) -> Array:
        raise _ValuesUsed

    def correlation(self, *_: Any, **__: Any) -> Array:
        raise _ValuesUsed

    def covariance(self, *_: Any, **__: Any) -> Array:
        raise _ValuesUsed

    def column(self, *_: Any) -> Array:
        raise _ValuesUsed

    def matrix(self) -> Array:
        raise _ValuesUsed
