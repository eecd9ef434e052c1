"""Weights from pairwise judgements: the analytic hierarchy process."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, Indicators, PairwiseComparisons, Weighting, Weights, pair_table
from indicia_methods.weighting.consistency import (
    Missing,
    RandomIndex,
    check_table,
    complete_table,
    consistency_index,
    geometric_consistency,
    principal_eigenvector,
    random_index,
    worst_triads,
)
from indicia_methods.weighting.judged import ANY_VALUES, JudgeWeights, Tables, check_each, judge_shares, judgements_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods.contract import DetailTable

_LARGEST_RATIO = 0.1
"""Judgements with this consistency ratio or a larger one cause a warning (Saaty)."""


_CONSENSUS = ("",)
"""The judges of a matrix without a judge, on which all judges agree."""


@dataclass(frozen=True)
class _Priorities:
    """The weights of a node, and the consistency of its judgements."""

    weights: Array
    index: float
    random: float
    facts: dict[str, float | str]
    warnings: list[str]
    table: Array | None = None
    """The complete matrix of one judge or of the group; None where the weights of the judges are averaged."""
    judges: dict[str, _Priorities] = field(default_factory=dict)
    """The priorities of each judge, by name, where there are several."""


@dataclass(frozen=True)
class Ahp(Weighting):
    """Weigh by pairwise judgements of importance (analytic hierarchy process), and report their consistency.

    The consistency index CI is (λ - n) / (n - 1). The consistency ratio CR divides it by the mean CI of random
    judgements; from 0.1 a warning names the three triads that contradict each other most. GCI is the geometric
    consistency index.

    For a tree of dimensions give a matrix for each node; the matrix of the first level is `index`. The method then also
    reports the CR of the hierarchy: the sum of all CI over the sum of all random CI, weighted by their dimensions.

    For several judges give a list of matrices, or a CSV file whose first column is `judge`. The method takes the
    geometric means of their judgements, or the means of their weights. A matrix without a judge is a consensus of all
    judges. One of the two comparisons of a pair is enough.
    """

    name = "ahp"
    reference = (
        "Saaty (1977), Journal of Mathematical Psychology 15; Crawford & Williams (1985), ibid. 29; Forman & Peniwati "
        "(1998), European Journal of Operational Research 108; Harker (1987), Mathematical Modelling 9; Bozóki, Fülöp "
        "& Rónyai (2010), Mathematical and Computer Modelling 52; Aguarón & Moreno-Jiménez (2003), European Journal of "
        "Operational Research 147"
    )
    formula = "<prioritisation>"
    symbols = {"matrix": "A"}
    variants = {
        "prioritisation": {
            "eigenvector": r"A w = \lambda_{\max} w",
            "geometric_mean": r"w_i = \prod_j a_{ij}^{1/k}",
            "column_mean": r"w_i = \frac1k \sum_j \frac{a_{ij}}{\sum_l a_{lj}}",
            "row_sum": r"w_i = \sum_j a_{ij}",
        },
    }
    example = "ahp(matrix=[['', x0, x1, x2], [x0, 1, 2, 4], [x1, '1/2', 1, 2], [x2, '1/4', '1/2', 1]])"
    properties = ANY_VALUES
    detail_tables = {
        "comparisons": "each component beside each other one: how many times as important a is as b in the matrix that "
        "the weights come from, with estimates of what is missing; a matrix for each judge where weights are averaged",
        "judges": "a component for a judge: its priority by the judge's own matrix",
        "hierarchy": "a component of a dimension in the hierarchy: its local priority, and its share of the whole",
    }

    matrix: Annotated[
        Tables, Field(description="judgements: rows, or the path of a CSV file, or one of these per dimension")
    ]
    prioritisation: Annotated[
        Literal["eigenvector", "geometric_mean", "column_mean", "row_sum"],
        Field(description="derivation of weights from judgements"),
    ] = "eigenvector"
    group: Annotated[
        Literal["judgements", "priorities", "priorities_geometric"],
        Field(description="several judges: average their judgements, or the weights of each judge"),
    ] = "judgements"
    judge_weights: JudgeWeights = None
    missing: Annotated[
        Missing,
        Field(
            description="estimate of a missing comparison: ratio of weights (harker), value with the smallest λ, "
            "or the ratio of the least squares fit to the logarithms of the judgements"
        ),
    ] = "refuse"
    random: Annotated[RandomIndex, Field(description="source of the mean CI of random judgements")] = "saaty_1980"

    def __post_init__(self) -> None:
        check_each(self.matrix, self._check)
        if isinstance(self.matrix, dict):
            _same_judges(self.matrix)

    def _check(self, comparisons: PairwiseComparisons) -> None:
        for table in np.array(comparisons.tables, dtype=float):
            check_table(table, comparisons.names)
        self._shares_of(comparisons)

    def _shares_of(self, comparisons: PairwiseComparisons) -> Array:
        return judge_shares(None if comparisons.judges == _CONSENSUS else self.judge_weights, comparisons.judges)

    def weigh(self, indicators: Indicators) -> Weights:
        priorities = self._prioritise(judgements_of(self.matrix, indicators.node), indicators.names)
        facts, tables = priorities.facts, _tables(priorities, indicators.names)
        if isinstance(self.matrix, dict) and indicators.node == "index":
            ratios, hierarchy = self._hierarchy(self.matrix, priorities, indicators.names)
            facts = facts | ratios
            tables["hierarchy"] = hierarchy
        return Weights(priorities.weights, facts, "; ".join(priorities.warnings) or None, tables)

    def _prioritise(self, comparisons: PairwiseComparisons, names: Sequence[str]) -> _Priorities:
        tables = [check_table(table, names) for table in comparisons.ordered(names)]
        shares = self._shares_of(comparisons)
        if len(tables) == 1:
            return self._prioritise_table(tables[0], names, "judgements")
        if self.group == "judgements":
            group = self._prioritise_table(_geometric_mean(tables, shares), names, "judgements of the group")
            members = [] if any(np.isnan(table).any() for table in tables) else tables
            single = [self._prioritise_table(table, names, "judgements") for table in members]
        else:
            single = [self._prioritise_table(table, names, "judgements") for table in tables]
            scaled = np.array([judged.weights / judged.weights.sum() for judged in single])
            mean = shares @ scaled if self.group == "priorities" else np.exp(shares @ np.log(scaled))
            index = float(shares @ [judged.index for judged in single])
            group = _Priorities(mean, index, single[0].random, {}, [])
        facts, warnings = dict(group.facts), list(group.warnings)
        for judge, judged in zip(comparisons.judges, single, strict=False):
            facts |= {f"{fact} of {judge}": judged.facts[fact] for fact in ("CI", "CR")}
            warnings += [f"{judge}: {warning}" for warning in judged.warnings]
        by_judge = dict(zip(comparisons.judges, single, strict=False))
        return _Priorities(group.weights, group.index, group.random, facts, warnings, group.table, by_judge)

    def _prioritise_table(self, judged: Array, names: Sequence[str], subject: str) -> _Priorities:
        table = complete_table(judged, self.missing, names)
        size = len(table)
        eigenvalue, eigenvector = principal_eigenvector(table)
        index, random = consistency_index(table), random_index(self.random, size)
        ratio = index / random if size > 2 else 0.0
        facts: dict[str, float | str] = {"lambda_max": eigenvalue, "CI": index, "CR": ratio}
        if size > 2:
            facts["GCI"] = geometric_consistency(table)
        if gaps := int(np.triu(np.isnan(judged)).sum()):
            facts["comparisons missing"] = gaps
        warnings = []
        if ratio >= _LARGEST_RATIO:
            warnings.append(
                f"{subject} are inconsistent: CR = {ratio:.3f}, and should be below {_LARGEST_RATIO}; worst triads: "
                + "; ".join(worst_triads(table, names))
            )
        return _Priorities(self._priorities(table, eigenvector), index, random, facts, warnings, table)

    def _priorities(self, judgements: Array, eigenvector: Array) -> Array:
        priorities = eigenvector
        if self.prioritisation == "geometric_mean":
            priorities = np.exp(np.log(judgements).mean(axis=1))
        elif self.prioritisation == "column_mean":
            priorities = (judgements / judgements.sum(axis=0)).mean(axis=1)
        elif self.prioritisation == "row_sum":
            priorities = judgements.sum(axis=1)
        return priorities

    def _hierarchy(
        self, matrices: dict[str, PairwiseComparisons], top: _Priorities, names: Sequence[str]
    ) -> tuple[dict[str, float | str], DetailTable]:
        """Return the consistency ratios of the hierarchy and of each level below the first, and all priorities."""
        indices, randoms = [top.index], [top.random]
        level = dict(zip(names, top.weights / top.weights.sum(), strict=True))
        rows: list[tuple[str, str, float, float]] = [("index", name, weight, weight) for name, weight in level.items()]
        facts: dict[str, float | str] = {}
        remaining = set(matrices) - {"index"}
        while nodes := {node: weight for node, weight in level.items() if node in remaining}:
            remaining -= set(nodes)
            index = random = 0.0
            level = {}
            for node, weight in nodes.items():
                comparisons = matrices[node]
                count = len(comparisons.tables[0])
                components = comparisons.names or tuple(f"\0{number}" for number in range(1, count + 1))
                priorities = self._prioritise(comparisons, components)
                index, random = index + weight * priorities.index, random + weight * priorities.random
                local = priorities.weights / priorities.weights.sum()
                level |= dict(zip(components, weight * local, strict=True))
                named = [component.replace("\0", f"{node} ") for component in components]
                rows += zip([node] * count, named, local, weight * local, strict=True)
            indices.append(index)
            randoms.append(random)
            if random > 0:
                facts[f"CR of level {len(indices)}"] = index / random
        if len(indices) > 1:
            facts["CR of the hierarchy"] = sum(indices) / sum(randoms) if sum(randoms) > 0 else 0.0
        return facts, dict(zip(("dimension", "component", "local", "global"), zip(*rows, strict=True), strict=True))


def _tables(priorities: _Priorities, names: Sequence[str]) -> dict[str, DetailTable]:
    """Return the matrices that weights come from, and the priorities of each judge."""
    tables: dict[str, DetailTable] = {}
    if priorities.table is not None:
        tables["comparisons"] = pair_table(names, comparison=priorities.table)
    if judges := priorities.judges:
        tables["judges"] = {
            "judge": np.repeat(list(judges), len(names)),
            "component": list(names) * len(judges),
            "priority": np.concatenate([judged.weights / judged.weights.sum() for judged in judges.values()]),
        }
        if priorities.table is None:
            of_judges = [
                pair_table(names, comparison=judged.table) for judged in judges.values() if judged.table is not None
            ]
            columns = {key: np.concatenate([np.asarray(one[key]) for one in of_judges]) for key in of_judges[0]}
            tables["comparisons"] = {"judge": np.repeat(list(judges), len(names) * (len(names) - 1)), **columns}
    return tables


def _geometric_mean(tables: Sequence[Array], shares: Array) -> Array:
    """Return the geometric means of the present judgements, weighted by the shares of the judges."""
    logs = np.log(np.array(tables))
    present = ~np.isnan(logs)
    weights = np.einsum("j,jab->ab", shares, present)
    sums = np.einsum("j,jab->ab", shares, np.where(present, logs, 0.0))
    mean: Array = np.exp(np.divide(sums, weights, out=np.full_like(sums, np.nan), where=weights > 0))
    return mean


def _same_judges(matrices: dict[str, PairwiseComparisons]) -> None:
    judged = {node: comparisons for node, comparisons in matrices.items() if comparisons.judges != _CONSENSUS}
    judges = list(dict.fromkeys(judge for comparisons in judged.values() for judge in comparisons.judges))
    for node, comparisons in judged.items():
        if absent := [judge for judge in judges if judge not in comparisons.judges]:
            raise ValueError(f"{node} has no matrix of {', '.join(absent)}, unlike other dimensions")
