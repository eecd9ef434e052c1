"""Many scores of the same units at once: draws of weights, of indicators left out, of errors in the data.

A draw is one more key, as the period is: statistics are taken within it, and weights belong to it. So any method works
here as it does in a single run. Where all is linear, it is a matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, Leaf, Missing
from indicia.engine.climb import Way, climb
from indicia.engine.impute import impute
from indicia.engine.normalise import normalise
from indicia.engine.prepare import DRAW
from indicia.engine.profile import Columns
from indicia.engine.settle import Over
from indicia.engine.treat import treat
from indicia.engine.weigh import Weighed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from indicia.definition import Definition, Node
    from indicia.engine.score import Scored
    from indicia.methods import Array

ROWS = 200_000
"""Rows, units times draws, that are held at a time."""


@dataclass(frozen=True)
class Draws:
    """What differs between draws."""

    weights: Mapping[str, Array]
    """Weights of the components of nodes, shape (draws, k) and summing to 1; a node that is not named keeps its own."""
    left_out: Mapping[str, npt.NDArray[np.bool_]]
    """Indicators and dimensions that are left out in some draws, shape (draws,)."""
    errors: Callable[[int, int], Mapping[str, Array]] | None
    """Draws, from one draw to another, what is added to raw values of indicators: shape (draws, rows) each."""
    count: int

    def part(self, start: int, stop: int) -> Draws:
        """Return the draws from one to another."""
        return Draws(
            {name: weights[start:stop] for name, weights in self.weights.items()},
            {name: gone[start:stop] for name, gone in self.left_out.items()},
            None if self.errors is None else self._errors_from(start),
            min(stop, self.count) - start,
        )

    def _errors_from(self, start: int) -> Callable[[int, int], Mapping[str, Array]]:
        errors = self.errors
        assert errors is not None
        return lambda first, last: errors(start + first, start + last)


def ensemble(definition: Definition, scored: Scored, draws: Draws, rows: int = ROWS) -> Array:
    """Return the scores of the index, shape (draws, rows of the data), NaN where there is none.

    `scored` is the run whose methods and data the draws share.
    """
    if _linear(scored, draws):
        return _product(scored, draws)
    step = max(1, rows // max(1, len(scored.units)))
    parts = [_tiled(definition, scored, draws.part(start, start + step)) for start in range(0, draws.count, step)]
    return np.concatenate(parts) if parts else np.empty((0, len(scored.units)))


def _linear(scored: Scored, draws: Draws) -> bool:
    nodes = list(scored.tree.nodes())
    names = [leaf.id for leaf in scored.tree.leaves()]
    return (
        draws.errors is None
        and all(node.aggregation.additive for node in nodes)
        and all((node.rescaling, node.as_component, node.decimals) == (None, None, None) for node in nodes)
        and all(one.keys is None for one in scored.weighed.values())
        and not any(scored.components[name].null_count() for name in names)
    )


def _product(scored: Scored, draws: Draws) -> Array:
    names: list[str] = []
    columns: list[Array] = []

    def descend(node: Node, above: Array) -> None:
        shares = _shares(node, scored, draws)
        for number, part in enumerate(node.components):
            share = above * shares[:, number]
            if isinstance(part, Leaf):
                names.append(part.id)
                columns.append(share)
            else:
                descend(part, share)

    descend(scored.tree, np.ones(draws.count))
    values = scored.components.select(names).to_numpy()
    product: Array = np.stack(columns, axis=1) @ values.T
    return product


def _shares(node: Node, scored: Scored, draws: Draws) -> Array:
    """Return the weights of a node's components, over those that a draw does not leave out."""
    shares = np.array(draws.weights.get(node.id, np.tile(scored.weighed[node.id].values, (draws.count, 1))))
    for number, part in enumerate(node.components):
        shares[_gone(part, draws), number] = 0.0
    total = shares.sum(axis=1, keepdims=True)
    scaled: Array = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    return scaled


def _gone(part: Node | Leaf, draws: Draws) -> npt.NDArray[np.bool_]:
    """Say in which draws nothing of a component is left."""
    gone = draws.left_out.get(part.id, np.zeros(draws.count, dtype=bool))
    if isinstance(part, Leaf):
        return gone
    whole: npt.NDArray[np.bool_] = gone | np.logical_and.reduce([_gone(below, draws) for below in part.components])
    return whole


def _tiled(definition: Definition, scored: Scored, draws: Draws) -> Array:
    """Score the draws as one long table of units, with the draw as a key."""
    source, count = scored.source, len(scored.units)
    row = pl.Series(np.tile(np.arange(count, dtype=np.uint32), draws.count))
    draw = pl.Series(DRAW, np.repeat(np.arange(draws.count, dtype=np.uint32), count))
    units = source.units[row].hstack([draw])
    over = Over((DRAW, *scored.over.key), scored.over.reference)
    tree = _lenient(scored.tree) if draws.left_out else scored.tree
    fixed = source.fixed[row] if source.fixed.width else source.fixed
    prepared = replace(source, units=units, fixed=fixed, changes=())
    if draws.errors is not None:
        errors = draws.errors(0, draws.count)
        raw = scored.raw.values[row].with_columns(
            pl.col(name) + pl.Series(added.reshape(-1)) for name, added in errors.items()
        )
        prepared = replace(prepared, values=raw)
        prepared = impute(prepared, tree, definition.data, over)
        prepared = treat(prepared, tuple(tree.leaves()), over).prepared
        normalised = normalise(prepared, tuple(tree.leaves()), over, scored.fitted.neutral).frame
    else:
        normalised = scored.normalised[row]
    if draws.left_out:
        normalised = normalised.with_columns(
            pl.when(~pl.Series(np.repeat(gone, count))).then(pl.col(name))
            for name, gone in _leaves_gone(tree, draws).items()
        )
    keys = pl.DataFrame({DRAW: np.arange(draws.count, dtype=np.uint32)})
    weighed = {
        name: Weighed(draws.weights[name], {}, None, keys) if name in draws.weights else one
        for name, one in scored.weighed.items()
    }
    way = Way(definition.data, prepared, over, over, weighed=weighed)
    climbed = climb(tree, Columns.of(normalised), normalised, way)
    root = climbed.nodes.scores[ROOT].to_numpy()
    return root.reshape(draws.count, count)


def _leaves_gone(tree: Node, draws: Draws) -> dict[str, npt.NDArray[np.bool_]]:
    gone: dict[str, npt.NDArray[np.bool_]] = {}

    def descend(node: Node, above: npt.NDArray[np.bool_]) -> None:
        for part in node.components:
            here = above | draws.left_out.get(part.id, False)
            if isinstance(part, Leaf):
                if here.any():
                    gone[part.id] = here
            else:
                descend(part, here)

    descend(tree, np.zeros(draws.count, dtype=bool))
    return gone


def _lenient(node: Node) -> Node:
    """Return the tree with weights re-scaled over what a draw does not leave out, where gaps are refused otherwise."""
    parts = tuple(part if isinstance(part, Leaf) else _lenient(part) for part in node.components)
    missing = Missing(policy="skip", minimum_share=0.0) if node.missing.policy == "refuse" else node.missing
    return replace(node, components=parts, missing=missing)
