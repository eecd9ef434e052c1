"""The scores under all weights of a node: the most likely ones, the confidence in them, and what moves them.

Source: Paradowski & Sałabun (2024), 63rd IEEE Conference on Decision and Control (exhaustive objective ranking
solution); Paradowski (2026), International Conference on Computational Science (local sensitivity, fragility).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import DefinitionError, suggest
from indicia.methods.noise import without_noise
from indicia.run import Draws, draws_per_batch, score_draws
from indicia_robustness.modes import Confidence, degrees_of_confidence, in_band, score_modes
from indicia_robustness.weight_grid import (
    NEARLY,
    ball,
    divisions_of,
    project_to_weights,
    usual_divisions,
    weight_grid,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia_robustness.baseline import Baseline

    Integers = npt.NDArray[np.int64]

ALPHA = 0.5
"""The weight of the single confidence in the aggregate, and of scores in the sensitivity index."""
STEP = 0.02
"""The change of a weight, and the radius of the neighbourhood of weights, of the local sensitivity."""
SAMPLES = 200
"""The number of weights in each neighbourhood."""
SEED = 0
_NUMBERS = 1 << 22
"""The largest number of scores that are held at a time."""
WIDTH = 0.1
"""The width of the band around a mode as a share of the range of all scores."""


@dataclass(frozen=True, eq=False)
class Exhaustive:
    """The scores of an index under all weights of one node."""

    baseline: Baseline
    name: str | None = None
    """The node whose weights vary; by default the index."""
    step: float | None = None
    """The step of the weights; by default 0.05, or larger for many parts."""
    width: float | None = None
    """The width of the band around a mode; by default a tenth of the range of all scores."""
    units: int = 100
    """The number of best-ranked units whose sensitivity is computed."""

    @cached_property
    def node(self) -> Node:
        """The node whose weights vary."""
        nodes = {node.id: node for node in self.baseline.weighable}
        name = self.name or self.baseline.nominal.tree.id
        if name not in nodes:
            known = [node.id for node in self.baseline.nominal.tree.nodes()]
            fault = "has one part, or weights that differ between rows" if name in known else "is no node of the index"
            raise DefinitionError(f"the weights of {name} cannot vary: it {fault}", remedy=suggest(name, nodes))
        return nodes[name]

    @cached_property
    def weights(self) -> Array:
        """The weights of the grid, (m, parts), all above 0."""
        parts = len(self.node.components)
        divisions = usual_divisions(parts) if self.step is None else divisions_of(self.step, parts)
        return weight_grid(parts, divisions)

    @cached_property
    def scores(self) -> Array:
        """The scores with the weights of the grid, (m, units); NaN for a unit without a score."""
        return self.scores_with(self.weights)

    def scores_with(self, weights: Array) -> Array:
        """Return the scores (m, units) with weights of the node (m, parts); NaN for a unit without a score."""
        baseline, node = self.baseline, self.node
        step = draws_per_batch(baseline.nominal, errors=False)
        present = np.asarray(baseline.nominal.node_weights[node.id].values)
        # with a weight of 0, units without the other parts would lack a score
        some_zero = (weights == 0).any(axis=1)[:, None]
        weights = np.where(some_zero, NEARLY * weights + (1 - NEARLY) * present, weights)
        parts = [
            score_draws(baseline.definition, baseline.nominal, Draws(len(part), {node.id: part}))[:, baseline.rows]
            for part in (weights[start : start + step] for start in range(0, len(weights), step))
        ]
        return np.where(baseline.eligible, np.concatenate(parts), np.nan)

    @cached_property
    def band(self) -> float:
        """The width of the band around a mode."""
        if self.width is not None:
            return self.width
        return WIDTH * float(np.nanmax(self.scores) - np.nanmin(self.scores)) or 1.0

    @cached_property
    def modes(self) -> Array:
        """The most likely score of each unit."""
        return score_modes(self.scores)

    @cached_property
    def confidence(self) -> Confidence:
        """The degrees of confidence in the modes."""
        return degrees_of_confidence(self.scores, self.modes, self.band, ALPHA)

    @cached_property
    def table(self) -> pl.DataFrame:
        """The mode of each unit, its rank, the degrees of confidence and the fragility, by rank of the mode."""
        ranks = self.baseline_ranks(self.modes)
        confidence = self.confidence
        figures = {
            "rank": self.baseline.nominal_ranks,
            "mode": self.modes,
            "mode_rank": ranks,
            "single": confidence.single,
            "cross": confidence.cross,
            "confidence": confidence.aggregate,
            "fragility": self.local.fragility,
        }
        series = (pl.Series(name, values, nan_to_null=True) for name, values in figures.items())
        return pl.DataFrame([pl.Series("unit", self.baseline.names), *series]).sort(
            "mode_rank", "unit", nulls_last=True
        )

    def baseline_ranks(self, scores: Array) -> Array:
        """Return the ranks of scores (units,) by the rules of the index."""
        rows = np.full(len(self.baseline.rows), np.nan)
        rows[self.baseline.rows] = scores
        ranks: Array = self.baseline.ranked(rows[None])[0]
        return ranks

    @cached_property
    def local(self) -> LocalSensitivity:
        """The sensitivity of modes and confidence to each weight, near the weights that support the mode of a unit."""
        inside = in_band(self.scores, self.modes, self.band)
        counts = inside.sum(axis=0)
        with np.errstate(invalid="ignore"):
            anchors = (inside.T.astype(float) @ self.weights) / counts[:, None]
        return LocalSensitivity.of(self, anchors)

    @cached_property
    def sensitivity(self) -> pl.DataFrame:
        """A row for each unit and part: the slopes of mode and confidence, and their joint index."""
        local, parts = self.local, [part.id for part in self.node.components]
        units = np.repeat(np.arange(len(self.baseline.names)), len(parts))
        ranks = self.baseline.nominal_ranks[units]
        frame = pl.DataFrame(
            {
                "unit": [self.baseline.names[unit] for unit in units],
                "part": parts * len(self.baseline.names),
                "anchor": local.anchors.ravel(),
                "of_score": local.of_mode.ravel(),
                "of_confidence": local.of_confidence.ravel(),
                "index": local.index.ravel(),
            }
        ).with_columns(pl.col(pl.Float64).fill_nan(None))
        order = [-without_noise(frame["index"]), pl.Series(ranks, nan_to_null=True), frame["unit"]]
        return frame.sort(order, nulls_last=True, maintain_order=True)


@dataclass(frozen=True, eq=False)
class LocalSensitivity:
    """The change of modes and of confidence for each 1 that a weight grows, (units, parts) each."""

    anchors: Array
    """The mean of the weights under which the score of a unit lies in the band around its mode."""
    of_mode: Array
    of_confidence: Array

    @classmethod
    def of(cls, analysis: Exhaustive, anchors: Array) -> LocalSensitivity:
        """Compare the neighbourhood of each anchor with those in which one weight is larger by a step."""
        units, parts = anchors.shape
        of_mode, of_confidence = np.full((2, units, parts), np.nan)
        ranked = analysis.baseline.order[: analysis.units]
        chosen = ranked[np.isfinite(anchors[ranked]).all(axis=1)]
        offsets = STEP * np.concatenate([np.zeros((1, parts)), np.eye(parts)])
        around = ball(STEP, SAMPLES, parts, np.random.default_rng(SEED))
        portion = max(1, _NUMBERS // ((parts + 1) * SAMPLES * units))
        for start in range(0, len(chosen), portion):
            some = chosen[start : start + portion]
            centers = project_to_weights((anchors[some][:, None] + offsets).reshape(-1, parts))
            weights = project_to_weights((centers[:, None] + around).reshape(-1, parts))
            modes, confidence = _at_neighbourhoods(analysis, some, weights)
            of_mode[some] = (modes[:, 1:] - modes[:, :1]) / STEP
            of_confidence[some] = (confidence[:, 1:] - confidence[:, :1]) / STEP
        return cls(anchors, of_mode, of_confidence)

    @property
    def index(self) -> Array:
        """The criterion sensitivity index: the mean size of both slopes, each divided by its largest."""
        return ALPHA * _by_largest(self.of_mode) + (1 - ALPHA) * _by_largest(self.of_confidence)

    @property
    def fragility(self) -> Array:
        """The length of the index of each unit over all parts, divided by its largest possible value, (units,)."""
        return np.asarray(np.sqrt((self.index**2).sum(axis=1) / self.index.shape[1]))


def _at_neighbourhoods(analysis: Exhaustive, chosen: Integers, weights: Array) -> tuple[Array, Array]:
    """Return the modes and the confidence of chosen units, (chosen, parts + 1) each, in their own neighbourhoods."""
    scores = analysis.scores_with(weights).reshape(len(chosen), -1, SAMPLES, len(analysis.baseline.names))
    own = scores[np.arange(len(chosen)), :, :, chosen]
    modes = score_modes(own.reshape(-1, SAMPLES).T).reshape(own.shape[:2])
    # the band is as wide, compared with the scores near by, as it is compared with all scores
    spread, local = _ranges(analysis.scores)[chosen], np.ptp(own[:, 0], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((spread > 0) & (local > 0), local / spread, 1.0)
    width = (analysis.band * ratio)[:, None]
    lower, upper = modes - width / 2, modes + width / 2
    with np.errstate(invalid="ignore"):
        inside = (scores >= lower[:, :, None, None]) & (scores <= upper[:, :, None, None])
    total = inside.sum(axis=(2, 3))
    count = inside[np.arange(len(chosen)), :, :, chosen].sum(axis=2)
    cross = np.where(total > 0, count / np.maximum(total, 1), 0.0)
    return modes, ALPHA * count / SAMPLES + (1 - ALPHA) * cross


def _ranges(scores: Array) -> Array:
    return np.asarray(np.fmax.reduce(scores, axis=0) - np.fmin.reduce(scores, axis=0))


def _by_largest(slopes: Array) -> Array:
    sizes = np.abs(slopes)
    largest = np.nanmax(sizes) if np.isfinite(sizes).any() else 0.0
    return np.asarray(sizes / largest if largest > 0 else np.where(np.isfinite(sizes), 0.0, np.nan))
