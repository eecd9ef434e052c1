"""Two profiles that can be mixed: each indicator has a value in both, or in neither."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import ROOT, Leaf
from indicia.errors import DataError, join_names

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from indicia.definition import Node, Part
    from indicia.methods import Array
    from indicia.run import Scored
    from indicia_explain.profile_scores import ProfileScorer, ProfileScores
    from indicia_statistics.shapley import Masks

MEDIAN = "(median)"
"""The name of the profile of medians."""

_TOLERANCE = 1e-9
"""The largest difference between a score of the run and the score with implied values, relative to the scores."""


@dataclass(frozen=True)
class Profile:
    """The normalised value of each indicator on which the index depends; NaN where it has none."""

    name: str
    row: int
    """The row of the run whose period, groups and weights apply."""
    values: Mapping[str, float]
    counted: frozenset[str]
    """The parts that count in the score: they have values, and the dimensions above them have scores."""
    is_unit: bool = True

    def only(self, names: Collection[str]) -> Profile:
        """Return the profile without the values of other parts than these."""
        values = {name: value if name in names else np.nan for name, value in self.values.items()}
        return replace(self, values=values, counted=self.counted.intersection(names))


def profile_of_row(scored: Scored, row: int) -> Profile:
    """Return the profile of a row of a run, with the gaps of indicators filled as the methodology fills them."""
    tree, components = scored.tree, scored.components
    values = {name: _number(components[name][row]) for name in tree.indicators}
    scores = {node.id: _number(scored.nodes[node.id][row]) for node in tree.counting_nodes()}
    counted = {ROOT}
    for node in tree.counting_nodes():  # parents first
        if node.id in counted:
            present = (part.id for part in node.components if not np.isnan(_of_part(part, values, scores)))
            counted.update(present)
    return Profile(str(scored.units[scored.source.unit][row]), row, values, frozenset(counted))


def median_profile(scored: Scored, row: int) -> Profile:
    """Return the profile of medians: of each indicator over the units of the run that have a normalised value.

    In a panel these are the units of the period of the row, whose groups and weights apply.
    """
    frame, period = scored.normalised.select(scored.tree.indicators), scored.source.period
    if period is not None:
        periods = scored.units[period]
        frame = frame.filter((periods == periods[row]).fill_null(value=False))
    values = {name: _number(frame[name].median()) for name in frame.columns}
    nodes = {node.id for node in scored.tree.counting_nodes()}
    counted = {name for name, value in values.items() if not np.isnan(value)}
    return Profile(MEDIAN, row, values, frozenset(counted | nodes), is_unit=False)


@dataclass(frozen=True)
class Pair:
    """Two profiles that can be mixed: each indicator has a value in both, or in neither."""

    indicators: tuple[str, ...]
    a: Array
    """The values of the first profile, (n,), with implied values; NaN for an indicator that counts for neither."""
    b: Array
    implied_in_a: frozenset[str]
    """The indicators whose value in the first profile is implied, since it lacks them or they do not count there."""
    implied_in_b: frozenset[str]
    scores: ProfileScores
    """The scores of the two profiles."""

    @property
    def players(self) -> tuple[str, ...]:
        """The indicators in which the two differ."""
        differs = np.nan_to_num(self.a) != np.nan_to_num(self.b)
        return tuple(name for name, differs_there in zip(self.indicators, differs, strict=True) if differs_there)

    def mixed(self, masks: Masks) -> dict[str, Array]:
        """Return the values of mixtures, by indicator: of the first profile where the mask of a player is true.

        Parameters
        ----------
        masks
            Shape (m, number of players).
        """
        columns = dict(zip(self.players, masks.T, strict=True))
        never = np.zeros(len(masks), dtype=bool)
        return {
            name: np.where(columns.get(name, never), a, b)
            for name, a, b in zip(self.indicators, self.a, self.b, strict=True)
        }


def pair_of(scorer: ProfileScorer, a: Profile, b: Profile) -> Pair:
    """Return two profiles with implied values where an indicator counts for one of them only.

    A missing part of a node stands at the score of the node: a mean with re-scaled weights is also the mean with all
    weights in which each missing part has the value of the mean. So is a minimum. Where the score with implied values
    is not the score of the run, the two cannot be mixed.

    Raises
    ------
    DataError
        If a method of a node has no such value.
    """
    if a.row != b.row:
        scorer.check_same_context(b.row if scorer.row == a.row else a.row)
    indicators = scorer.tree.indicators
    either = (a.counted | b.counted).intersection(indicators)
    lacking = (either - a.counted, either - b.counted)
    values = np.array([[p.values[name] if name in either else np.nan for name in indicators] for p in (a, b)])
    if any(lacking):
        own = scorer.score({name: np.array([a.values[name], b.values[name]]) for name in indicators})
        for number, profile in enumerate((a, b)):
            levels = _implied_levels(scorer, profile, {name: scores[number] for name, scores in own.aggregated.items()})
            for name in lacking[number]:
                values[number, indicators.index(name)] = levels[name]
    scores = scorer.score(dict(zip(indicators, values.T, strict=True)))
    for number, profile in enumerate((a, b)):
        if profile.is_unit:
            _check_scores(scorer, profile, lacking[number], {n: scores.of_node(n)[number] for n in scores.aggregated})
    return Pair(indicators, values[0], values[1], frozenset(lacking[0]), frozenset(lacking[1]), scores)


def _implied_levels(
    scorer: ProfileScorer, profile: Profile, aggregated: Mapping[str, float | None]
) -> dict[str, float]:
    """Return, for each part, the value at which it stands in its first parent if it is missing."""
    levels: dict[str, float] = {}
    for node in scorer.tree.counting_nodes():  # parents first
        level = _number(aggregated[node.id]) if node.id in profile.counted else levels[node.id]
        for part in node.components:
            if part.id in levels:
                continue
            levels[part.id] = level
            if not isinstance(part, Leaf):
                filled = _number(scorer.scored.components[part.id][profile.row])  # a rule may fill a missing dimension
                component = level if np.isnan(filled) or not profile.is_unit else filled
                levels[part.id] = -component if part.turned else component
    return levels


def _check_scores(
    scorer: ProfileScorer, profile: Profile, lacking: Collection[str], scores: Mapping[str, float]
) -> None:
    """Refuse a profile with implied values that does not have the scores of its unit in the run."""
    for node in reversed(list(scorer.tree.counting_nodes())):  # parts before their nodes
        of_run = scorer.scored.source.columns.unrounded[node.id]
        if node.id not in profile.counted:
            continue
        if not abs(scores[node.id] - of_run[profile.row]) <= _TOLERANCE * _number(of_run.abs().max()):
            raise _without_implied_value(profile, node, [name for name in scorer.tree.indicators if name in lacking])


def _without_implied_value(profile: Profile, node: Node, lacking: Sequence[str]) -> DataError:
    if not lacking:
        what = f"the values of {profile.name} alone do not give its score of {node.id} in the run"
        return DataError(what, remedy="explain two units that lack no dimension")
    return DataError(
        f"{profile.name} lacks {join_names(lacking)}, which counts for the other, and {node.aggregation.name} of "
        f"{node.id} has no value for a missing part that leaves the score as it is",
        remedy="fill the gaps (imputation, or missing = value), or explain units that lack the same indicators",
    )


def _of_part(part: Part, values: Mapping[str, float], scores: Mapping[str, float]) -> float:
    return values[part.id] if isinstance(part, Leaf) else scores[part.id]


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float(np.nan)
