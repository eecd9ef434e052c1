"""Many scores of the same units at once: draws of weights, of errors in the data, of sets of units.

A draw is one more key, as the period is: statistics are taken within it, and weights belong to it. So any method works
here as it does in a single run. Where all is linear, it is a product.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from indicia.definition import ROOT, Indicator, Leaf
from indicia.engine.climb import Way, climb
from indicia.engine.impute import impute
from indicia.engine.level import alone
from indicia.engine.noise import level_imputed
from indicia.engine.normalise import normalise
from indicia.engine.prepare import resolved
from indicia.engine.profile import Columns
from indicia.engine.settle import Over
from indicia.engine.treat import treat
from indicia.engine.weigh import Weighed
from indicia.errors import DefinitionError, IndiciaError
from indicia.formulas import DRAW
from indicia.methods import Indicators

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from indicia.definition import Definition, Node, Part
    from indicia.engine.prepare import Prepared
    from indicia.engine.score import Scored
    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]

ROWS = 200_000
"""Rows, units times draws, that are held at a time."""
_NUMBERS = 1 << 22
"""Scores that a product makes at a time."""


@dataclass(frozen=True)
class Draws:
    """What differs between draws."""

    count: int
    weights: Mapping[str, Array] = field(default_factory=dict)
    """Weights of the components of nodes, shape (count, k) and summing to 1; a node that is not named keeps its own."""
    errors: Mapping[str, Array] | None = None
    """What is added to raw values of indicators, shape (count, rows) each; weightings look at what comes of it."""

    def twice(self) -> Draws:
        """Return every draw twice."""

        def repeated(columns: Mapping[str, Array]) -> dict[str, Array]:
            return {name: np.repeat(column, 2, axis=0) for name, column in columns.items()}

        errors = None if self.errors is None else repeated(self.errors)
        return Draws(2 * self.count, repeated(self.weights), errors)


def ensemble(definition: Definition, scored: Scored, draws: Draws) -> Array:
    """Return the scores that are ranked, shape (draws, rows of the data), NaN where there is none.

    `scored` is the run whose methods and data the draws share. `at_once` says how many draws memory holds well; cutting
    them into parts changes nothing.
    """
    if draws.errors is None and _linear(scored):
        return _product(scored, draws)
    if draws.count == 1:
        # polars divides by a column of one value as by a number, inexactly: a draw alone is to score as among others
        with suppress(IndiciaError):  # which would name every unit twice
            return ensemble(definition, scored, draws.twice())[:1]
    count = len(scored.units)
    some = _Rows(definition, scored, np.repeat(np.arange(draws.count), count), None)
    if draws.errors is None:
        tree = _varying(scored.tree, draws.weights)
        values = scored.components.select(
            part.id for node in tree.nodes() for part in node.components if isinstance(part, Leaf)
        )
        return replace(some, tree=tree).climbed(some.of(values), draws.weights).reshape(draws.count, count)
    names = [leaf.id for leaf in scored.tree.leaves()]
    raw = some.of(scored.raw.values.select(names)).with_columns(
        pl.col(name) + pl.Series(draws.errors[name].reshape(-1)) for name in names if name in draws.errors
    )
    prepared = replace(scored.raw, units=some.units, values=raw, changes=(), settled={})
    prepared = level_imputed(impute(prepared, scored.tree, definition.data, some.over), scored.tree, some.over)
    prepared = treat(prepared, tuple(scored.tree.leaves()), some.over).prepared
    return replace(some, prepared=prepared).anew(draws.weights).reshape(draws.count, count)


def at_once(scored: Scored, errors: bool) -> int:
    """Return how many draws are scored at a time."""
    rows = _NUMBERS if not errors and _linear(scored) else ROWS
    return max(1, rows // max(1, len(scored.units)))


def apart(
    definition: Definition, scored: Scored, rows: Whole, number: Whole, values: pl.DataFrame | None = None
) -> Array:
    """Score sets of rows, each as if there were no other; shape (len(rows),).

    `rows` are those of the data, `number` (ascending) says of which set each is, and `values` are prepared values of
    the data in place of their own. Weights are those of the run, and so are gaps that were filled and outliers that
    were drawn in; an indicator that does not vary within a set scores neutrally there.
    """
    some = _Rows(definition, scored, number, rows)
    source = scored.source
    own = some.of(source.values if values is None else values)
    prepared = replace(source, units=some.units, values=own, fixed=some.of(source.fixed), changes=())
    return replace(some, prepared=prepared, neutral=True).anew({})


def linear(node: Node, scored: Scored) -> bool:
    """Say whether the score of a node is the sum of its components times weights that are the same for all rows."""
    return (
        node.aggregation.additive
        and (node.rescaling, node.decimals) == (None, None)
        and scored.weighed[node.id].keys is None
        and not any(scored.components[part.id].null_count() for part in node.components)
    )


def _linear(scored: Scored) -> bool:
    nodes = scored.tree.nodes()
    return all(linear(node, scored) and node.as_component is None for node in nodes)


def _varying(tree: Node, drawn: Mapping[str, Array]) -> Node:
    """Return a tree in which dimensions that score alike in all draws stand as indicators do."""
    return replace(tree, components=tuple(_shortened(part, drawn) for part in tree.components))


def _shortened(part: Part, drawn: Mapping[str, Array]) -> Part:
    if isinstance(part, Leaf):
        return part
    varying = _varying(part, drawn)
    if part.id not in drawn and all(isinstance(one, Leaf) for one in varying.components):
        return Leaf(part.id, Indicator(weight=part.weight), next(varying.leaves()).normalisation)
    return varying


def effective(scored: Scored, draws: Draws) -> dict[str, Array]:
    """Return the effective weight of each indicator in each draw, (draws,)."""
    found: dict[str, Array] = {}

    def descend(node: Node, above: Array) -> None:
        if node.id not in draws.weights and scored.weighed[node.id].keys is not None:
            raise DefinitionError(
                f"the weights of {node.id} differ between periods or groups, so that no indicator has one in the index",
                remedy='weights = "pooled"',
            )
        own = np.atleast_2d(draws.weights.get(node.id, scored.weighed[node.id].values))
        for number, part in enumerate(node.components):
            share = above * own[:, number]
            if isinstance(part, Leaf):
                found[part.id] = share
            else:
                descend(part, share)

    descend(scored.tree, np.ones(draws.count))
    return found


def _product(scored: Scored, draws: Draws) -> Array:
    weights = effective(scored, draws)
    values = np.ascontiguousarray(scored.components.select(list(weights)).to_numpy())
    # a matrix product of BLAS adds in an order that hangs on the number of rows, and of threads
    product: Array = np.einsum("dk,uk->du", np.stack(list(weights.values()), axis=1), values)
    return product


@dataclass(frozen=True)
class _Rows:
    """Rows of the data, taken as often as there are draws: one long table, with the draw as a key."""

    definition: Definition
    scored: Scored
    number: Whole
    """The draw of each row."""
    rows: Whole | None
    """Which rows of the data they are; None: all, in each draw."""
    tree: Node | None = None
    """What is scored, if not the whole tree."""
    prepared: Prepared | None = None
    neutral: bool = False
    """Indicators may be the same for all units of a draw."""

    @cached_property
    def units(self) -> pl.DataFrame:
        return self.of(self.scored.source.units).hstack([pl.Series(DRAW, self.number.astype(np.uint32))])

    @cached_property
    def over(self) -> Over:
        return Over((DRAW, *self.scored.over.key), self.scored.over.reference)

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return these rows of a frame that has those of the data."""
        if not frame.width:
            return frame
        if self.rows is not None:
            return frame[self.rows]
        return pl.concat([frame] * int(self.number[-1] + 1), rechunk=True)

    def anew(self, drawn: Mapping[str, Array]) -> Array:
        """Normalise, and score all nodes."""
        assert self.prepared is not None
        leaves = tuple(self.scored.tree.leaves())
        neutral = self.scored.fitted.neutral
        if self.neutral:
            neutral = tuple(leaf.id for leaf in leaves if leaf.normalisation.needs_spread)
        return self.climbed(normalise(self.prepared, leaves, self.over, neutral).frame, drawn)

    def climbed(self, normalised: pl.DataFrame, drawn: Mapping[str, Array]) -> Array:
        """Score all nodes of normalised values; those that are named have the weights of their draw."""
        scored, prepared = self.scored, self.prepared
        keys = pl.DataFrame({DRAW: np.arange(self.number[-1] + 1, dtype=np.uint32)})
        weighed = {
            name: Weighed(drawn[name], {}, None, keys) if name in drawn else one for name, one in scored.weighed.items()
        }
        weights_over = self.over
        if prepared is None:
            prepared = replace(scored.source, units=self.units, values=normalised, changes=())
        elif not self.neutral:
            weighed = {node.id: weighed[node.id] for node in scored.tree.nodes() if node.id in drawn or _blind(node)}
            given = resolved(self.definition.methodology.weights, self.definition.data, scored.source, "weights")
            weights_over = Over((DRAW, *given.key), given.reference)
        way = _Drawn(self.definition.data, prepared, self.over, weights_over, weighed=weighed)
        found = alone(climb(self.tree or scored.tree, Columns.of(normalised), prepared.values, way)).nodes
        exact = self.definition.methodology.rank_by == "unrounded"
        scores: Array = (found.exact if exact else found.scores)[ROOT].to_numpy()
        return scores


@dataclass(frozen=True)
class _Drawn(Way):
    """The way up where some nodes have weights, and the others find theirs."""

    def weigh(self, node: Node, values: Columns, raw: pl.DataFrame) -> Weighed:
        if self.weighed is not None and node.id in self.weighed:
            return self.weighed[node.id]
        return Way.weigh(replace(self, weighed=None), node, values, raw)


def _blind(node: Node) -> bool:
    """Say whether the weights of a node are the same whatever the values."""
    if len(node.components) == 1:
        return True
    names = tuple(part.id for part in node.components)
    given = np.array([part.weight for part in node.components], dtype=float)
    benefits: tuple[Literal["benefit", "cost"], ...] = tuple("benefit" for _ in names)
    try:
        node.weighting.weigh(_Unseen(node.id, names, benefits, given))
    except _Looked:
        return False
    except ValueError:
        return True
    return True


class _Looked(Exception):
    """A weighting asks for values."""


@dataclass(frozen=True)
class _Unseen(Indicators):
    """Indicators whose values may not be looked at."""

    node: str
    names: tuple[str, ...]
    directions: tuple[Literal["benefit", "cost"], ...]
    given: Array

    def on(self, values: Literal["normalised", "raw"]) -> _Unseen:  # noqa: ARG002
        return self

    def each(self, *_: Any, **__: Any) -> Array:
        raise _Looked

    def correlation(self, *_: Any, **__: Any) -> Array:
        raise _Looked

    def covariance(self, *_: Any, **__: Any) -> Array:
        raise _Looked

    def matrix(self) -> Array:
        raise _Looked
