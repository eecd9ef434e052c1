"""Weights from pairwise judgements: the analytic hierarchy process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Weighting, Weights
from indicia_methods.weighting.consistency import (
    Missing,
    RandomIndex,
    checked,
    completed,
    consistency_index,
    geometric_consistency,
    principal,
    random_index,
    worst_triads,
)
from indicia_methods.weighting.judged import ANY_VALUES, JudgeWeights, Tables, check, of_node, shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Indicators, PairwiseComparisons

_ASKED = 0.1
"""The consistency ratio from which judgements are warned of."""


_AGREED = ("",)
"""The judges of a matrix without one."""


@dataclass(frozen=True)
class _Judged:
    """The weights of one node, and how consistent its judgements are."""

    weights: Array
    index: float
    random: float
    facts: dict[str, float | str]
    warnings: list[str]


@dataclass(frozen=True)
class Ahp(Weighting):
    """Weigh by pairwise judgements of importance (analytic hierarchy process), and report how consistent they are.

    The consistency index is (λ - n) / (n - 1); its ratio to that of random judgements is warned of from 0.1, with the
    three triads that are most at odds. GCI is the geometric consistency index of row means.

    For a tree give one matrix per dimension, that of the first level as `index`; the ratio of the whole hierarchy is
    then reported there, the sum of all indices over that of all random ones, each times the weight of its dimension.

    Several judges are a list of matrices, or a CSV file whose first column is called `judge`. Their judgements become
    one matrix by geometric means, or their weights are averaged; a matrix without a judge is what all agreed on. Of two
    comparisons the other way round one is enough.
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

    matrix: Annotated[
        Tables, Field(description="judgements: rows, or the path of a CSV file, or one of these per dimension")
    ]
    prioritisation: Annotated[
        Literal["eigenvector", "geometric_mean", "column_mean", "row_sum"],
        Field(description="how weights follow from judgements"),
    ] = "eigenvector"
    group: Annotated[
        Literal["judgements", "priorities", "priorities_geometric"],
        Field(description="what is averaged of several judges: their judgements, or the weights of each"),
    ] = "judgements"
    judge_weights: JudgeWeights = None
    missing: Annotated[
        Missing,
        Field(
            description="what stands for comparisons that are not made: the ratio of weights (harker), what makes λ "
            "least, or what is nearest to the logarithms of the others; with geometric_mean the last is their fit"
        ),
    ] = "refuse"
    random: Annotated[RandomIndex, Field(description="table of the indices of random judgements")] = "saaty_1980"

    def __post_init__(self) -> None:
        check(self.matrix, self._check)
        if isinstance(self.matrix, dict):
            _same_judges(self.matrix)

    def _check(self, one: PairwiseComparisons) -> None:
        for table in np.array(one.tables, dtype=float):
            checked(table, one.names)
        self._shares(one)

    def _shares(self, one: PairwiseComparisons) -> Array:
        return shares(None if one.judges == _AGREED else self.judge_weights, one.judges)

    def weigh(self, indicators: Indicators) -> Weights:
        found = self._judged(of_node(self.matrix, indicators.node), indicators.names)
        facts = found.facts
        if isinstance(self.matrix, dict) and indicators.node == "index":
            facts = facts | self._hierarchy(self.matrix, found, indicators.names)
        return Weights(found.weights, facts, "; ".join(found.warnings) or None)

    def _judged(self, comparisons: PairwiseComparisons, names: Sequence[str]) -> _Judged:
        tables = [checked(table, names) for table in comparisons.ordered(names)]
        share = self._shares(comparisons)
        if len(tables) == 1:
            return self._of_one(tables[0], names, "judgements")
        if self.group == "judgements":
            group = self._of_one(_geometric_mean(tables, share), names, "judgements of the group")
            members = [] if any(np.isnan(table).any() for table in tables) else tables
            alone = [self._of_one(table, names, "judgements") for table in members]
        else:
            alone = [self._of_one(table, names, "judgements") for table in tables]
            scaled = np.array([one.weights / one.weights.sum() for one in alone])
            mean = share @ scaled if self.group == "priorities" else np.exp(share @ np.log(scaled))
            index = float(share @ [one.index for one in alone])
            group = _Judged(mean, index, alone[0].random, {}, [])
        facts, warnings = dict(group.facts), list(group.warnings)
        for judge, one in zip(comparisons.judges, alone, strict=False):
            facts |= {f"{fact} of {judge}": one.facts[fact] for fact in ("CI", "CR")}
            warnings += [f"{judge}: {warning}" for warning in one.warnings]
        return _Judged(group.weights, group.index, group.random, facts, warnings)

    def _of_one(self, known: Array, names: Sequence[str], whose: str) -> _Judged:
        table = completed(known, self.missing, names)
        size = len(table)
        highest, eigenvector = principal(table)
        index, random = consistency_index(table), random_index(self.random, size)
        ratio = index / random if size > 2 else 0.0
        facts: dict[str, float | str] = {"lambda_max": highest, "CI": index, "CR": ratio}
        if size > 2:
            facts["GCI"] = geometric_consistency(table)
        if gaps := int(np.triu(np.isnan(known)).sum()):
            facts["comparisons missing"] = gaps
        warnings = []
        if ratio >= _ASKED:
            warnings.append(
                f"{whose} are inconsistent: CR = {ratio:.3f}, where less than {_ASKED} is asked; most at odds: "
                + "; ".join(worst_triads(table, names))
            )
        return _Judged(self._priorities(table, eigenvector), index, random, facts, warnings)

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
        self, matrices: dict[str, PairwiseComparisons], top: _Judged, names: Sequence[str]
    ) -> dict[str, float | str]:
        """Return the consistency ratio of all matrices together, and that of each level below the first."""
        indices, randoms = [top.index], [top.random]
        level = dict(zip(names, top.weights / top.weights.sum(), strict=True))
        facts: dict[str, float | str] = {}
        left = set(matrices) - {"index"}
        while judged := {node: weight for node, weight in level.items() if node in left}:
            left -= set(judged)
            index = random = 0.0
            level = {}
            for node, weight in judged.items():
                one = matrices[node]
                parts = one.names or tuple(f"\0{number}" for number in range(len(one.tables[0])))
                found = self._judged(one, parts)
                index, random = index + weight * found.index, random + weight * found.random
                level |= dict(zip(parts, weight * found.weights / found.weights.sum(), strict=True))
            indices.append(index)
            randoms.append(random)
            if random > 0:
                facts[f"CR of level {len(indices)}"] = index / random
        if len(indices) > 1:
            facts["CR of the hierarchy"] = sum(indices) / sum(randoms) if sum(randoms) > 0 else 0.0
        return facts


def _geometric_mean(tables: Sequence[Array], share: Array) -> Array:
    """Return the geometric mean of the judgements that were made, the judges counting as their shares."""
    logs = np.log(np.array(tables))
    made = ~np.isnan(logs)
    counted = np.einsum("j,jab->ab", share, made)
    sums = np.einsum("j,jab->ab", share, np.where(made, logs, 0.0))
    mean: Array = np.exp(np.divide(sums, counted, out=np.full_like(sums, np.nan), where=counted > 0))
    return mean


def _same_judges(matrices: dict[str, PairwiseComparisons]) -> None:
    of_judges = {node: one for node, one in matrices.items() if one.judges != _AGREED}
    everyone = list(dict.fromkeys(judge for one in of_judges.values() for judge in one.judges))
    for node, one in of_judges.items():
        if lacking := [judge for judge in everyone if judge not in one.judges]:
            raise ValueError(f"{node} has no matrix of {', '.join(lacking)}, unlike other dimensions")
