"""The analysis of convergence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from indicia.analyses import About, Analysis, Column, Kind, Part, Table, columns_of
from indicia.answers.needs import Panel
from indicia.messages.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.analyses import Facts, Frames


@dataclass(frozen=True)
class Convergence(Analysis):
    """Sigma- and beta-convergence of a score: whether the units come closer over the periods.

    Sigma-convergence is a fall of the standard deviation of logarithms. Beta-convergence is a negative estimate of
    `log_initial` in the regression of growth, (ln y_T - ln y_0) / T, on ln y_0.
    """

    name = "convergence"
    heading = "Do the units come closer?"
    reference = (
        "Barro & Sala-i-Martin (1992), Journal of Political Economy 100(2); HC1: MacKinnon & White (1985), "
        "Journal of Econometrics 29(3)"
    )
    formula = r"\frac{\ln y_{iT} - \ln y_{i0}}{T} = \alpha + \beta \ln y_{i0} + \varepsilon_i"

    part: Annotated[str, Part, About("the index, or the dimension whose score is tested")] = "index"
    complete: Annotated[bool, About("leave out units that lack a score in a period")] = False

    sigma = Table(
        "Spread of the units by period",
        Column("period", Kind.PERIOD, "the period"),
        Column("units", Kind.COUNT, "the number of units"),
        *columns_of(
            Kind.FIGURE,
            mean="the mean",
            cv="the coefficient of variation",
            sd_log="the standard deviation of logarithms; a fall is sigma-convergence",
        ),
        order="By period.",
        shown=50,
    )
    beta = Table(
        "Regression of growth on initial values",
        Column("term", Kind.TEXT, "the term of the regression"),
        *columns_of(
            Kind.FIGURE,
            estimate="the estimate; a negative one of log_initial is beta-convergence",
            se="its standard error",
            t="the estimate divided by its standard error",
            p="the two-sided p",
            se_hc1="the standard error that is robust against unequal variances (HC1)",
        ),
        order="The constant first.",
    )
    rates = Table(
        "Speed of convergence",
        Column("units", Kind.COUNT, "the number of units of the regression"),
        *columns_of(
            Kind.FIGURE,
            trend="the change of sd_log per unit of time",
            r2="the share of the variance of growth that the regression explains",
            speed="the share of the gap to the steady state that closes per unit of time",
            half_life="the time in which half of the gap closes; none if it grows",
        ),
        order="One row.",
    )

    def compute(self, facts: Facts) -> Frames:
        """Test the scores of all periods."""
        import polars as pl

        from indicia_statistics.analysis import convergence

        panel = facts[Panel()]
        if self.complete:
            periods = panel["period"].n_unique()
            has_all = (pl.col(self.part).is_not_null() & (pl.col(self.part) > 0)).sum().over("unit") == periods
            panel = panel.filter(has_all)
        found = convergence(panel, self.part, unit="unit", period="period")
        rates = (found.units, found.trend, found.r2, found.speed, found.half_life)
        return {
            self.sigma: self.sigma.select(found.sigma),
            self.beta: self.beta.select(found.beta),
            self.rates: self.rates.frame([rates]),
        }

    def sentences(self, frames: Frames) -> Iterator[Sentence]:
        """Tell the sign of the slope where it differs from 0 at 5 %, and the change of the spread."""
        slope, sigma = frames[self.beta].row(1, named=True), frames[self.sigma]
        grew = (
            "Units with lower scores grew faster" if slope["estimate"] < 0 else "Units with higher scores grew faster"
        )
        if slope["p"] < 0.05:
            yield Sentence(grew + " (beta {estimate:.4f}, p = {p:.3f})", estimate=slope["estimate"], p=slope["p"])
        else:
            yield Sentence(
                "Growth does not depend on the first score by more than chance (beta {estimate:.4f}, p = {p:.3f})",
                estimate=slope["estimate"],
                p=slope["p"],
            )
        yield Sentence(
            "The standard deviation of logarithms was {first:.4f} in {start} and {last:.4f} in {end}",
            first=sigma["sd_log"][0],
            start=str(sigma["period"][0]),
            last=sigma["sd_log"][-1],
            end=str(sigma["period"][-1]),
        )
