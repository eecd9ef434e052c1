"""How much each component of a node counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from indicia.definition import Leaf, text
from indicia.engine.guard import asked, numbers, plugin_of
from indicia.engine.keyed import matched
from indicia.engine.noise import NOISE
from indicia.engine.profile import Columns, profile
from indicia.engine.settle import Over, summarise
from indicia.errors import MethodError, listed
from indicia.formulas import column
from indicia.methods import Indicators, Weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from indicia.definition import Definition, Node
    from indicia.engine.prepare import Prepared
    from indicia.formulas import Recorder
    from indicia.methods import Array, Domain, Expression, Statistics, Weighting


_LOST = 1e-3
"""Where less is left of the squares about the mean of all, a pair is centred on the mean of the rows that it shares."""


@dataclass(frozen=True)
class Weighed:
    """The weights of a node's components, scaled to sum 1, and what their method had to tell."""

    values: Array
    """Shape (k,); where weights differ between groups of rows (g, k)."""
    facts: Mapping[str, float | str]
    warning: str | None = None
    keys: pl.DataFrame | None = None
    """The g groups, one row each."""
    of_normalised: bool = True
    """Whether the method looked at normalised values."""

    def of_rows(self, units: pl.DataFrame) -> Array:
        """Return the weights of each row, shape (n, k): those of its group, or the same in all."""
        if self.keys is None:
            return np.tile(self.values, (len(units), 1))
        found: Array = self.values[_places(units, self.keys).to_numpy()]
        return found


def weigh(node: Node, normalised: Columns, raw: pl.DataFrame, prepared: Prepared, over: Over) -> Weighed:
    """Weigh the components of a node, over all rows or within groups; a single one counts all."""
    if len(node.components) == 1 and node.components[0].weight:
        return Weighed(np.ones(1), {})
    if over.pooled:
        return _weighed(node, normalised, raw)
    names = [part.id for part in node.components]
    rows = prepared.units.with_row_index("\0row")
    rows = rows.filter(over.reference) if over.reference is not None else rows
    groups = rows.group_by(over.key, maintain_order=True) if over.key else [((), rows)]
    found = {
        key: _weighed(
            node, Columns.of(normalised.frame.select(names)[group["\0row"]]), raw.select(names)[group["\0row"]]
        )
        for key, group in groups
    }
    if not over.key:
        return found[()]
    facts = {
        f"{name} {' '.join(map(str, key))}": value for key, one in found.items() for name, value in one.facts.items()
    }
    warned = [f"{' '.join(map(str, key))}: {one.warning}" for key, one in found.items() if one.warning]
    keys = pl.DataFrame(list(found), schema=prepared.units.select(over.key).schema, orient="row")
    return Weighed(np.stack([one.values for one in found.values()]), facts, "; ".join(warned) or None, keys)


def weights(definition: Definition, tree: Node, weighed: Mapping[str, Weighed]) -> pl.DataFrame:
    """Return weights and effective weights; where they differ between groups, those of each, its key in front."""
    keys = next((one.keys for one in weighed.values() if one.keys is not None), None)
    if keys is None:
        return _weights_of_group(definition, tree, weighed, 0)
    return pl.concat(
        keys[number : number + 1].join(_weights_of_group(definition, tree, weighed, number), how="cross")
        for number in range(len(keys))
    )


def _weights_of_group(definition: Definition, tree: Node, weighed: Mapping[str, Weighed], group: int) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []

    def descend(node: Node, above: float) -> None:
        one = weighed[node.id]
        weights = (one.values if one.keys is None else one.values[group]).tolist()
        for part, weight in zip(node.components, weights, strict=True):
            leaf = isinstance(part, Leaf)
            called = part.spec.name if isinstance(part, Leaf) else definition.dimensions[part.id].name
            about = (part.id, text(called, default=part.id), node.id, node.level + 1)
            rows.append((*about, "indicator" if leaf else "dimension", weight, above * weight))
            if not isinstance(part, Leaf):
                descend(part, above * weight)

    descend(tree, 1.0)
    kinds = {"id": pl.String, "name": pl.String, "parent": pl.String, "level": pl.Int64, "kind": pl.String}
    return pl.DataFrame(rows, schema={**kinds, "weight": pl.Float64, "effective": pl.Float64}, orient="row")


def weights_of(node: Node, weighed: Weighed) -> list[float | pl.Expr]:
    """Return the weights of a node's components: numbers, or the columns that `with_weights` adds."""
    if weighed.keys is None:
        return [float(weight) for weight in weighed.values]
    return [pl.col(f"\0{node.id}\0{part.id}") for part in node.components]


def with_weights(
    frame: pl.DataFrame, units: pl.DataFrame, nodes: Iterable[Node], weighed: Mapping[str, Weighed]
) -> pl.DataFrame:
    """Add the weights that differ between rows, one column per component."""
    places: dict[int, pl.Series] = {}
    for node in nodes:
        one = weighed[node.id]
        if one.keys is not None:
            names = [f"\0{node.id}\0{part.id}" for part in node.components]
            if id(one.keys) not in places:
                places[id(one.keys)] = _places(units, one.keys)
            beside = pl.DataFrame([pl.Series(name, one.values[:, j]) for j, name in enumerate(names)])
            frame = frame.hstack(beside[places[id(one.keys)]].get_columns())
    return frame


def _places(units: pl.DataFrame, keys: pl.DataFrame) -> pl.Series:
    """Return the row of its key for each row of the units."""
    key = keys.columns
    numbered = matched(keys, units, key).with_row_index("\0place")
    return units.select(key).join(numbered, on=key, how="left", nulls_equal=True, maintain_order="left")["\0place"]


def _weighed(node: Node, normalised: Columns, raw: pl.DataFrame) -> Weighed:
    names = tuple(part.id for part in node.components)
    method = node.weighting
    given = np.array([part.weight for part in node.components], dtype=float)
    looked: set[str] = set()
    with asked(method, node.id):
        below = frozenset(part.id for part in node.components if not isinstance(part, Leaf))
        about = (method.name, node.id, names, _directions(node), given)
        told = method.weigh(_Components(*about, normalised, raw, below, looked))
    weights = told if isinstance(told, Weights) else Weights(told)
    values = numbers(method, node.id, weights.values, (len(names),))
    _check(method, node.id, names, values)
    with np.errstate(over="ignore"):
        huge = not np.isfinite(values.sum())
    values = values / values.max() if huge else values
    return Weighed(values / values.sum(), weights.facts, weights.warning, of_normalised="normalised" in looked)


def _check(method: Weighting, node: str, names: tuple[str, ...], values: Array) -> None:
    if unfit := [name for name, value in zip(names, values, strict=True) if not np.isfinite(value)]:
        raise MethodError(
            f"{method.name} of {node} has no finite weight for {listed(unfit)}",
            where=plugin_of(method),
            remedy="choose another weighting there",
        )
    if negative := [name for name, value in zip(names, values, strict=True) if value < 0]:
        raise MethodError(
            f"{method.name} of {node} gives a negative weight to {listed(negative)}",
            where=plugin_of(method),
            remedy="look at its direction, or choose another weighting there",
        )
    if not values.max() > 0:
        raise MethodError(
            f"{method.name} of {node} gives every component weight 0 ({listed(names)})",
            where=plugin_of(method),
            remedy="choose another weighting there",
        )


def _directions(node: Node) -> tuple[Literal["benefit", "cost"], ...]:
    costs = [isinstance(part, Leaf) and part.spec.direction == "cost" for part in node.components]
    return tuple("cost" if cost else "benefit" for cost in costs)


@dataclass(frozen=True)
class _Components(Indicators):
    method: str
    node: str
    names: tuple[str, ...]
    directions: tuple[Literal["benefit", "cost"], ...]
    given: Array
    normalised: Columns
    raw: pl.DataFrame
    below: frozenset[str]
    """Those that are nodes themselves, whose values are scores."""
    looked: set[str]
    """At which values the method looked."""
    values: Literal["normalised", "raw"] = "normalised"

    @property
    def _frame(self) -> pl.DataFrame:
        self.looked.add(self.values)
        return self.normalised.frame if self.values == "normalised" else self.raw

    def on(self, values: Literal["normalised", "raw"]) -> _Components:
        return replace(self, values=values)

    def each(self, formula: Callable[[Expression, Statistics], Expression], domain: Domain | None = None) -> Array:
        if domain is not None:
            facts = self.normalised.facts if self.values == "normalised" else profile(self.raw, self.names)
            outside = [name for name in self.names if not facts[name].within(domain)]
            if outside:
                raise MethodError(
                    f"{self.method} of {self.node} needs {domain.value} {self.values} values, unlike {listed(outside)}",
                    remedy=self._remedy(outside),
                )

        numbers = summarise(self._frame, {name: _OfEach(formula, name) for name in self.names})
        return np.array([numbers[name] for name in self.names], dtype=float)

    def _remedy(self, outside: Sequence[str]) -> str:
        if self.values == "raw":
            return "choose another weighting there"
        if self.below.issuperset(outside):
            return 'bring these scores to a scale that has them, such as as_component = "min_max"'
        return 'choose a normalisation that gives them, such as normalisation = "min_max"'

    def matrix(self) -> Array:
        return np.asfortranarray(self._frame[list(self.names)].to_numpy(writable=True))  # sums follow the layout

    def correlation(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        x = self.matrix()
        size = np.maximum(x.max(axis=0), -x.min(axis=0))
        if np.isnan(size).any():  # looking past gaps takes twice as long
            size = np.fmax(np.fmax.reduce(x, axis=0), -np.fmin.reduce(x, axis=0))
        x /= np.where(size > 0, size, 1.0)  # squares of very large or small values would leave the range
        covariance, variances = _moments(x, rows)
        variances = np.where(variances > NOISE**2, variances, 0.0)  # noise of a constant is correlated with nothing
        scale = np.sqrt(variances * variances.T)
        correlation = np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0)
        np.fill_diagonal(correlation, 1.0)
        return np.clip(correlation, -1.0, 1.0)

    def covariance(self, rows: Literal["pairwise", "complete"] = "pairwise") -> Array:
        return _moments(self.matrix(), rows)[0]


@dataclass(frozen=True)
class _OfEach:
    """The formula by which a weighting looks at one component."""

    formula: Callable[[Expression, Statistics], Expression]
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        return self.formula(x, recorder(self.name, x))


def _moments(x: Array, rows: Literal["pairwise", "complete"]) -> tuple[Array, Array]:
    """Return covariances (j, k), and the variance of j over the rows that j and k share; x is used up."""
    gaps = bool(np.isnan(x.sum(axis=0)).any())
    if gaps and rows == "complete":
        x, gaps = x[~np.isnan(x).any(axis=1)], False
    if len(x) < 2:
        raise ValueError("fewer than two units have all components")
    if not gaps:
        x -= x.mean(axis=0)  # centring first keeps the sums of squares exact
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
    far = (count - 1) * variances < _LOST * squares
    for j, k in np.argwhere(np.triu(far | far.T)):
        own = x[present[:, j] & present[:, k]][:, [j, k]]
        of_pair = _moments(own, "complete")[0]
        covariance[j, k] = covariance[k, j] = of_pair[0, 1]
        variances[j, k], variances[k, j] = np.diag(of_pair)
    return covariance, variances
