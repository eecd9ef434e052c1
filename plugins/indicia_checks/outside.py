"""Checks of an index beside variables outside it, beside its indicators, and beside its dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Annotated

import numpy as np
import polars as pl
from pydantic import Field

from indicia.messages.sentence import COMMA
from indicia_audit.checks import Check, Finding, Listed, RunFacts, Sentence, Subject, named
from indicia_checks.rankings import ranks_of
from indicia_checks.text import GII_AUDIT, HANDBOOK, counted, interval_text, pearson, percent, severity_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.methods import Array

_LEAST_OF_A_LINE = 10
"""The least number of units of a regression whose residuals are judged."""
_MOST_NAMES = 5
_DIGITS = 9
"""The digits of correlations that decide their order: later digits depend on the order of rows."""
_MOST_NODES = 10
"""The largest number of dimensions whose correlations are all printed."""


@dataclass(frozen=True)
class Redundant(Check):
    """Find an index that one indicator or one variable outside the index can replace.

    The correlation with each variable of `[outside.variables]`, such as the logarithm of GDP, is always reported as
    information, and so are the units that are far from the regression line. A correlation above the threshold is a
    warning, and information where its 95 % interval covers the threshold.
    """

    code = "X01"
    title = "a redundant index"
    source = (
        f"{HANDBOOK}: step 9\n"
        "Foster, McGillivray & Seth (2013), Econometric Reviews 32(1), https://doi.org/10.1080/07474938.2012.690647"
    )
    why = (
        "An index that ranks units as GDP does, or as one of its indicators does, says nothing new. The units far from "
        "the line show where the index says more than the variable."
    )
    example = (
        '[outside.variables] has a column gdp that is nearly the mean of the indicators: "the index and gdp: r = '
        '0.99 over 60 units (95 % interval 0.99 to 1.00): the index is redundant beside gdp"'
    )
    advice = (
        "State what the index adds to the variable, and show the units off the line. If an indicator alone gives the "
        "index, look at the weights and correlations of the others, or publish the indicator. [outside.variables] "
        'names the variables: gdp = { transform = "log" }.'
    )
    needs = ("scores",)

    correlation: Annotated[float, Field(ge=0, le=1, description="greatest absolute correlation with one variable")] = (
        0.95
    )
    residual: Annotated[
        float, Field(gt=0, description="least absolute studentised residual of a unit that is named")
    ] = 2.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        run = subject.run
        if run is None:
            return
        score = _score(run, "index")
        indicators = sorted(set(run.parts) & set(subject.indicators))
        for name in indicators if len(indicators) > 1 else ():
            r, n = pearson(score, run.parts[name])
            if r is not None and abs(r) > self.correlation:
                yield self._finding(name, r, n)
        for name in sorted(subject.outside.columns):
            variable = subject.outside[name]
            r, n = pearson(score, variable)
            if r is not None:
                yield self._finding(name, r, n)
                yield from self._residuals(run, name, _numbers(score), _numbers(variable))

    def _finding(self, name: str, r: float, n: int) -> Finding:
        sentence = Sentence(
            "the index and {name}: r = {r:z.2f} over {units} {interval}",
            name=name,
            r=r,
            units=counted(n, "unit"),
            interval=interval_text(r, n),
        )
        if abs(r) <= self.correlation:
            return Finding(name, r, self.correlation, sentence, severity="information")
        severity = severity_at(r, n, self.correlation if r > 0 else -self.correlation)
        sentence += Sentence(": the index is redundant beside {name}", name=name)
        return Finding(name, r, self.correlation, sentence, f"state what the index adds to {name}", severity)

    def _residuals(self, run: RunFacts, name: str, score: Array, variable: Array) -> Iterator[Finding]:
        """Yield the units far from the regression of the score on a variable, the farthest first."""
        residuals = studentised(variable, score)
        far = [
            (float(residuals[row]), run.units[row])
            for row in np.flatnonzero(np.abs(residuals) > self.residual).tolist()
        ]
        if not far:
            return
        far.sort(key=lambda pair: (-abs(pair[0]), pair[1]))
        names = named([Sentence("{unit} ({size:+.1f})", unit=unit, size=size) for size, unit in far], _MOST_NAMES)
        sentence = Sentence(
            "farthest from the line of the index on {name}, in studentised residuals: {names}",
            name=name,
            names=names,
        )
        yield Finding(name, far[0][0], self.residual, sentence, "look at the values of these units", "information")


@dataclass(frozen=True)
class AddedValue(Check):
    """Report the share of units whose rank in the index differs much from their rank in each dimension."""

    code = "X02"
    title = "the added value of the index"
    severity = "information"
    source = GII_AUDIT
    why = (
        "If ranks in the index are those in a dimension, the index adds nothing to the dimension. If they differ for "
        "many units, the index shows what no dimension shows alone."
    )
    example = (
        'An index of three dimensions: "the ranks in the index and in nature differ by 10 or more for 19 of 60 '
        'units (32 %), most for T56: 27 and 54"'
    )
    advice = "Publish the ranks in the dimensions beside the rank in the index, and tell readers where they differ."
    needs = ("scores", "dimensions")

    shift: Annotated[int, Field(ge=1, description="least difference of ranks that counts")] = 10

    def look(self, subject: Subject) -> Iterator[Finding]:
        run = subject.run
        if run is None:
            return
        ranks = ranks_of(run)
        for node in sorted(set(run.components) - {"index"}):
            of_node = ranks_of(run, node)
            difference = np.abs(ranks - of_node)
            units = int(np.isfinite(difference).sum())
            if units <= self.shift:
                continue
            count = int((np.nan_to_num(difference) >= self.shift).sum())
            sentence = Sentence(
                "the ranks in the index and in {node} differ by {shift} or more for {count} of {units} ({share})",
                node=node,
                shift=self.shift,
                count=count,
                units=counted(units, "unit"),
                share=percent(count / units),
            )
            if count:
                largest = np.flatnonzero(difference == np.nanmax(difference)).tolist()
                row = min(largest, key=lambda place: str(run.units[place]))
                sentence += Sentence(
                    ", most for {unit}: {rank:.0f} and {of_node:.0f}",
                    unit=run.units[row],
                    rank=ranks[row],
                    of_node=of_node[row],
                )
            yield Finding(node, count / units, None, sentence)


@dataclass(frozen=True)
class CorrelationsOfLevels(Check):
    """Report the correlations of the index with the dimensions of each level, and among these dimensions.

    A dimension of which a higher score is worse has the opposite sign, so that a positive correlation is agreement.
    """

    code = "X03"
    title = "correlations by level"
    severity = "information"
    source = GII_AUDIT
    why = (
        "The correlations show which dimensions the index follows, and whether dimensions of a level say the same "
        "thing."
    )
    example = (
        'An index of three dimensions: "dimensions of level 1: r with the index is 0.84 for life, 0.84 for nature, '
        '0.82 for work; r of life and work is 0.54, r of nature and work is 0.54, r of life and nature is 0.55"'
    )
    advice = (
        "Dimensions that the index hardly follows have too little weight, or little in common with the others: look at "
        "the findings on coherence (C) and on importance (W)."
    )
    needs = ("scores", "dimensions")

    def look(self, subject: Subject) -> Iterator[Finding]:
        run = subject.run
        if run is None:
            return
        index = _score(run, "index")
        for level, nodes in enumerate(_levels(run), start=1):
            scores = {node: _score(run, node) for node in sorted(nodes)}
            with_index = {node: r for node, score in scores.items() if (r := pearson(index, score)[0]) is not None}
            if not with_index:
                continue
            weakest = min(with_index, key=lambda node: (round(with_index[node], _DIGITS), node))
            shown = with_index if len(with_index) <= _MOST_NODES else _ends(with_index)
            parts = Listed(
                (Sentence("{r:z.2f} for {node}", r=r, node=node) for node, r in shown.items()),
                COMMA if shown is with_index else " to ",
            )
            sentence = Sentence(
                "dimensions of level {level}: r with the index is {parts}{among}",
                level=level,
                parts=parts,
                among=_among(scores),
            )
            yield Finding(weakest, with_index[weakest], None, sentence)


def _ends(of_nodes: dict[str, float]) -> dict[str, float]:
    """Return the lowest and the highest of many correlations."""
    ordered = sorted(of_nodes.items(), key=lambda pair: (round(pair[1], _DIGITS), pair[0]))
    return dict([ordered[0], ordered[-1]])


def _among(scores: dict[str, pl.Series]) -> str:
    """Return the words about the correlations among dimensions: of a few all, of many the lowest and highest."""
    pairs = [(r, a, b) for a, b in combinations(scores, 2) if (r := pearson(scores[a], scores[b])[0]) is not None]
    if not pairs:
        return ""
    pairs.sort(key=lambda pair: (round(pair[0], _DIGITS), pair[1:]))
    if len(pairs) <= 3:
        texts = Listed(Sentence("r of {a} and {b} is {r:z.2f}", a=a, b=b, r=r) for r, a, b in pairs)
        return Sentence("; {correlations}", correlations=texts)
    low, high = (Sentence("{r:z.2f} ({a} and {b})", r=r, a=a, b=b) for r, a, b in (pairs[0], pairs[-1]))
    return Sentence(
        "; r of the {count} pairs of dimensions is from {low} to {high}", count=len(pairs), low=low, high=high
    )


def _levels(run: RunFacts) -> Iterator[list[str]]:
    """Yield the dimensions on each level below the index, once each, at their first level."""
    met, level = {"index"}, ["index"]
    while level := [
        name for node in level for name in run.components[node].columns if name in run.components and name not in met
    ]:
        level = list(dict.fromkeys(level))
        met |= set(level)
        yield level


def _score(run: RunFacts, node: str) -> pl.Series:
    """Return the score of a node, larger is better."""
    score = run.scores[node].cast(pl.Float64)
    return -score if node in run.costs else score


def _numbers(column: pl.Series) -> Array:
    numbers: Array = column.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return numbers


def studentised(x: Array, y: Array) -> Array:
    """Return the residuals of the regression of y on x over their standard errors; NaN without a value or a line.

    Source: Cook & Weisberg (1982), Residuals and Influence in Regression, section 2.2.1 (internally studentised).

    >>> studentised(np.arange(10.0), np.array([0, 1, 2, 3, 9, 5, 6, 7, 8, 9.0])).round(2)[[0, 4]]
    array([-0.47,  2.83])
    """
    both = np.isfinite(x) & np.isfinite(y)
    result = np.full(len(x), np.nan)
    n = int(both.sum())
    if n < _LEAST_OF_A_LINE:
        return result
    centred, response = x[both] - x[both].mean(), y[both] - y[both].mean()
    spread = float(centred @ centred)
    if spread == 0:
        return result
    residuals = response - centred * float(centred @ response) / spread
    variance = float(residuals @ residuals) / (n - 2)
    if variance <= 1e-24 * float(response @ response):  # on the line, but for rounding
        return result
    result[both] = residuals / np.sqrt(variance * np.maximum(1 - 1 / n - centred**2 / spread, 1e-12))
    return result
