"""The parts of one score by indicator and by dimension: in closed form, or from mixtures with the median profile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import IndiciaError
from indicia.means import Differences, tree_of
from indicia_explain.pairs import median_profile
from indicia_explain.parts import parts_between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.means import MeanTree, Profiles
    from indicia.methods import Array
    from indicia.run import Scored
    from indicia_explain.parts import PartRule

NodePart = tuple[str, str]
"""A node and one of its components."""


@dataclass(frozen=True)
class ScoreParts:
    """The parts of the unrounded score of one unit; a figure that does not exist is NaN."""

    score: float
    base: float
    """The score of the profile of medians."""
    by_indicator: Mapping[str, Mapping[str, float]]
    """Implied value, weight, effective_weight, shifted_weight, contribution, vs_median, lost and error."""
    by_component: Mapping[NodePart, Mapping[str, float]]
    """Value, weight, effective_weight, piece, shifted_weight, contribution, vs_median and lost, by node and part."""
    constant: float = 0.0
    """The part of the score that a rescaling adds."""
    rounding: float = 0.0
    """The part of the score that is the rounding of dimensions."""
    rounding_above_base: float = 0.0
    """The part of the distance to the base that is the rounding of dimensions."""
    lost: float = np.nan
    """The distance to the score of a unit that is at the top of each scale."""
    rounding_lost: float = np.nan
    """The part of this distance that is the rounding of dimensions."""
    rule: PartRule | None = "natural"
    """The rule behind `vs_median`; None if there is none."""
    orders: int | None = None
    """The number of sampled orders; None if the parts are exact."""
    obstacle: str | None = None
    """The reason why the score has no contributions."""
    reasons: tuple[str, ...] = field(default=())
    """The reasons why the score has no parts against the median profile."""


def score_parts(scored: Scored, row: int) -> ScoreParts:
    """Return the parts of the score of a row of a run."""
    tree = tree_of(scored)
    return _of_mixtures(scored, row, tree) if isinstance(tree, str) else _of_means(scored, row, tree.take([row]))


def _of_means(scored: Scored, row: int, tree: MeanTree) -> ScoreParts:
    medians = {name: np.array([value]) for name, value in median_profile(scored, row).values.items()}
    base = tree.of_indicators(medians)
    reasons: tuple[str, ...] = ()
    try:
        parts = tree.differences(tree.implied, base)
    except IndiciaError as error:
        parts, reasons = _undefined(tree), (error.what,)
    losses = _losses(scored, tree)
    lost = losses.parts
    shares, implied = tree.shares, tree.implied
    by_indicator = {}
    for name, numbers in tree.leaves.items():
        weights = tree.nominal[0, numbers]
        share = weights / weights.sum() if weights.sum() else np.full(len(weights), 1 / len(weights))
        by_indicator[name] = {
            "implied": float(share @ implied.components[0, numbers]),
            "weight": float(weights.sum()),
            "effective_weight": float(tree.effective[0, numbers].sum()),
            "shifted_weight": float(shares.shifted[0, numbers].sum()),
            "contribution": float(shares.contributions[0, numbers].sum()),
            "vs_median": float(parts.parts[0, numbers].sum()),
            "lost": float(lost[0, numbers].sum()),
        }
    return ScoreParts(
        score=float(implied.components[0, 0]),
        base=float(base.components[0, 0]),
        by_indicator=by_indicator,
        by_component=_by_component(tree, parts.parts, lost),
        constant=float(shares.constant[0]),
        rounding=float(shares.rounding[0]),
        rounding_above_base=float((parts.rounding + parts.scale)[0]),
        lost=float(lost[0, 0]),
        rounding_lost=float((losses.rounding + losses.scale)[0]),
        rule=None if reasons else "natural",
        reasons=reasons,
    )


def _undefined(tree: MeanTree) -> Differences:
    """Return differences that do not exist."""
    return Differences(np.full(tree.weights.shape, np.nan), *(np.full(1, np.nan) for _ in range(3)))


def _losses(scored: Scored, tree: MeanTree) -> Differences:
    """Return the points lost at each place: of the top of the scale in all parts that the unit has; NaN without a top.

    Where a dimension counts against its parent, or a low score is best, the top of a scale is no best value.
    """
    tops = {leaf.id: leaf.normalisation.best_score for leaf in scored.tree.leaves() if leaf.id in tree.leaves}
    is_turned = scored.tree.low_is_best or any(node.turned for node in scored.tree.counting_nodes())
    if is_turned or any(top is None for top in tops.values()):
        return _undefined(tree)
    best: Profiles = tree.of_indicators({name: np.array([top]) for name, top in tops.items()}, tree.within)
    return tree.differences(best, tree.implied, tree.within)


def _by_component(tree: MeanTree, vs_median: Array, lost: Array) -> dict[NodePart, dict[str, float]]:
    """Return the figures of the components of each node; those of a part with several paths are summed."""
    table: dict[NodePart, dict[str, float]] = {}
    for mean in tree.means:
        shifted = tree.shifted_within(mean)
        for position, place in enumerate(mean.below):
            key = tree.places[mean.place].part.id, tree.places[place].part.id
            value, effective = float(tree.raw_components[0, place]), float(tree.within[0, place])
            if key in table:
                table[key]["vs_median"] += float(vs_median[0, place])
                table[key]["lost"] += float(lost[0, place])
            if key not in table or (effective and not table[key]["effective_weight"]):
                counts = effective != 0
                table[key] = {
                    "value": value,
                    "weight": float(tree.weights[0, place]),
                    "effective_weight": effective,
                    "piece": _piece(value, effective, mean.power) if counts else np.nan,
                    "shifted_weight": float(shifted[0, position]) if counts else 0.0,
                    "contribution": float(shifted[0, position]) * value if counts else 0.0,
                    "vs_median": table[key]["vs_median"] if key in table else float(vs_median[0, place]),
                    "lost": table[key]["lost"] if key in table else float(lost[0, place]),
                }
    return table


def _piece(value: float, weight: float, power: float) -> float:
    """Return a part on the scale on which its node adds, or multiplies if the mean is geometric."""
    if power == 0:
        return float(value**weight)
    return weight * float(value**power) if value or power > 0 else np.inf


def _of_mixtures(scored: Scored, row: int, obstacle: str) -> ScoreParts:
    """Return the parts of the distance to the median profile, by Shapley or Owen values."""
    unrounded = float(scored.source.columns.unrounded[scored.tree.id][row])
    effective, nan = scored.effective_weights, float("nan")
    empty = dict.fromkeys(("implied", "weight", "effective_weight", "shifted_weight", "contribution"), nan)
    try:
        parts = parts_between(scored, row, None)
    except IndiciaError as error:
        names = scored.tree.indicators
        figures = {name: {**empty, "weight": effective.get(name, nan), "vs_median": nan, "lost": nan} for name in names}
        components = _components(scored, row, {})
        return ScoreParts(unrounded, nan, figures, components, rule=None, obstacle=obstacle, reasons=(error.what,))
    errors = np.full(len(parts.indicators), nan) if parts.errors is None else parts.errors
    by_indicator = {
        name: {
            **empty,
            "implied": float(value),
            "weight": effective.get(name, nan),
            "effective_weight": float(weight),
            "vs_median": float(part),
            "error": float(error),
            "lost": nan,
        }
        for name, value, weight, part, error in zip(
            parts.indicators, parts.a, parts.weights, parts.parts, errors, strict=True
        )
    }
    of_parts = {name: figures["vs_median"] for name, figures in by_indicator.items()} | dict(parts.nodes)
    return ScoreParts(
        score=unrounded,
        base=parts.scores[1],
        by_indicator=by_indicator,
        by_component=_components(scored, row, of_parts),
        rounding_above_base=unrounded - parts.scores[0],
        rule=parts.rule,
        orders=parts.orders,
        obstacle=obstacle,
    )


def _components(scored: Scored, row: int, vs_median: Mapping[str, float]) -> dict[NodePart, dict[str, float]]:
    """Return the values and weights of the components of each node, where no mean has contributions."""
    table, nan = {}, float("nan")
    units = scored.units[row : row + 1]
    # dimensions that do not count toward the index are no parents here
    uses = Counter(part.id for node in scored.tree.counting_nodes() for part in node.components)
    for node in scored.tree.counting_nodes():
        weights = scored.weights_in_score[node.id].of_rows(units)[0]
        values = [scored.components[part.id][row] for part in node.components]
        present = np.array([value is not None for value in values])
        share = weights[present].sum() / weights.sum()
        for part, value, weight in zip(node.components, values, weights.tolist(), strict=True):
            shared = uses[part.id] > 1
            table[node.id, part.id] = {
                "value": nan if value is None else float(value),
                "weight": weight,
                "effective_weight": 0.0 if value is None else weight / share,
                "piece": nan,
                "shifted_weight": nan,
                "contribution": nan,
                "vs_median": nan if shared else vs_median.get(part.id, nan),
                "lost": nan,
            }
    return table
