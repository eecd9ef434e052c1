"""Weights from direct judgements of each component: points, ranks, ratios and steps of importance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, Indicators, Weighting, Weights, pair_table
from indicia_methods.weighting.judged import ANY_VALUES, JudgeWeights, Numbers, judge_shares, judgements_of, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods.contract import DetailTable

JUDGES = {"judges": "a component for a judge: the weight that the judge gives it"}
"""The table of `average`."""


@dataclass(frozen=True)
class BudgetAllocation(Weighting):
    """Weigh by the points that judges allocate from a budget, and report the variation between judges.

    Components are rows or columns of the table. The method takes the mean share of a component; medians, geometric and
    trimmed means are scaled to sum 1.
    """

    name = "budget_allocation"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6"
    formula = "w_j = <rule>"
    symbols = {"points": "b_{ej}"}
    variants = {
        "rule": {
            "mean": r"\frac1m \sum_e s_{ej}, \quad s_{ej} = \frac{b_{ej}}{\sum_l b_{el}}",
            "median": r"\operatorname{median}_e s_{ej}, \quad s_{ej} = \frac{b_{ej}}{\sum_l b_{el}}",
            "geometric_mean": r"\prod_e s_{ej}^{1/m}, \quad s_{ej} = \frac{b_{ej}}{\sum_l b_{el}}",
            "trimmed_mean": (
                r"\frac{1}{m - 2} \left( \sum_e s_{ej} - \min_e s_{ej} - \max_e s_{ej} \right), \quad s_{ej} = "
                r"\frac{b_{ej}}{\sum_l b_{el}}"
            ),
        },
    }
    example = "budget_allocation(points={x0: [50, 40], x1: [30, 40], x2: [20, 20]})"
    properties = ANY_VALUES
    detail_tables = {
        "shares": "a component: mean, median, geometric mean, standard deviation, smallest and largest of its shares",
        **JUDGES,
    }

    points: Annotated[
        Numbers,
        Field(description="points, a column for each judge: a table, a CSV file, or one of these per dimension"),
    ]
    budget: Annotated[float, Field(gt=0, description="points that each judge allocates")] = 100.0
    rule: Annotated[
        Literal["mean", "median", "geometric_mean", "trimmed_mean"],
        Field(description="mean, or a robust alternative; trimmed leaves out one highest and one lowest share"),
    ] = "mean"

    def weigh(self, indicators: Indicators) -> Weights:
        ratings = judgements_of(self.points, indicators.node).about(indicators.names)
        points = ratings.values(indicators.names)
        refuse(indicators.names, (points < 0).any(axis=1), "points must not be negative")
        sums = points.sum(axis=0)
        if (off := np.abs(sums - self.budget) > 1e-6 * self.budget).any():
            by_judge = zip(ratings.columns, sums, off, strict=True)
            faults = [f"{judge or 'the judge'} {total:g}" for judge, total, is_off in by_judge if is_off]
            raise ValueError(f"points do not sum to {self.budget:g}: {', '.join(faults)}")
        shares = points / sums
        mean = shares.mean(axis=1)
        facts: dict[str, float | str] = {"judges": shares.shape[1]}
        if shares.shape[1] > 1:
            deviation = shares.std(axis=1, ddof=1)
            for name, m, sd, row in zip(indicators.names, mean, deviation, shares, strict=True):
                facts |= {f"sd of {name}": float(sd), f"cv of {name}": float(sd / m) if m > 0 else 0.0}
                facts |= {f"min of {name}": float(row.min()), f"max of {name}": float(row.max())}
        tables = {"shares": _spread_of_shares(shares, indicators.names)}
        if shares.shape[1] > 1:
            tables["judges"] = table_of_judges(shares, ratings.columns, indicators.names)
        return Weights(self._combine(shares, indicators.names), facts, tables=tables)

    def _combine(self, shares: Array, names: Sequence[str]) -> Array:
        combined: Array = shares.mean(axis=1)
        if self.rule == "median":
            combined = np.median(shares, axis=1)
        elif self.rule == "trimmed_mean":
            if shares.shape[1] < 3:
                raise ValueError(f"a trimmed mean needs three judges, and there are {shares.shape[1]}")
            combined = np.sort(shares, axis=1)[:, 1:-1].mean(axis=1)
        elif self.rule == "geometric_mean":
            refuse(names, (shares == 0).any(axis=1), "a geometric mean needs positive points of every judge")
            combined = np.exp(np.log(shares).mean(axis=1))
        return combined


@dataclass(frozen=True)
class Swing(Weighting):
    """Weigh by points for the swing of a component from its worst to its best value, 100 for the most important.

    The shares of several judges are averaged. Swings depend on the ranges of the indicators: repeat the survey if the
    ranges change.
    """

    name = "swing"
    reference = "von Winterfeldt & Edwards (1986), Decision Analysis and Behavioral Research"
    formula = r"w_j = \frac{p_j}{\sum_l p_l}, \quad \max p = 100"
    symbols = {"points": "p"}
    example = "swing(points={x0: 100, x1: 60, x2: 40})"
    properties = ANY_VALUES
    detail_tables = JUDGES

    points: Annotated[Numbers, Field(description="points: a table, a CSV file, or one of these per dimension")]
    judge_weights: JudgeWeights = None

    def weigh(self, indicators: Indicators) -> Weights:
        return Smarts(self.points, judge_weights=self.judge_weights).weigh(indicators)


@dataclass(frozen=True)
class Smarts(Weighting):
    """Weigh by points of importance (simple multi-attribute rating technique), of swings or of components.

    `smarts`: the largest swing has 100 points. `smart`: the least important component has 10 points, the others in
    proportion. `smarter`: only the ranks of the points count, by rank order centroid weights; equal points share them.
    """

    name = "smarts"
    reference = (
        "Edwards & Barron (1994), Organizational Behavior and Human Decision Processes 60(3); Edwards (1977), IEEE "
        "Transactions on Systems, Man, and Cybernetics 7(5), doi:10.1109/TSMC.1977.4309720"
    )
    formula = "w_j = <form>"
    symbols = {"points": "p"}
    variants = {
        "form": {
            "smarts": r"\frac{p_j}{\sum_l p_l}, \quad \max p = 100",
            "smart": r"\frac{p_j}{\sum_l p_l}, \quad \min p = 10",
            "smarter": r"\frac1k \sum_{l=j}^k \frac1l, \quad j \text{ the place by } p",
        },
    }
    example = "smarts(points={x0: 100, x1: 60, x2: 40})"
    properties = ANY_VALUES
    detail_tables = JUDGES

    points: Annotated[Numbers, Field(description="points: a table, a CSV file, or one of these per dimension")]
    form: Annotated[
        Literal["smarts", "smart", "smarter"], Field(description="points of swings, of importance, or ranks of points")
    ] = "smarts"
    judge_weights: JudgeWeights = None

    def weigh(self, indicators: Indicators) -> Weights:
        ratings = judgements_of(self.points, indicators.node).about(indicators.names)
        points = ratings.values(indicators.names)
        refuse(indicators.names, (points < 0).any(axis=1), "points must not be negative")
        if self.form == "smarter":
            ranks = np.array([_competition_ranks(-column) for column in points.T]).T
            size = len(points)
            centroid = (1 / np.arange(1.0, size + 1))[::-1].cumsum()[::-1] / size  # rank order centroid weights
            means = np.array([[_mean_of_tied(centroid, rank, column) for rank in column] for column in ranks.T]).T
            return average(means, ratings.columns, self.judge_weights, indicators.names)
        anchors, required = (points.max(axis=0), 100) if self.form == "smarts" else (points.min(axis=0), 10)
        for judge, value in zip(ratings.columns, anchors, strict=True):
            if value != required:
                part = "largest swing" if self.form == "smarts" else "least important component"
                raise ValueError(f"the {part} has {required} points, not {value:g}{f' of {judge}' if judge else ''}")
        return average(points / points.sum(axis=0), ratings.columns, self.judge_weights, indicators.names)


@dataclass(frozen=True)
class Swara(Weighting):
    """Weigh by steps of importance between consecutive components (SWARA).

    List the components from the most important down, each with the share by which the component before it is more
    important; the first needs none. The steps of several judges are averaged, so the judges must agree on the order.
    """

    name = "swara"
    reference = "Keršulienė, Zavadskas & Turskis (2010), Journal of Business Economics and Management 11(2)"
    formula = r"q_1 = 1, \quad q_j = \frac{q_{j-1}}{1 + s_j}, \quad w_j = \frac{q_j}{\sum_l q_l}"
    symbols = {"steps": "s_j"}
    example = "swara(steps={x0: 0, x1: 0.5, x2: 0.2})"
    properties = ANY_VALUES
    detail_tables = {"steps": "a component, from the most important down: its step s, coefficient k = 1 + s, and q"}

    steps: Annotated[
        Numbers, Field(description="steps in order of importance: a table, a CSV file, or one of these per dimension")
    ]

    def weigh(self, indicators: Indicators) -> Weights:
        ratings = judgements_of(self.steps, indicators.node).about(indicators.names)
        first = ratings.names[0]
        rows = [[0.0 if row is ratings.rows[0] and cell is None else cell for cell in row] for row in ratings.rows]
        steps = type(ratings)(tuple(map(tuple, rows)), ratings.names, ratings.columns).values(ratings.names)
        later = [name for name in ratings.names if name != first]
        refuse(later, (steps[1:] < 0).any(axis=1), "steps must not be negative in order of importance")
        mean = steps.mean(axis=1)
        mean[0] = 0.0
        q = 1 / np.cumprod(1 + mean)
        by_name = dict(zip(ratings.names, q, strict=True))
        steps_of = {"component": list(ratings.names), "s": mean, "k": 1 + mean, "q": q}
        return Weights(np.array([by_name[name] for name in indicators.names]), tables={"steps": steps_of})


@dataclass(frozen=True)
class Lbwa(Weighting):
    """Weigh by level of importance and by place within the level (level based weight assessment).

    The best component has level 1 and place 0. A component of level i is between i and i + 1 times less important. The
    elasticity r₀ must exceed the size r of the largest level; its default is r + 1. It affects the weights.
    """

    name = "lbwa"
    reference = "Žižović & Pamučar (2019), Decision Making: Applications in Management and Engineering 2(2)"
    formula = r"w_j = \frac{r_0}{i_j r_0 + I_j}<elasticity>"
    symbols = {"levels": "i_j", "elasticity": "r_0"}
    variants = {
        "elasticity": {
            None: r", \quad r_0 = r + 1, \; r \text{ the size of the largest level}",
            ...: "",
        },
    }
    example = "lbwa(levels={x0: [1, 0], x1: [1, 2], x2: [2, 1]})"
    properties = ANY_VALUES
    detail_tables = {"influence": "a component: its level, its place in the level, and its influence function"}

    levels: Annotated[
        Numbers, Field(description="level and place within it: a table, a CSV file, or one of these per dimension")
    ]
    elasticity: Annotated[float | None, Field(gt=0, description="r₀; r + 1 if omitted")] = None

    def weigh(self, indicators: Indicators) -> Weights:
        values = judgements_of(self.levels, indicators.node).values(indicators.names)
        if values.shape[1] != 2:
            raise ValueError(f"each component needs two numbers, level and place, and has {values.shape[1]}")
        level, place = values.T
        refuse(indicators.names, (level < 1) | (level != level.round()), "levels are 1, 2, 3 …")
        largest = int(np.unique(level, return_counts=True)[1].max())
        refuse(indicators.names, (place < 0) | (place > largest), f"places within a level are 0 to {largest}")
        if not ((level == 1) & (place == 0)).any():
            raise ValueError("no component has level 1 and place 0, the best: change one of them")
        elasticity = float(largest + 1) if self.elasticity is None else self.elasticity
        if elasticity <= largest:
            raise ValueError(f"elasticity = {elasticity:g} must exceed the {largest} components of the largest level")
        weights = elasticity / (level * elasticity + place)
        influence = {"component": list(indicators.names), "level": level, "place": place, "influence": weights}
        return Weights(weights, {"elasticity": elasticity}, tables={"influence": influence})


@dataclass(frozen=True)
class Opa(Weighting):
    """Weigh by the ranks that experts give to components, and by the ranks of the experts (ordinal priority approach).

    The paper solves a linear programme. All its constraints bind, so the solution has the closed form of the formula.
    """

    name = "opa"
    reference = "Ataei, Mahmoudi, Feylizadeh & Li (2020), Applied Soft Computing 86, 105893"
    formula = r"w_j = \sum_e \frac{1}{r_e \, r_{ej}}"
    symbols = {"ranks": "r_{ej}", "experts": "r_e"}
    example = "opa(ranks={x0: [1, 2], x1: [2, 1], x2: [3, 3]})"
    properties = ANY_VALUES
    detail_tables = {"experts": "a component for an expert: the part of its weight; the parts of all add up to 1"}

    ranks: Annotated[
        Numbers,
        Field(description="ranks, a column for each expert: a table, a CSV file, or one of these per dimension"),
    ]
    experts: Annotated[
        dict[str, float] | None, Field(description="rank of each expert; their order in the table if omitted")
    ] = None

    def weigh(self, indicators: Indicators) -> Weights:
        ratings = judgements_of(self.ranks, indicators.node).about(indicators.names)
        ranks = ratings.values(indicators.names)
        refuse(indicators.names, (ranks < 1).any(axis=1), "ranks are 1 or more")
        experts = self.experts
        if experts is None:
            experts = {expert: place for place, expert in enumerate(ratings.columns, start=1)}
        if sorted(experts) != sorted(ratings.columns):
            raise ValueError(f"experts names {', '.join(experts)}; the experts are {', '.join(ratings.columns)}")
        ranks_of_experts = np.array([experts[expert] for expert in ratings.columns])
        refuse(ratings.columns, ranks_of_experts < 1, "ranks of experts are 1 or more")
        weights = 1 / (ranks * ranks_of_experts)
        share = weights.sum(axis=0) / weights.sum()
        facts = {
            f"share of {expert}": float(value) for expert, value in zip(ratings.columns, share, strict=True) if expert
        }
        parts = table_of_judges(weights / weights.sum(), ratings.columns, indicators.names, "expert")
        return Weights(weights.sum(axis=1), facts, tables={"experts": parts})


@dataclass(frozen=True)
class Rancom(Weighting):
    """Weigh by the number of less important components (ranking comparison), from a ranking or from pairs.

    In each pair the more important component gets 1 and the other 0; equal components get ½ each. The weight is the sum
    over all pairs, with ½ for a component against itself.
    """

    name = "rancom"
    reference = (
        "Więckowski, Kizielewicz, Shekhovtsov & Sałabun (2023), Engineering Applications of Artificial Intelligence "
        "122, 106114"
    )
    formula = r"w_i = \sum_j \alpha_{ij}, \quad \alpha_{ij} \in \{0, \tfrac12, 1\}, \quad \alpha_{ij} + \alpha_{ji} = 1"
    symbols = {"judgements": r"\alpha"}
    example = "rancom(judgements={x0: 1, x1: 2, x2: 2})"
    properties = ANY_VALUES
    detail_tables = {
        "pairs": "each component beside each other one: 1, 1/2 or 0 as a is more, as or less important than b; the "
        "mean of the judges where there are several",
        **JUDGES,
    }

    judgements: Annotated[
        Numbers,
        Field(
            description="ranks, a column for each judge, or a square table with 1, 1/2 or 0 for each pair: a table, a "
            "CSV file, or one of these per dimension"
        ),
    ]
    judge_weights: JudgeWeights = None

    def weigh(self, indicators: Indicators) -> Weights:
        names = indicators.names
        ratings = judgements_of(self.judgements, indicators.node).about(names)
        values = ratings.values(names)
        if sorted(ratings.columns) == sorted(names):
            pairs = values[:, [ratings.columns.index(name) for name in names]]
            _check_pairs(pairs, names)
            return Weights(pairs.sum(axis=1), tables={"pairs": pair_table(names, judgement=pairs)})
        tables = (np.sign(values[None, :, :] - values[:, None, :]) + 1) / 2
        sums = tables.sum(axis=1)
        result = average(sums / sums.sum(axis=0), ratings.columns, self.judge_weights, names)
        mean = tables @ judge_shares(self.judge_weights, ratings.columns)
        return replace(result, tables={"pairs": pair_table(names, judgement=mean), **result.tables})


def _check_pairs(table: Array, names: Sequence[str]) -> None:
    faulty = ~np.isin(table, (0.0, 0.5, 1.0)) | (table + table.T != 1)
    if faulty.any():
        i, j = (int(place) for place in np.argwhere(faulty)[0])
        raise ValueError(
            f"a pair has 1 and 0, or 1/2 and 1/2, unlike {names[i]} : {names[j]} = {table[i, j]:g} and "
            f"{names[j]} : {names[i]} = {table[j, i]:g}"
        )


def average(by_judge: Array, judges: Sequence[str], weights: dict[str, float] | None, names: Sequence[str]) -> Weights:
    """Return the mean shares of the judges; of several judges also the standard deviations."""
    shares = judge_shares(weights, judges)
    facts: dict[str, float | str] = {}
    if len(judges) > 1:
        deviation = by_judge.std(axis=1, ddof=1)
        facts = {f"sd of {name}": float(sd) for name, sd in zip(names, deviation, strict=True)}
    tables = {"judges": table_of_judges(by_judge, judges, names)} if len(judges) > 1 else {}
    return Weights(by_judge @ shares, facts, tables=tables)


def table_of_judges(by_judge: Array, judges: Sequence[str], names: Sequence[str], key: str = "judge") -> DetailTable:
    """Return the figures of components (rows) by judge (columns) as a table with a row for each pair."""
    return {
        key: np.repeat([judge or "1" for judge in judges], len(names)),
        "component": list(names) * len(judges),
        "weight": by_judge.T.ravel(),
    }


def _spread_of_shares(shares: Array, names: Sequence[str]) -> DetailTable:
    """Return the mean of each component's shares, and how much they vary between judges."""
    mean = shares.mean(axis=1)
    deviation = shares.std(axis=1, ddof=1) if shares.shape[1] > 1 else np.full(len(mean), np.nan)
    with np.errstate(divide="ignore"):
        geometric = np.exp(np.log(shares).mean(axis=1))
    return {
        "component": list(names),
        "mean": mean,
        "median": np.median(shares, axis=1),
        "geometric mean": geometric,
        "sd": deviation,
        "cv": np.divide(deviation, mean, out=np.full_like(mean, np.nan), where=mean > 0),
        "min": shares.min(axis=1),
        "max": shares.max(axis=1),
    }


def _competition_ranks(values: Array) -> Array:
    """Rank values from 1, the lowest; tied values have the best of their ranks."""
    return np.asarray((values[:, None] > values).sum(axis=1) + 1, dtype=float)


def _mean_of_tied(by_place: Array, rank: float, ranks: Array) -> float:
    """Return the mean weight of the places that a tied rank covers."""
    first, count = int(rank) - 1, int((ranks == rank).sum())
    return float(by_place[first : first + count].mean())
