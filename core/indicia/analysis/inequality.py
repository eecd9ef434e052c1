"""Inequality of units, within groups and between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from indicia.data import require_columns
from indicia.errors import DataError, pluralise

if TYPE_CHECKING:
    from indicia.methods import Array


@dataclass(frozen=True)
class Theil:
    """Inequality as the sum of a part within groups and a part between groups."""

    total: float
    within: float
    between: float
    groups: pl.DataFrame
    """Units, share of the population, share of the value, mean and inequality of each group."""


@dataclass(frozen=True)
class Dagum:
    """The Gini coefficient as the sum of three parts."""

    total: float
    within: float
    between: float
    """The part between groups, net of their overlap."""
    transvariation: float
    """The part due to units of a poorer group whose value is above that of units of a richer group."""
    groups: pl.DataFrame
    """Units, share of the population, share of the value, mean and Gini coefficient of each group."""
    pairs: pl.DataFrame
    """The Gini coefficient between each pair of groups, and their economic distance: 1 for groups without overlap."""


def theil(
    table: pl.DataFrame, value: str, group: str, *, weight: str | None = None, index: Literal["T", "L"] = "T"
) -> Theil:
    """Split Theil's index T, or L, the mean logarithmic deviation, into inequality within and between groups.

    `weight` is a column of populations, the weights of units. T needs values of 0 or more (0 ln 0 = 0), L positive
    values. DataError for other values, and for missing values, groups or weights.

    Source: Theil (1967), Economics and Information Theory; Shorrocks (1980), Econometrica 48(3).

    >>> table = pl.DataFrame({"coast": ["yes", "yes", "no", "no"], "income": [1.0, 1.0, 3.0, 3.0]})
    >>> result = theil(table, "income", "coast")
    >>> round(result.total, 4), result.within, result.groups["mean"].to_list()
    (0.1308, 0.0, [3.0, 1.0])
    """
    x, w = pl.col("x"), pl.col("w")
    units = _units(table, value, group, weight, positive=index == "L")
    deviation = _x_ln_x if index == "T" else _minus_ln
    mean = (w * x).sum() / w.sum()
    inequality = (w * deviation(x / pl.when(mean > 0).then(mean).otherwise(1.0))).sum() / w.sum()
    groups = _groups(units, inequality, "theil")
    share = pl.col("value_share" if index == "T" else "population_share")
    between_terms = pl.col("population_share") * deviation(pl.col("value_share") / pl.col("population_share"))
    within, between = groups.select((share * pl.col("theil")).sum(), between_terms.sum().alias("between")).row(0)
    return Theil(within + between, within, between, groups.rename({"group": group}))


def dagum(table: pl.DataFrame, value: str, group: str, *, weight: str | None = None) -> Dagum:
    """Split the Gini coefficient into parts within groups, net between groups, and due to their overlap.

    `weight` is a column of populations, the weights of units. DataError for negative values, and for missing values,
    groups or weights.

    Source: Dagum (1997), Empirical Economics 22(4).

    >>> table = pl.DataFrame({"coast": ["yes", "yes", "no", "no"], "income": [1.0, 4.0, 3.0, 8.0]})
    >>> result = dagum(table, "income", "coast")
    >>> [round(part, 5) for part in (result.within, result.between, result.transvariation, result.total)]
    [0.125, 0.1875, 0.03125, 0.34375]
    """
    units = _units(table, value, group, weight, positive=False)
    parts = {str(name): _Part.of(part) for (name,), part in units.partition_by("group", as_dict=True).items()}
    ginis = {name: part.excess(part) / part.mean if part.mean else 0.0 for name, part in parts.items()}
    groups = _groups(units, pl.col("group").first().replace_strict(ginis, return_dtype=pl.Float64), "gini")
    shares = {name: (p, s) for name, p, s in groups.select("group", "population_share", "value_share").iter_rows()}
    within = sum(ginis[name] * p * s for name, (p, s) in shares.items())
    rows, between, overlap = [], 0.0, 0.0
    for richer, poorer in combinations(sorted(parts, key=lambda name: -parts[name].mean), 2):
        above, below = parts[richer].excess(parts[poorer]), parts[poorer].excess(parts[richer])
        gini = (above + below) / (parts[richer].mean + parts[poorer].mean) if above + below else 0.0
        distance = (above - below) / (above + below) if above + below else 0.0
        rows.append((richer, poorer, gini, distance))
        (p, s), (q, t) = shares[richer], shares[poorer]
        between += gini * (p * t + q * s) * distance
        overlap += gini * (p * t + q * s) * (1 - distance)
    kinds = {"richer": pl.String, "poorer": pl.String, "gini": pl.Float64, "distance": pl.Float64}
    pairs = pl.DataFrame(rows, schema=kinds, orient="row")
    return Dagum(within + between + overlap, within, between, overlap, groups.rename({"group": group}), pairs)


@dataclass(frozen=True)
class _Part:
    """The units of a group, sorted by value, with cumulative sums of population and amount from 0."""

    x: Array
    w: Array
    people: Array
    amount: Array

    @classmethod
    def of(cls, units: pl.DataFrame) -> _Part:
        x, w = units.sort("x").select("x", "w").to_numpy().T
        return cls(x, w, np.append(0.0, w.cumsum()), np.append(0.0, (w * x).cumsum()))

    @property
    def mean(self) -> float:
        return float(self.amount[-1] / self.people[-1])

    def excess(self, other: _Part) -> float:
        """Return the mean of max(x - y, 0) over all pairs of a unit of this group and a unit of the other."""
        lower = np.searchsorted(other.x, self.x)
        above = (self.w * (self.x * other.people[lower] - other.amount[lower])).sum()
        return float(above / (self.people[-1] * other.people[-1]))


def _x_ln_x(x: pl.Expr) -> pl.Expr:
    return pl.when(x > 0).then(x * x.log()).otherwise(0.0)


def _minus_ln(x: pl.Expr) -> pl.Expr:
    return -x.log()


def _groups(units: pl.DataFrame, inequality: pl.Expr, name: str) -> pl.DataFrame:
    people, amount = pl.col("people"), pl.col("amount")
    sums = units.group_by("group").agg(
        inequality.alias(name), units=pl.len(), people=pl.col("w").sum(), amount=(pl.col("w") * pl.col("x")).sum()
    )
    return sums.sort("group").select(
        "group",
        "units",
        (people / people.sum()).alias("population_share"),
        (amount / amount.sum()).alias("value_share"),
        (amount / people).alias("mean"),
        name,
    )


def _units(table: pl.DataFrame, value: str, group: str, weight: str | None, *, positive: bool) -> pl.DataFrame:
    """Check the table; return x, w and group of every unit."""
    require_columns(table, (value, group, *([weight] if weight else [])))
    w = pl.col(weight) if weight else pl.lit(1.0)
    units = table.select(x=pl.col(value).cast(pl.Float64), w=w.cast(pl.Float64), group=pl.col(group).cast(pl.String))
    x, w = pl.col("x"), pl.col("w")
    faults = {
        f"{value} or its group is missing": x.is_null() | pl.col("group").is_null(),
        f"{value} is not {'positive' if positive else 'zero or more'}": ~(
            x.is_finite() & (x > 0 if positive else x >= 0)
        ),
        f"{weight} is not positive": (w.is_null() | ~(w.is_finite() & (w > 0))),
    }
    for fault, is_faulty in faults.items():
        if number := units.filter(is_faulty).height:
            raise DataError(f"{fault} for {pluralise(number, 'unit')}", remedy="leave them out: table.filter(…)")
    if not units["x"].sum() > 0:
        raise DataError(
            f"inequality needs a unit with some {value}, and there is none",
            remedy="choose the column of the amount that units share",
        )
    return units
