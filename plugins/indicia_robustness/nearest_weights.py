"""The smallest shift of weight between the parts of the index that makes another unit first; all weights may change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.run import Draws, draws_per_batch, score_draws
from indicia_robustness import closed_form, sampling, search
from indicia_robustness.weight_paths import NEARLY, levels_noise

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline

_SCHEMA = {"unit": pl.String, "moved": pl.Float64, "part": pl.String, "weight": pl.Float64, "then": pl.Float64}
_STEPS = 16
_TRIES = 64


def nearest_weights(baseline: Baseline) -> pl.DataFrame:
    """Return the weights nearest to those of the index at which units draw level with the first, by distance."""
    tree, order = baseline.nominal.tree, baseline.order
    if tree not in baseline.weighable:
        return pl.DataFrame(schema=_SCHEMA)
    names = [part.id for part in tree.components]
    present = np.asarray(baseline.nominal.node_weights[tree.id].values)
    if tree.id in baseline.effects:
        components = baseline.nominal.components.filter(pl.Series(baseline.rows))[order]
        values = baseline.sign * components.select(names).to_numpy()
        nearest = closed_form.nearest_for_each(values, present, first=0)
        distances, weights, units = nearest.distance, nearest.weights, [baseline.names[column] for column in order]
    else:
        nearest, unit = search.nearest_for_any(
            lambda weights_tried: _scores(baseline, weights_tried),
            present,
            sampling.generator(0, "nearest"),
            steps=_STEPS,
            tries=_TRIES,
            side_by_side=not levels_noise(baseline),
        )
        distances, weights = np.atleast_1d(nearest.distance), np.atleast_2d(nearest.weights)
        units = [baseline.names[order[unit]]] if unit >= 0 else [""]
    frame = pl.DataFrame(
        {
            "unit": np.repeat(units, len(names)),
            "moved": np.repeat(distances / 2, len(names)),
            "part": names * len(units),
            "weight": np.tile(present, len(units)),
            "then": weights.ravel(),
        },
        schema=_SCHEMA,
    )
    return frame.filter(pl.col("moved").is_finite()).sort("moved", maintain_order=True)


def _scores(baseline: Baseline, weights: Array) -> Array:
    """Return scores of the ranked units with weights of the parts of the index; the largest number has rank 1."""
    nominal, rows = baseline.nominal, np.flatnonzero(baseline.rows)[baseline.order]
    tree = nominal.tree
    present, step = nominal.node_weights[tree.id].values, draws_per_batch(nominal, errors=False)
    parts = [
        score_draws(baseline.definition, nominal, Draws(len(batch), {tree.id: NEARLY * batch + (1 - NEARLY) * present}))
        for batch in (weights[start : start + step] for start in range(0, len(weights), step))
    ]
    scores = np.concatenate(parts)[:, rows] if parts else np.empty((0, len(rows)))
    return baseline.sign * scores
