"""Checks of the precision of scores: means of several sources, and errors of the values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia_audit.checks import Check, Finding, Sentence
from indicia_checks.text import counted, number, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.methods import Array
    from indicia_audit.checks import RunFacts, Subject


@dataclass(frozen=True)
class AveragedSources(Check):
    """Report the standard errors of scores that are means of sources, and how far neighbouring scores differ.

    The standard error of a mean of n of N sources is s / √n · √((N - n) / (N - 1)), with the correction for a small
    number of sources. The effect size of a difference is the difference over the pooled standard deviation of the
    sources of both units, with Hedges' correction for few sources. A unit with fewer sources than `sources` is a
    warning.
    """

    code = "E01"
    title = "the precision of averaged sources"
    severity = "information"
    source = (
        "Saisana & Saltelli (2012), Corruption Perceptions Index 2012: Statistical Assessment, European Commission, "
        "JRC\n"
        "Cochran (1977), Sampling Techniques, 3rd edition, theorem 2.2, for the correction\n"
        "Hedges (1981), Journal of Educational Statistics 6(2), https://doi.org/10.3102/10769986006002107"
    )
    why = (
        "If each indicator is a source on the same thing, the sources of a unit disagree, and their spread is the "
        "error of the score. Readers compare neighbours in the ranking, whose scores often differ by less."
    )
    example = (
        'The Corruption Perceptions Index 2019, which publishes s / √n: "the median standard error of a score is '
        "1.8372 (2.6779 without the correction for 13 sources), of 3 to 10 sources; 170 of 179 pairs of neighbours (95 "
        '%) differ by an effect size below 0.2"'
    )
    advice = (
        "Publish the standard error beside each score, and tell readers which differences mean something. A rule on "
        'the number of sources, missing = "skip(minimum_count=3)", leaves out units with too few.'
    )
    needs = ("scores", "sources")

    sources: Annotated[int, Field(ge=2, description="least number of sources of a unit")] = 3
    effect: Annotated[float, Field(gt=0, description="least effect size of a difference that means something")] = 0.2
    population: Annotated[
        int, Field(ge=0, description="N, the number of all sources; 0: the number of indicators of the index")
    ] = 0

    def look(self, subject: Subject) -> Iterator[Finding]:
        run = subject.run
        if run is None:
            return
        values = run.components["index"].to_numpy().astype(float)
        count = np.isfinite(values).sum(axis=1)
        yield from self._few_sources(run, count, values.shape[1])
        if (count >= 2).any():
            yield self._precision(run, values, count)

    def _few_sources(self, run: RunFacts, count: Array, width: int) -> Iterator[Finding]:
        few = [
            (run.units[row], int(count[row])) for row in np.flatnonzero((count > 0) & (count < self.sources)).tolist()
        ]
        for unit, sources in sorted(few):
            sentence = Sentence(
                "{unit} has {count} of {sources}, too few for an error of its mean",
                unit=unit,
                count=sources,
                sources=counted(width, "source"),
            )
            remedy = f'missing = "skip(minimum_count={self.sources})"'
            yield Finding(unit, float(sources), float(self.sources), sentence, remedy, "warning")

    def _precision(self, run: RunFacts, values: Array, count: Array) -> Finding:
        n = np.where(count >= 2, count, np.nan)
        mean = np.nansum(values, axis=1) / n
        variance = np.nansum((values - mean[:, None]) ** 2, axis=1) / (n - 1)
        population = max(self.population or values.shape[1], int(count.max()))
        plain = np.sqrt(variance / n)
        corrected = plain * np.sqrt((population - n) / (population - 1))
        order = np.argsort(-mean, kind="stable")
        order = order[np.isfinite(mean[order])]
        effects = _effects(mean[order], variance[order], n[order])
        close = int((effects < self.effect).sum())
        sentence = Sentence(
            "the median standard error of a score is {error} ({plain} without the correction "
            "for {population} sources), of {fewest} to {most} sources",
            error=number(round(float(np.nanmedian(corrected)), 4)),
            plain=number(round(float(np.nanmedian(plain)), 4)),
            population=population,
            fewest=int(np.nanmin(n)),
            most=int(np.nanmax(n)),
        )
        if len(effects):
            share = percent(close / len(effects))
            sentence += Sentence(
                "; {close} of {pairs} of neighbours ({share}) differ by an effect size below {effect}",
                close=close,
                pairs=counted(len(effects), "pair"),
                share=share,
                effect=number(self.effect),
            )
        return Finding("index", close / max(1, len(effects)), None, sentence)


@dataclass(frozen=True)
class ErrorsOfScores(Check):
    """Report the standard errors of scores that follow from those of values, and neighbours within these errors.

    The errors of values are independent, and pass through the normalisation and the weights: the variance of a score
    is the sum of (weight · slope of the normalisation · standard error)². Indicators whose normalisation is not
    linear, and indices that are no weighted sum, need the draws of `[robustness] data`.
    """

    code = "E02"
    title = "the errors of values in the scores"
    severity = "information"
    source = (
        "JCGM (2008), Evaluation of measurement data: Guide to the expression of uncertainty in measurement, section "
        "5, https://doi.org/10.59161/JCGM100-2008E"
    )
    why = (
        "Values from samples have standard errors. Two units whose scores differ by less than the error of the "
        "difference have no order that the data support."
    )
    example = (
        'One of nine indicators has standard errors, of 4 points each: "the median standard error of a score is '
        "0.0104, from those of 1 of 9 indicators; 57 of 59 pairs of neighbours (97 %) differ by less than 1.96 "
        'standard errors of the difference"'
    )
    advice = (
        'Publish the errors beside the scores, or bands in place of ranks. [robustness] se = "attributes" '
        "redraws the values around what was observed, and shows the spread of each rank, which is no confidence set."
    )
    needs = ("scores", "standard errors")

    errors: Annotated[
        float, Field(gt=0, description="least difference that means something, in standard errors of the difference")
    ] = 1.96

    def look(self, subject: Subject) -> Iterator[Finding]:
        run = subject.run
        if run is None:
            return
        variances = {
            name: (run.effective_weights.get(name, 0.0) * slope * subject.standard_errors[name].to_numpy()) ** 2
            for name in sorted(subject.standard_errors.columns)
            if (slope := _slope(subject.raw[name].to_numpy()[run.rows], run.parts[name].to_numpy())) is not None
        }
        scale = _slope(_weighted_sum(run), run.scores["index"].to_numpy())
        if scale is None or not variances:
            sentence = Sentence("the errors of scores do not follow from those of the values by weights alone")
            remedy = '[robustness] se = "attributes" draws the errors'
            yield Finding("index", None, None, sentence, remedy)
            return
        scores = run.scores["index"].cast(float).fill_null(np.nan).to_numpy()
        error = abs(scale) * np.sqrt(sum(variances.values()))
        order = np.argsort(-scores, kind="stable")
        order = order[np.isfinite(scores[order])]
        difference = scores[order][:-1] - scores[order][1:]
        of_difference = np.sqrt(error[order][:-1] ** 2 + error[order][1:] ** 2)
        close = int((difference < self.errors * of_difference).sum())
        sentence = Sentence(
            "the median standard error of a score is {median}, from those of {count} of {indicators}; "
            "{close} of {pairs} of neighbours ({share}) differ by less than {errors} standard errors of "
            "the difference",
            median=number(round(float(np.median(error[order])), 4)),
            count=len(variances),
            indicators=counted(len(subject.indicators), "indicator"),
            close=close,
            pairs=counted(len(difference), "pair"),
            share=percent(close / max(1, len(difference))),
            errors=number(self.errors),
        )
        yield Finding("index", close / max(1, len(difference)), None, sentence)


def _weighted_sum(run: RunFacts) -> Array:
    """Return the sum of the normalised indicators times their effective weights, (units,)."""
    total: Array = np.zeros(len(run.units))
    for name in sorted(set(run.parts) - set(run.components)):
        total = total + run.effective_weights.get(name, 0.0) * run.parts[name].to_numpy()
    return total


def _slope(x: Array, y: Array) -> float | None:
    """Return the slope of a line through all points; None if the points are on no line, or have one x.

    >>> _slope(np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, 9.0])), _slope(np.array([1.0, 2.0, 4.0]), np.zeros(3))
    (2.0, 0.0)
    """
    both = np.isfinite(x) & np.isfinite(y)
    x, y = x[both], y[both]
    if len(x) < 2 or x.min() == x.max():
        return None
    centred = x - x.mean()
    slope = float(centred @ (y - y.mean()) / (centred @ centred))
    off_the_line = np.abs(y - y.mean() - slope * centred).max()
    return slope if off_the_line <= 1e-6 * max(float(np.ptp(y)), 1e-300) else None


def _effects(mean: Array, variance: Array, n: Array) -> Array:
    """Return the effect size of each pair of neighbours, with Hedges' correction; infinite for sources that agree."""
    degrees = n[1:] + n[:-1] - 2
    pooled = ((n[1:] - 1) * variance[1:] + (n[:-1] - 1) * variance[:-1]) / degrees
    difference = mean[:-1] - mean[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        effects: Array = np.where(difference == 0, 0.0, difference / np.sqrt(pooled)) * (1 - 3 / (4 * degrees - 1))
    return effects
