"""How much weight must move between the parts of the index for another unit to be first, all changing at will."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data import with_figures
from indicia.robustness import closed_form, sampling, search
from indicia.robustness.critical_weights import NEARLY, levels_noise
from indicia.run import Draws, draws_per_batch, score_draws

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.robustness.baseline import Baseline

_STEPS = 16
_TRIES = 64


def nearest_weights(baseline: Baseline) -> pl.DataFrame:
    """Return the weights nearest to those of the index by which units draw level with the first, the nearest first."""
    tree, order = baseline.nominal.tree, baseline.order
    if tree not in baseline.weighable:
        return pl.DataFrame()
    names = [part.id for part in tree.components]
    own = np.asarray(baseline.nominal.node_weights[tree.id].values)
    if tree.id in baseline.effects:
        values = baseline.nominal.components.filter(pl.Series(baseline.rows))[order].select(names).to_numpy()
        found = closed_form.dethroning(values, own, first=0)
        far, weights, who = found.distance, found.weights, [baseline.names[at] for at in order]
    else:
        one, unit = search.dethroning(
            lambda some: _scores(baseline, some),
            own,
            sampling.generator(0, "nearest"),
            steps=_STEPS,
            tries=_TRIES,
            side_by_side=not levels_noise(baseline),
        )
        far, weights = np.atleast_1d(one.distance), np.atleast_2d(one.weights)
        who = [baseline.names[order[unit]]] if unit >= 0 else [""]
    frame = with_figures(pl.DataFrame({baseline.unit: who}), [pl.Series("moved", far / 2, nan_to_null=True)])
    frame = with_figures(frame, (pl.Series(name, weights[:, at]) for at, name in enumerate(names)))
    return frame.drop_nulls("moved").sort("moved", maintain_order=True)


def _scores(baseline: Baseline, weights: Array) -> Array:
    """Return scores of the ranked units, larger is better, by weights of the parts of the index."""
    nominal, rows = baseline.nominal, np.flatnonzero(baseline.rows)[baseline.order]
    tree = nominal.tree
    own, step = nominal.node_weights[tree.id].values, draws_per_batch(nominal, errors=False)
    parts = [
        score_draws(baseline.definition, nominal, Draws(len(some), {tree.id: NEARLY * some + (1 - NEARLY) * own}))
        for some in (weights[start : start + step] for start in range(0, len(weights), step))
    ]
    found = np.concatenate(parts)[:, rows] if parts else np.empty((0, len(rows)))
    return -found if tree.low_is_best else found
