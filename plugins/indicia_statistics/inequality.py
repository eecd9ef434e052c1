"""Inequality of units, within groups and between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, DefinitionError, join_names, pluralise, require_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """The Gini coefficient between each pair of groups, and their economic distance: 1 for groups without overlap.

    `excess` is the mean of max(x - y, 0) over pairs of a unit x of the richer group and a unit y of the poorer group,
    `reverse_excess` the mean of max(y - x, 0). `between` and `transvariation` are the parts of the pair in the total.
    """


@names_its_arguments
def inequality(
    table: pl.DataFrame, value: str, *, weight: str | None = None, aversions: Sequence[float] = (0.5, 1, 2)
) -> pl.DataFrame:
    """Return measures of the inequality of units, one a row: `measure` and `value`.

    With y = x / mean and the population shares p of units, the measures are Theil's T = Σ p y ln y (`theil_t`) and
    L = -Σ p ln y (`theil_l`); half the squared coefficient of variation, Σ p (y - 1)² / 2 (`half_cv2`); the Gini
    coefficient, half the mean absolute difference of y over all pairs of units (`gini`), and the same over pairs of
    different units (`gini_sample`, for units without weights); and, for each aversion ε to inequality, Atkinson's index
    1 - (Σ p y^(1-ε))^(1/(1-ε)), or 1 - exp(Σ p ln y) if ε = 1 (`atkinson_0.5`). The logarithm of 0 does not exist: if a
    unit has 0, `theil_l` is missing, and Atkinson's index is 1 for ε of 1 or more.

    Parameters
    ----------
    table : polars.DataFrame
        A row for each unit.
    value : str
        The column of the value, 0 or more.
    weight : str, optional
        The column of populations, the weights of units; by default units count alike.
    aversions : sequence of float, default (0.5, 1, 2)
        The aversions to inequality of Atkinson's index, above 0.

    Returns
    -------
    polars.DataFrame
        `measure` and `value`, a row for each measure.

    Raises
    ------
    DataError
        For missing or negative values, for a total of 0, and for weights that are not positive.
    DefinitionError
        For an aversion that is not above 0.

    References
    ----------
    Cowell (2011), Measuring Inequality, 3rd ed., Oxford University Press; Atkinson (1970), Journal of Economic Theory
    2(3).

    Examples
    --------
    >>> table = pl.DataFrame({"income": [1.0, 1.0, 4.0]})
    >>> dict(inequality(table, "income", aversions=[2]).with_columns(pl.col("value").round(4)).rows())
    {'theil_t': 0.231, 'theil_l': 0.231, 'half_cv2': 0.25, 'gini': 0.3333, 'gini_sample': 0.5, 'atkinson_2': 0.3333}
    """
    if wrong := [aversion for aversion in aversions if not 0 < aversion < float("inf")]:
        raise DefinitionError(
            f"an aversion to inequality is a number above 0, unlike {join_names(wrong)}",
            remedy="such as aversions=[0.5, 1, 2]",
        )
    units = _units(table, value, None, weight, positive=False)
    everyone = _Part.of(units)
    gini = everyone.excess(everyone) / everyone.mean
    p = pl.col("w") / pl.col("w").sum()
    y = pl.col("x") / (p * pl.col("x")).sum()
    sums = units.select(
        theil_t=(p * _x_ln_x(y)).sum(),
        theil_l=(p * _minus_ln(y)).sum(),
        half_cv2=(p * (y - 1) ** 2).sum() / 2,
        gini=gini,
        gini_sample=gini * units.height / (units.height - 1) if weight is None and units.height > 1 else None,
        **{f"atkinson_{aversion:g}": _atkinson(p, y, aversion) for aversion in aversions},
    )
    finite = sums.select(pl.when(pl.all().cast(pl.Float64).is_finite()).then(pl.all()))
    return finite.unpivot(variable_name="measure", value_name="value")


@names_its_arguments
def theil(
    table: pl.DataFrame, value: str, group: str, *, weight: str | None = None, index: Literal["T", "L"] = "T"
) -> Theil:
    """Split Theil's index T, or L, the mean logarithmic deviation, into inequality within and between groups.

    Source: Theil (1967), Economics and Information Theory; Shorrocks (1980), Econometrica 48(3).

    Parameters
    ----------
    table : polars.DataFrame
        A row for each unit.
    value, group : str
        The columns of the value and of the groups.
    weight : str, optional
        The column of populations, the weights of units; by default units count alike.
    index : {"T", "L"}, default "T"
        T needs values of 0 or more (0 ln 0 = 0), L positive values.

    Returns
    -------
    Theil
        `within`, `between` and `total`, and a table by group.

    Raises
    ------
    DataError
        For other values, and for missing values, groups or weights.

    Examples
    --------
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


@names_its_arguments
def dagum(table: pl.DataFrame, value: str, group: str, *, weight: str | None = None) -> Dagum:
    """Split the Gini coefficient into parts within groups, net between groups, and due to their overlap.

    Source: Dagum (1997), Empirical Economics 22(4).

    Parameters
    ----------
    table : polars.DataFrame
        A row for each unit.
    value, group : str
        The columns of the value and of the groups.
    weight : str, optional
        The column of populations, the weights of units; by default units count alike.

    Returns
    -------
    Dagum
        `within`, `between`, `transvariation` and `total`, and tables by group and pair of groups.

    Raises
    ------
    DataError
        For negative values, and for missing values, groups or weights.

    Examples
    --------
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
    for richer, poorer in combinations(sorted(parts, key=lambda name: (-parts[name].mean, name)), 2):
        above, below = parts[richer].excess(parts[poorer]), parts[poorer].excess(parts[richer])
        gini = (above + below) / (parts[richer].mean + parts[poorer].mean) if above + below else 0.0
        distance = (above - below) / (above + below) if above + below else 0.0
        (p, s), (q, t) = shares[richer], shares[poorer]
        net, crossing = (gini * (p * t + q * s) * part for part in (distance, 1 - distance))
        rows.append((richer, poorer, gini, distance, above, below, net, crossing))
        between += net
        overlap += crossing
    pairs = pl.DataFrame(rows, schema=PAIRS, orient="row")
    return Dagum(within + between + overlap, within, between, overlap, groups.rename({"group": group}), pairs)


PAIRS = {"richer": pl.String, "poorer": pl.String} | dict.fromkeys(
    ("gini", "distance", "excess", "reverse_excess", "between", "transvariation"), pl.Float64
)
"""The columns of the pairs of groups."""


@dataclass(frozen=True)
class _Part:
    """The units of a group, sorted by value, with cumulative sums of population and amount from 0."""

    x: Array
    w: Array
    people: Array
    amount: Array

    @classmethod
    def of(cls, units: pl.DataFrame) -> _Part:
        x, w = units.sort("x", "w").select("x", "w").to_numpy().T
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


def _atkinson(p: pl.Expr, y: pl.Expr, aversion: float) -> pl.Expr:
    if aversion == 1:
        return 1 - (p * y.log()).sum().exp()
    return 1 - (p * y ** (1 - aversion)).sum() ** (1 / (1 - aversion))


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


def _units(table: pl.DataFrame, value: str, group: str | None, weight: str | None, *, positive: bool) -> pl.DataFrame:
    """Check the table; return x, w and group of every unit. Without groups, all units are one group."""
    require_columns(table, (name for name in (value, group, weight) if name is not None))
    w = pl.col(weight) if weight is not None else pl.lit(1.0)
    groups = pl.col(group).cast(pl.String) if group is not None else pl.lit("")
    units = table.select(x=pl.col(value).cast(pl.Float64), w=w.cast(pl.Float64), group=groups)
    x, w = pl.col("x"), pl.col("w")
    faults = {
        f"{value} {'or its group ' if group else ''}is missing": x.is_null() | pl.col("group").is_null(),
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
