"""Sigma- and beta-convergence of units over the periods of a panel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, join_names, require_columns, with_article
from indicia.result.statistics import years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array


@dataclass(frozen=True)
class Convergence:
    """The spread between units by period, and the regression of growth on initial values."""

    sigma: pl.DataFrame
    """Mean, coefficient of variation and standard deviation of logarithms by period; a fall is sigma-convergence."""
    trend: float
    """The least-squares change of the standard deviation of logarithms per unit of time."""
    beta: pl.DataFrame
    """Estimate, standard error, t, two-sided p and robust standard error (HC1) of each term."""
    units: int
    r2: float
    speed: float | None
    """The rate at which the gap to the steady state closes; negative if the gap grows, None if it changes its sign."""
    half_life: float | None
    """The time in which half the gap closes; None if it does not close."""


@names_its_arguments
def convergence(
    panel: pl.DataFrame, value: str, *, unit: str, period: str, controls: Sequence[str] = (), ddof: Literal[0, 1] = 1
) -> Convergence:
    """Test sigma- and beta-convergence of a positive value, such as income, from the first to the last period.

    Beta-convergence is a negative estimate of `log_initial`: growth (ln y_T - ln y_0) / T is regressed on ln y_0 and on
    the values of `controls` in the first period, for units with different steady states.

    Source: Barro & Sala-i-Martin (1992), Journal of Political Economy 100(2); Sala-i-Martin (1996), The Economic
    Journal 106(437); HC1: MacKinnon & White (1985), Journal of Econometrics 29(3).

    Parameters
    ----------
    panel : polars.DataFrame
        A row for each unit and period.
    value : str
        The column of the positive value.
    unit, period : str
        The columns of units and of periods, which are numbers or dates.
    controls : sequence of str, optional
        The columns of further explanatory values; by default none.
    ddof : {0, 1}, default 1
        The standard deviations of sigma have the divisor n - ddof.

    Returns
    -------
    Convergence
        The tables `sigma` and `beta`, `speed` (share of the gap per unit of time) and `half_life` (units of time).

    Raises
    ------
    DataError
        If a unit lacks a period, because periods would then have different units, or a value is not positive.

    Examples
    --------
    >>> start, end = [1.0, 2.0, 4.0, 8.0], [2.0, 3.0, 5.0, 9.0]
    >>> panel = pl.DataFrame({"city": ["A", "B", "C", "D"] * 2, "year": [2010] * 4 + [2020] * 4, "y": start + end})
    >>> result = convergence(panel, "y", unit="city", period="year")
    >>> result.sigma["sd_log"].round(3).to_list(), round(result.speed, 4), round(result.half_life, 1)
    ([0.895, 0.651], 0.0322, 21.5)
    """
    table = _panel(panel, value, unit, period, controls)
    y, t = pl.col("y"), pl.col("t")
    sigma = (
        table.group_by("t", maintain_order=True)
        .agg(
            period=pl.col("period").first(),
            units=pl.len(),
            mean=y.mean(),
            cv=y.std(ddof=ddof) / y.mean(),
            sd_log=y.log().std(ddof=ddof),
        )
        .sort("t")
    )
    times, deviations = sigma["t"].to_numpy(), sigma["sd_log"].to_numpy()
    centred = times - times.mean()
    first, last = table.filter(t == t.min()), table.filter(t == t.max())
    span = float(times[-1] - times[0])
    initial = np.log(first["y"].to_numpy())
    growth = (np.log(last["y"].to_numpy()) - initial) / span
    terms = np.column_stack([np.ones(len(first)), initial, *(first[name].to_numpy() for name in controls)])
    names = ["constant", "log_initial", *controls]
    beta, r2 = _least_squares(terms, growth, names)
    closing = 1 + beta["estimate"][1] * span
    speed = -math.log(closing) / span if closing > 0 else None
    return Convergence(
        sigma.drop("t"),
        float(centred @ deviations / (centred @ centred)),
        beta,
        len(first),
        r2,
        speed,
        math.log(2) / speed if speed is not None and speed > 0 else None,
    )


def _panel(panel: pl.DataFrame, value: str, unit: str, period: str, controls: Sequence[str]) -> pl.DataFrame:
    """Check a panel; return its unit, period, time t, y and controls, with the same order of units in every period."""
    require_columns(panel, (value, unit, period, *controls))
    if panel[period].null_count() or panel[unit].null_count():
        raise DataError(f"{unit} or {period} is missing in some rows", remedy="leave them out: panel.filter(…)")
    table = panel.select(
        pl.col(unit).cast(pl.String).alias("unit"),
        pl.col(period).alias("period"),
        years(panel[period]).alias("t"),
        pl.col(value).cast(pl.Float64).alias("y"),
        *(pl.col(name).cast(pl.Float64) for name in controls),
    ).sort("t", "unit")
    if table.select(pl.struct("unit", "t").is_duplicated().any()).item():
        duplicates = table.filter(pl.struct("unit", "t").is_duplicated())["unit"].unique(maintain_order=True)
        raise DataError(
            f"more than one row of {with_article(unit)} and {period}: {join_names(duplicates.to_list())}",
            remedy="keep one of each: panel.unique([…])",
        )
    periods = table["t"].n_unique()
    if periods < 2:
        raise DataError(
            f"convergence needs two periods or more, and {period} has {periods}", remedy="add periods to the panel"
        )
    usable = table.filter(pl.col("y").is_finite() & (pl.col("y") > 0))
    complete_units = usable.group_by("unit").len().filter(pl.col("len") == periods)["unit"]
    lacking = (
        table.filter(~pl.col("unit").is_in(complete_units.implode()))["unit"].unique(maintain_order=True).to_list()
    )
    if lacking:
        raise DataError(
            f"{value} is missing or not positive in some {period} for {join_names(lacking)}",
            remedy="leave these units out, or these periods: panel.filter(…)",
        )
    start = table.filter(pl.col("t") == pl.col("t").min())
    for name in controls:
        if (absent := start.filter(pl.col(name).is_null() | ~pl.col(name).is_finite()))["unit"].len():
            raise DataError(
                f"{name} is missing in the first {period} for {join_names(absent['unit'].to_list())}",
                remedy="leave these units out: panel.filter(…)",
            )
    if len(start) <= len(controls) + 2:
        raise DataError(
            f"{len(start)} units are too few to estimate {len(controls) + 2} terms",
            remedy=f"add units, to {len(controls) + 3} or more, or take out controls",
        )
    return table


def _least_squares(terms: Array, y: Array, names: Sequence[str]) -> tuple[pl.DataFrame, float]:
    """Regress `y` on terms by ordinary least squares; return the table of estimates, and R²."""
    free = len(terms) - len(names)
    orthogonal, triangular = np.linalg.qr(terms)
    if np.abs(np.diag(triangular)).min() <= 1e-12 * np.abs(np.diag(triangular)).max():
        raise DataError(
            f"the effects of {join_names(names[1:])} cannot be told apart: one does not vary, or is a sum of others",
            remedy="leave out a control" if len(names) > 2 else None,
        )
    estimates = np.linalg.solve(triangular, orthogonal.T @ y)
    residuals = y - terms @ estimates
    inverse = np.linalg.inv(triangular)
    se = np.sqrt(residuals @ residuals / free * (inverse**2).sum(axis=1))
    robust = np.sqrt(((inverse @ (orthogonal * residuals[:, None]).T) ** 2).sum(axis=1) * len(terms) / free)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = estimates / se
    p = [two_sided(float(statistic), free) for statistic in t]
    table = pl.DataFrame({"term": names, "estimate": estimates, "se": se, "t": t, "p": p, "se_hc1": robust})
    centred = y - y.mean()
    return table, float(1 - residuals @ residuals / (centred @ centred)) if centred.any() else math.nan


def two_sided(t: float, free: int) -> float:
    """Return the two-sided probability of a t at least as large, with `free` degrees of freedom.

    It is the regularised incomplete beta function of f / (f + t²) at f / 2 and 1 / 2, as a continued fraction
    (Numerical Recipes, section 6.4).

    >>> round(two_sided(2.228138852, 10), 6)
    0.05
    """
    if not math.isfinite(t):
        return math.nan if math.isnan(t) else 0.0
    a, b, x = free / 2, 0.5, free / (free + t * t)
    if x == 1:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    fraction = d
    for m in range(1, 10_000):
        step = 1.0
        for factor in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / ((1 + factor * d) or tiny)
            c = (1 + factor / c) or tiny
            step = c * d
            fraction *= step
        if abs(step - 1) < 1e-16:
            break
    return fraction
