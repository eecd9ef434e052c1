"""Weights from judgements of whole profiles: conjoint analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.errors import join_names
from indicia.methods import Weighting, Weights
from indicia_methods.weighting.judged import ANY_VALUES, JudgeWeights, Numbers, judge_shares, judgements_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Indicators, Ratings
    from indicia_methods.arrays import Integers

_NOISE = 1e-12
"""The largest part-worth, as a share of the largest rating, that is rounding."""


@dataclass(frozen=True)
class Conjoint(Weighting):
    """Weigh by the part-worths that judges' ratings of whole profiles imply (conjoint analysis).

    Each profile has a level of each component, such as 1, 2 and 3, or values of the indicator. Least squares of the
    ratings on the levels, as dummy variables, give the part-worth of each level; those of a component sum to 0. The
    importance of a component is the range of its part-worths, as a share of the sum of all ranges. The importances of
    several judges are averaged. A weight depends on the levels in the profiles: a component with a wide range of levels
    has a large weight. The levels of the components have to vary independently between the profiles.
    """

    name = "conjoint"
    reference = (
        "Green & Srinivasan (1978), Journal of Consumer Research 5(2); OECD/JRC (2008), Handbook on Constructing "
        "Composite Indicators, section 6.8"
    )
    formula = (
        r"w_j = \frac{\max_l u_{jl} - \min_l u_{jl}}{\sum_i (\max_l u_{il} - \min_l u_{il})}, \quad "
        r"\min_{u} \sum_p \Big( <of> - u_0 - \sum_j u_{j, l(p, j)} \Big)^2, \quad \sum_l u_{jl} = 0"
    )
    symbols = {"profiles": "l(p, j)", "ratings": "y_p"}
    variants = {"of": {"ratings": "y_p", "ranks": "(-y_p)"}}
    example = (
        "conjoint(profiles={x0: [1, 1, 2, 2], x1: [1, 2, 1, 2], x2: [1, 2, 2, 1]}, ratings={anna: [9, 4, 5, 2], ben: "
        "[8, 6, 3, 2]})"
    )
    properties = ANY_VALUES
    detail_tables = {
        "part_worths": "the part-worth of a level of a component for a judge",
        "importances": "the importance of a component for a judge",
    }

    profiles: Annotated[
        Numbers,
        Field(
            description="levels of the components in each profile: a table, a CSV file, or one of these per dimension"
        ),
    ]
    ratings: Annotated[
        Numbers,
        Field(description="ratings of the profiles by each judge: a table, a CSV file, or one of these per dimension"),
    ]
    of: Annotated[
        Literal["ratings", "ranks"], Field(description="high ratings for good profiles, or ranks from 1, the best")
    ] = "ratings"
    judge_weights: JudgeWeights = None

    def weigh(self, indicators: Indicators) -> Weights:
        profiles = judgements_of(self.profiles, indicators.node).about(indicators.names)
        levels = profiles.values(indicators.names)
        ratings, judges = _ratings_of(judgements_of(self.ratings, indicators.node), profiles.columns)
        if self.of == "ranks":
            ratings = -ratings
        shares = judge_shares(self.judge_weights, judges)
        codes = [np.unique(row, return_inverse=True) for row in levels]
        counts = [len(values) for values, _ in codes]
        _refuse_constant(indicators.names, counts)
        design = _design([code for _, code in codes], indicators.names)
        worths, fit = _part_worths(design, ratings, counts)
        worths[np.abs(worths) <= _NOISE * np.abs(ratings).max(axis=0)] = 0.0
        by_component = np.split(worths, np.cumsum(counts)[:-1])
        ranges = np.array([of_levels.max(axis=0) - of_levels.min(axis=0) for of_levels in by_component])
        _refuse_indifferent(judges, ranges)
        importances = ranges / ranges.sum(axis=0)
        rows = list(
            zip(np.repeat(indicators.names, counts), np.concatenate([values for values, _ in codes]), strict=True)
        )
        facts: dict[str, float | str] = {"judges": len(judges), "profiles": levels.shape[1]}
        for (name, level), worth in zip(rows, worths @ shares, strict=True):
            facts[f"part-worth of {name} = {level:g}"] = float(worth)
        facts |= {f"R2 of {judge}": float(r2) for judge, r2 in zip(judges, fit, strict=True)}
        tables = {
            "part_worths": {
                "component": [name for name, _ in rows for _ in judges],
                "level": [level for _, level in rows for _ in judges],
                "judge": [judge for _ in rows for judge in judges],
                "part-worth": worths.ravel(),
            },
            "importances": {
                "component": np.repeat(indicators.names, len(judges)),
                "judge": [judge for _ in counts for judge in judges],
                "importance": importances.ravel(),
            },
        }
        return Weights(importances @ shares, facts, tables=tables)


def _ratings_of(ratings: Ratings, profiles: tuple[str, ...]) -> tuple[Array, tuple[str, ...]]:
    """Return the ratings of the profiles, shape (profiles, judges), and the judges."""
    names = {tuple(sorted(words)): place for place, words in enumerate((ratings.names, ratings.columns))}
    place = names.get(tuple(sorted(profiles)))
    if place is None:
        raise ValueError(
            f"the profiles are {join_names(profiles)}, and the ratings are of {join_names(ratings.columns)}: give each "
            "judge a number for each profile"
        )
    judges = ratings.columns if place == 0 else ratings.names
    return ratings.values(profiles), tuple(judge or "the judge" for judge in judges)


def _refuse_constant(names: Sequence[str], counts: Sequence[int]) -> None:
    if constant := [name for name, count in zip(names, counts, strict=True) if count < 2]:
        raise ValueError(f"{join_names(constant)} has one level in all profiles: add profiles with another level")


def _refuse_indifferent(judges: Sequence[str], ranges: Array) -> None:
    if indifferent := [judge for judge, total in zip(judges, ranges.sum(axis=0), strict=True) if not total > 0]:
        raise ValueError(
            f"the ratings of {join_names(indifferent)} do not depend on the levels of any component: leave them out"
        )


def _design(codes: Sequence[Integers], names: Sequence[str]) -> Array:
    """Return the columns of effects: 1 for a level, -1 for the last level of its component, after a column of ones."""
    columns = [np.ones((len(codes[0]), 1))]
    for code in codes:
        effects = np.vstack([np.eye(code.max()), -np.ones(code.max())])
        columns.append(effects[code])
    design = np.hstack(columns)
    if (rank := int(np.linalg.matrix_rank(design))) < design.shape[1]:
        raise ValueError(
            f"{len(design)} profiles do not separate the levels of {join_names(names)}: they determine {rank} of "
            f"{design.shape[1]} numbers; add profiles in which the levels vary independently"
        )
    return design


def _part_worths(design: Array, ratings: Array, counts: Sequence[int]) -> tuple[Array, Array]:
    """Return the part-worths of all levels, shape (levels, judges), and the share of the variance that they explain."""
    coefficients = np.linalg.lstsq(design, ratings, rcond=None)[0]
    worths, first = [], 1
    for count in counts:
        free = coefficients[first : first + count - 1]
        worths += [free, -free.sum(axis=0, keepdims=True)]
        first += count - 1
    total = ((ratings - ratings.mean(axis=0)) ** 2).sum(axis=0)
    residual = ((ratings - design @ coefficients) ** 2).sum(axis=0)
    return np.vstack(worths), 1 - residual / np.where(total > 0, total, 1.0)
