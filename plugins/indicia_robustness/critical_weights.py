"""The smallest change of a single weight that changes ranks: in closed form for linear scores, otherwise by search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia_robustness import closed_form
from indicia_robustness.closed_form import Critical
from indicia_robustness.weight_paths import (
    first_level_shares,
    level_with_first,
    level_with_predecessor,
    level_with_top,
    paths_of,
    scores_on,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline

    Integers = npt.NDArray[np.int64]


def critical_weights(baseline: Baseline, top: int | None = None) -> pl.DataFrame:
    """Return the smallest change of each weight that makes another unit first, and that lets any two change places.

    With `top`, less than the number of ranked units, a further column has the smallest change of each weight at which a
    unit draws level with one of the first `top` units; before this change, the set of these units stays the same.
    """
    changes_by_node, names = {**_by_search(baseline, top), **_in_closed_form(baseline, top)}, baseline.names
    rows = []
    for node in baseline.weighable:
        critical, weights = changes_by_node[node.id], baseline.nominal.node_weights[node.id].values.tolist()
        for number, part in enumerate(node.components):
            units = [critical.top_by[number], *critical.any_by[number]]
            first, ahead, behind = (None if unit < 0 else names[unit] for unit in units)
            changes = critical.top[number], critical.any[number]
            of_top = () if top is None else (critical.first_k[number],)
            rows.append((node.id, part.id, weights[number], changes[0], first, changes[1], ahead, behind, *of_top))
    numbers = {"weight": pl.Float64, "first_changes": pl.Float64, "then_first": pl.String}
    swap = {"two_swap": pl.Float64, "ahead": pl.String, "behind": pl.String}
    schema = {"of": pl.String, "part": pl.String, **numbers, **swap}
    schema |= {} if top is None else {"top_changes": pl.Float64}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))
    return frame.sort(pl.col("first_changes").abs(), pl.col("two_swap").abs(), nulls_last=True, maintain_order=True)


def _in_closed_form(baseline: Baseline, top: int | None) -> dict[str, Critical]:
    nominal, order = baseline.nominal, baseline.order
    values = nominal.components.filter(pl.Series(baseline.rows))[order]
    scores = baseline.sign * nominal.nodes[nominal.tree.id].filter(pl.Series(baseline.rows))[order].to_numpy()
    result = {}
    for node in baseline.weighable:
        if node.id not in baseline.effects:
            continue
        matrix = values.select(part.id for part in node.components).to_numpy()
        weights = nominal.node_weights[node.id].values
        facts: dict[str, Any] = {"scores": scores, "effect": baseline.effects[node.id]}
        critical = closed_form.critical(matrix, weights, **facts)
        top_by, any_by = (np.where(by < 0, -1, order[by]) for by in (critical.top_by, critical.any_by))
        first_k = critical.first_k if top is None else closed_form.critical_top(matrix, weights, top, **facts)
        result[node.id] = Critical(critical.top, top_by, critical.any, any_by, first_k)
    return result


def _by_search(baseline: Baseline, first_k: int | None) -> dict[str, Critical]:
    """Move all weights to 1 and to 0 in steps, and find the first changes of ranks."""
    nodes = [node for node in baseline.weighable if node.id not in baseline.effects]
    if not nodes:
        return {}
    paths = paths_of(baseline, nodes)
    neighbours, others = baseline.order[:-1], baseline.order[1:]
    conditions = [level_with_first, level_with_predecessor, *([] if first_k is None else [level_with_top(first_k)])]
    level_shares = first_level_shares(baseline, paths, conditions)

    def smallest(shares: Array) -> tuple[Array, Integers, Array]:
        """Return the smallest change of each weight along its two paths, the number of its path, and the ranks."""
        ranks = np.concatenate(
            [baseline.ranked(scores) for scores in scores_on(baseline, paths, np.nan_to_num(shares))]
        )
        changes = [path.relative(share) for path, share in zip(paths, shares, strict=True)]
        change, path = closed_form.smallest(np.reshape(changes, (-1, 2)).T)
        return change, path, ranks[2 * np.arange(len(path)) + np.maximum(path, 0)]

    top, path, ranks_at_level = smallest(level_shares[0])
    top_by = np.where(path < 0, -1, others[np.nanargmin(ranks_at_level[:, others], axis=1)])
    any_change, path, ranks_at_level = smallest(level_shares[1])
    pair = (ranks_at_level[:, others] <= ranks_at_level[:, neighbours]).argmax(axis=1)
    any_by = np.where(path[:, None] < 0, -1, np.stack([neighbours[pair], others[pair]], axis=1))
    of_first_k = np.full(len(top), np.nan) if first_k is None else smallest(level_shares[2])[0]
    ends = np.cumsum([len(node.components) for node in nodes])[:-1]
    parts = (np.split(column, ends) for column in (top, top_by, any_change, any_by, of_first_k))
    return {node.id: Critical(*columns) for node, *columns in zip(nodes, *parts, strict=True)}
