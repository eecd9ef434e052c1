"""Checks of imputed values, and of scores without missing values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
import polars as pl
from pydantic import Field

from indicia_audit.checks import Check, Finding, RunFacts, Sentence, Subject
from indicia_checks.text import COINR, counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt


@dataclass(frozen=True)
class ImputedShare(Check):
    """Find indicators and units of which a large share of values is imputed."""

    code = "D09"
    title = "many imputed values"
    source = "Indicia: the complement of D01"
    needs = ("imputation",)
    evidence = "sample"
    why = """
    An imputed value has no evidence about its unit. An indicator or a unit with many of them looks complete in all
    later tables, and is not.
    """
    example = """
    The mean of the other towns stands for 24 of 60 values: "24 of 60 values of jobs are imputed by mean (40 %)".
    """
    advice = """
    Leave out the indicator, or the unit (`[screening] units = 0.65`), or complete it from another source.
    `indicia run --show cells` lists the imputed cells, and `indicia robustness --imputation` their effect on ranks.
    """

    share: Annotated[float, Field(ge=0, le=1, description="greatest share of imputed values")] = 0.35

    def look(self, subject: Subject) -> Iterator[Finding]:
        number = len(subject.indicators)
        for name in sorted(subject.indicators):
            rows, count = subject.statistics[name].rows, subject.statistics[name].imputed
            if count > self.share * rows:
                method = subject.indicators[name].imputation
                sentence = Sentence(
                    "{count:,} of {values} of {name} are imputed by {method}",
                    count=count,
                    values=counted(rows, "value"),
                    name=name,
                    method=method,
                )
                remedy = f"{name} tells little about these {subject.rows_noun}s: leave it out, or complete it"
                sentence = Sentence("{sentence} ({share})", sentence=sentence, share=percent(count / rows))
                yield Finding(name, count / rows, self.share, sentence, remedy, evidence="statistics")
        counts = subject.imputed.select(pl.sum_horizontal(pl.all())).to_series()
        for row, unit, period in subject.rows_where(counts > self.share * number):
            share = counts[row] / number
            place = unit if period is None else f"{unit} {period}"
            sentence = Sentence(
                "{count} of {values} of {place} are imputed",
                count=counts[row],
                values=counted(number, "value"),
                place=place,
            )
            remedy = f"[screening] units = {1 - self.share:g} leaves it out"
            yield Finding(
                unit,
                share,
                self.share,
                Sentence("{sentence} ({share})", sentence=sentence, share=percent(share)),
                remedy,
                period=period,
            )


@dataclass(frozen=True)
class SkippedValues(Check):
    """Report units that are scored by the values that they have, as if the missing ones were equal to their mean.

    In an audit, the finding is a warning for a unit without a value that is among the first ten, or in the upper half
    of an index of fewer than twenty units. It is a warning, too, if units leave their intervals of ranks (5 to 95 % of
    the draws) where the median of the other units stands for their missing values.
    """

    code = "D10"
    title = "scores without missing values"
    severity = "information"
    source = f"Becker (2021), Composite Indicator Development and Analysis in R with COINr, chapter 6\n{COINR}"
    uses = ("scores", "draws", "rescoring")
    evidence = "sample"
    why = """
    A mean of the present values treats a missing value as if it were equal to that mean. A unit gains by not reporting
    what it is bad at. This imputation has no name in the methodology, so readers do not know of it.
    """
    example = """
    One of 60 towns has no value of jobs, and is the first of the ranking: "T03 has rank 1 and lacks 1 of 9 indicators,
    for which the mean of its other values counts".
    """
    advice = """
    Impute on purpose (`imputation = "median"`, or another method), or refuse scores of incomplete units:
    `[methodology] missing = "propagate"`. `indicia robustness --imputation` shows whether ranks depend on it.
    """

    top: Annotated[int, Field(ge=0, description="the first ranks, in which an incomplete unit is a warning")] = 10

    def look(self, subject: Subject) -> Iterator[Finding]:
        skipping = sorted(
            {
                name
                for node in subject.nodes.values()
                if node.missing == "skip"
                for name in node.components
                if name in subject.indicators
            }
        )
        if not skipping:
            return
        lacking = subject.filled.select(pl.sum_horizontal(pl.col(skipping).is_null().cast(pl.Int64))).to_series()
        count, rows = int((lacking > 0).sum()), len(subject.filled)
        if not count:
            return
        sentence = Sentence(
            "{count:,} of {rows} lack a value and are scored by the values that they have, as if the "
            "missing ones were equal to the mean of the others",
            count=count,
            rows=counted(rows, subject.rows_noun),
        )
        yield Finding("index", count / rows, None, sentence, _REMEDY)
        if subject.run is not None:
            yield from self._ranks(subject, subject.run, lacking.to_numpy())

    def _ranks(self, subject: Subject, run: RunFacts, lacking: npt.NDArray[np.int64]) -> Iterator[Finding]:
        """Yield the incomplete units whose rank is high, or depends on the missing values."""
        missing, ranks = lacking[run.rows], run.ranks["index"].to_numpy()
        number = counted(len(subject.indicators), "indicator")
        top = min(self.top, len(ranks) // 2)
        for place in _by_name(run, (missing > 0) & (ranks <= top)):
            sentence = Sentence(
                "{unit} has rank {rank:.0f} and lacks {missing} of {number}, for which the mean of its "
                "other values counts",
                unit=run.units[place],
                rank=ranks[place],
                missing=missing[place],
                number=number,
            )
            yield Finding(run.units[place], float(ranks[place]), float(top), sentence, _REMEDY, "warning", run.period)
        if subject.rescorer is None or subject.draws is None:
            return
        filled = subject.rescorer.with_choice("imputation", "median")
        if isinstance(filled, str):
            return
        low, high = _intervals(subject, run)
        is_outside = (filled.ranks < low) | (filled.ranks > high)
        shifts = np.abs(filled.ranks - ranks)
        moved = sorted(_by_name(run, (missing > 0) & is_outside & np.isfinite(ranks)), key=lambda place: -shifts[place])
        if not moved:
            return
        first, units = moved[0], counted(int((missing > 0).sum()), "incomplete unit")
        sentence = Sentence(
            "medians in place of the missing values move {count:,} of {units} out of their intervals of "
            "ranks, most {unit}: from rank {before:.0f} to {after:.0f}, outside {low:.0f} to "
            "{high:.0f}",
            count=len(moved),
            units=units,
            unit=run.units[first],
            before=ranks[first],
            after=filled.ranks[first],
            low=low[first],
            high=high[first],
        )
        yield Finding("index", float(len(moved)), 0.0, sentence, _REMEDY, "warning", run.period)


_REMEDY = "indicia robustness --imputation shows whether ranks depend on it"


def _by_name(run: RunFacts, mask: npt.NDArray[np.bool_]) -> list[int]:
    """Return the places of units where a mask is true, by their names."""
    return sorted(np.flatnonzero(mask).tolist(), key=lambda place: str(run.units[place]))


def _intervals(subject: Subject, run: RunFacts) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the lower and the upper rank of each unit of a run; NaN for a unit without draws."""
    assert subject.draws is not None
    table = subject.draws.table
    of_run = run.units.to_frame("unit").join(
        table.select(pl.col(table.columns[0]).cast(pl.String).alias("unit"), "lower", "upper"),
        on="unit",
        how="left",
        maintain_order="left",
    )
    return of_run["lower"].cast(pl.Float64).to_numpy(), of_run["upper"].cast(pl.Float64).to_numpy()
