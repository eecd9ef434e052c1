"""Checks of influence on ranks: components that could be left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
import polars as pl
from pydantic import Field

from indicia.errors import DataError
from indicia_audit.checks import Check, Finding, Sentence, Subject, named
from indicia_checks.rankings import ranks_among, ranks_of
from indicia_checks.text import COINR, HANDBOOK, counted, percent, rounded
from indicia_statistics.least_squares import standardised_regression

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.methods import Array


_FEWEST = 3
"""The smallest number of units whose ranks are compared."""


@dataclass(frozen=True)
class LeaveOneOut(Check):
    """Report the shift of ranks without each indicator and each dimension.

    The shift of a unit is the absolute difference between its ranks with and without the part, among the units that
    have a rank both times.
    """

    code = "W05"
    title = "ranks without a part"
    severity = "information"
    source = f"{COINR}: remove_elements"
    needs = ("scores", "rescoring")
    why = """
    A part that hardly moves a rank costs its collection every year and adds nothing to the result. A part that moves
    many ranks decides the result alone, and its definition has to bear that.
    """
    example = """
    In the Handbook's technology index: "without telephones, the ranks of 23 units shift by 0.174 on average and by 2 at
    most, and 0 % of them by 5 or more: telephones may be removable".
    """
    advice = """
    Ask what a removable part is for: it may be there for the reader. `indicia stability` shows who moves, and
    `indicia run --drop NAME` computes the index without it.
    """

    shift: Annotated[float, Field(ge=0, description="mean shift below which a part may be removable")] = 0.5
    ranks: Annotated[int, Field(ge=1, description="shift of a unit that is counted")] = 5

    def look(self, subject: Subject) -> Iterator[Finding]:
        if subject.rescorer is None or subject.run is None:
            return
        nominal = ranks_of(subject.run)
        findings = []
        for name, rescoring in subject.rescorer.without_parts().items():
            if isinstance(rescoring, str):
                sentence = Sentence(
                    "the index cannot be scored without {name}: {rescoring}", name=name, rescoring=rescoring
                )
                findings.append(Finding(name, None, self.shift, sentence))
                continue
            shifts = rank_shifts(nominal, rescoring.ranks)
            if len(shifts) >= _FEWEST:
                findings.append(self._finding(name, shifts))
        infinity = float("inf")
        yield from sorted(
            findings, key=lambda finding: (infinity if finding.value is None else finding.value, finding.where)
        )

    def _finding(self, name: str, shifts: Array) -> Finding:
        mean, largest = float(shifts.mean()), float(shifts.max())
        share = float((shifts >= self.ranks).mean())
        sentence = Sentence(
            "without {name}, the ranks of {units} shift by {mean} on average and by {largest:g} at most, "
            "and {share} of them by {ranks} or more",
            name=name,
            units=counted(len(shifts), "unit"),
            mean=rounded(mean),
            largest=largest,
            share=percent(share),
            ranks=self.ranks,
        )
        if mean < self.shift:
            sentence += Sentence(": {name} may be removable", name=name)
        return Finding(name, mean, self.shift, sentence)


@dataclass(frozen=True)
class LeastInfluential(Check):
    """Report the coefficients of the indicators in a regression of the score, and the ranks without the smallest ones.

    All variables have mean 0 and standard deviation 1. The least influential indicators are those with the smallest
    absolute coefficients: together they have at most the share `share` of the sum of all absolute coefficients.
    """

    code = "W06"
    title = "ranks without the least influential indicators"
    severity = "information"
    source = f"{HANDBOOK}: step 8, p. 134"
    needs = ("scores", "rescoring")
    why = """
    Leave one out (W05) misses indicators that repeat each other: each of them can go, and all of them together cannot.
    If most ranks stay without a whole set, the set is not what the ranking is about.
    """
    example = """
    In the Handbook's technology index: "without telephones, electricity, which have 5 % of the standardised
    coefficients, 21 of 23 ranks stay, and the largest shift is 2".
    """
    advice = """
    A cap, a skewed scale or a small weight makes an indicator uninfluential. If it matters, mend that; if it does not,
    the index is easier to explain without it.
    """

    share: Annotated[
        float, Field(ge=0, lt=1, description="greatest share of the least influential indicators in the coefficients")
    ] = 0.1

    def look(self, subject: Subject) -> Iterator[Finding]:
        parts = subject.importance.indicator_values
        names = sorted(parts.columns)
        if subject.run is None or len(names) < 2:
            return
        table = parts.with_columns(subject.run.scores["index"])
        try:
            coefficients = standardised_regression(table, "index", names)
        except DataError as error:
            sentence = Sentence("the score cannot be regressed on the indicators: {what}", what=error.what)
            yield Finding("index", None, None, sentence)
            return
        coefficients = coefficients.with_columns(pl.col("beta").abs().round(9).alias("size")).sort("size", "indicator")
        yield _regression_finding(coefficients)
        sizes = coefficients["size"].to_numpy()
        least = coefficients["indicator"][: int((sizes.cumsum() <= self.share * sizes.sum() + 1e-12).sum())].to_list()
        if least:
            share = float(sizes[: len(least)].sum() / sizes.sum())
            yield from self._without(subject, least, share)

    def _without(self, subject: Subject, names: Sequence[str], share: float) -> Iterator[Finding]:
        """Yield the finding on the ranks without a set of indicators."""
        if subject.rescorer is None or subject.run is None:
            return
        rescoring = subject.rescorer.without_set(names)
        if isinstance(rescoring, str):
            sentence = Sentence(
                "the index cannot be scored without {names}: {rescoring}", names=named(names), rescoring=rescoring
            )
            yield Finding("index", None, self.share, sentence)
            return
        shifts = rank_shifts(ranks_of(subject.run), rescoring.ranks)
        if len(shifts) >= _FEWEST:
            stay = int((shifts == 0).sum())
            have = "has" if len(names) == 1 else "have"
            sentence = Sentence(
                "without {names}, which {verb} {share} of the standardised coefficients, {stay} of {ranks} "
                "stay, and the largest shift is {largest:g}",
                names=named(names),
                verb=have,
                share=percent(share),
                stay=stay,
                ranks=counted(len(shifts), "rank"),
                largest=shifts.max(),
            )
            yield Finding("index", stay / len(shifts), None, sentence)


def rank_shifts(nominal: Array, ranks: Array) -> Array:
    """Return the absolute differences of ranks, among the units that have a rank in both runs.

    >>> rank_shifts(np.array([1.0, 2.0, 3.0, 4.0]), np.array([2.0, np.nan, 1.0, 3.0])).tolist()
    [1.0, 1.0, 0.0]
    """
    shifts: Array = np.abs(ranks_among(nominal, ranks) - ranks_among(ranks, nominal))
    return shifts[np.isfinite(shifts)]


def _regression_finding(coefficients: pl.DataFrame) -> Finding:
    """Return the finding on the coefficients, which are sorted by their size."""
    explained = float(coefficients["share"].sum())
    (least, _), (most, _) = coefficients.select("indicator", "size").rows()[:: coefficients.height - 1]
    low, high = (coefficients["beta"][place] for place in (0, -1))
    sentence = Sentence(
        "a regression on {indicators} explains {explained:.2f} of the variance of index, with "
        "standardised coefficients from {low:z.3f} ({least}) to {high:z.3f} ({most})",
        indicators=counted(coefficients.height, "indicator"),
        explained=explained,
        low=low,
        least=least,
        high=high,
        most=most,
    )
    return Finding("index", explained, None, sentence)
