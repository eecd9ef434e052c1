"""The confidence in ranks from a table of draws, whichever program drew them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
import polars as pl

from indicia.analyses import tables_of
from indicia.arguments import names_its_arguments
from indicia.data import with_figures
from indicia.errors import DataError, DefinitionError, IndiciaError, join_names, pluralise, suggest
from indicia_robustness import rank_distribution, rank_tables
from indicia_statistics.analysis.declared import DrawnTables
from indicia_statistics.analysis.draw_tables import DrawTable, values_by_unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.analyses import Table
    from indicia.methods import Array
    from indicia.types import Share
    from indicia_robustness.rank_distribution import Ties


@dataclass(frozen=True, repr=False, eq=False)
class DrawnRanks:
    """The ranks of units in many draws, and the tables on them."""

    declared: ClassVar[Mapping[str, Table]] = tables_of(DrawnTables)
    table_names: ClassVar[tuple[str, ...]] = tuple(declared)

    unit: str
    """The name of the column of units in all tables."""
    names: tuple[str, ...]
    """The units."""
    ranks: Array
    """The ranks, (draws, units); 1 is the best, and NaN marks a unit without a value in a draw."""
    labels: tuple[object, ...]
    """The label of each draw."""
    nominal: Array | None
    """The nominal ranks, (units,); None if the draws come without them."""
    top: tuple[int, ...] = (10,)
    """The k for which the probability of a rank among the first k is computed."""
    interval: tuple[float, float] = (0.05, 0.95)
    """The quantiles of `lower` and `upper`."""
    certainty: float = 0.95
    """The probability at which a new tier begins."""
    layout: str = "a row for each draw"
    """The shape in which the table was read."""
    replaced_nominal: bool = False
    """True if the table has nominal values of its own, which are not used."""

    @cached_property
    def order(self) -> Array:
        """The numbers by which units are ordered: nominal ranks, or else mean ranks."""
        return rank_distribution.rank_statistics(self.ranks).mean if self.nominal is None else self.nominal

    @cached_property
    def units(self) -> pl.DataFrame:
        """Nominal, mean and median rank, interval, probabilities of the top k, and tier of each unit.

        `stands_below` is the share of draws in which a unit ranks below its predecessor, ties counting half; a new tier
        begins where it is `certainty` or more.
        """
        found = rank_distribution.rank_statistics(self.ranks, interval=self.interval)
        tier, below = rank_distribution.tiers(self.ranks, self.order, self.names, certainty=self.certainty)
        nominal = np.full(len(self.names), np.nan) if self.nominal is None else self.nominal
        tops = {f"top_{k}": rank_distribution.top(self.ranks, k) for k in self.top if k < len(self.names)}
        columns = {
            "rank": nominal,
            "mean": found.mean,
            "median": found.median,
            "lower": found.lower,
            "upper": found.upper,
            **tops,
            "tier": tier,
            "stands_below": below,
        }
        place = pl.Series("\0order", self.order, nan_to_null=True)
        figures = pl.DataFrame(columns, nan_to_null=True).with_columns(place)
        if self.nominal is None:
            figures = figures.drop("rank")
        return with_figures(self._units, figures).sort("\0order", self.unit, nulls_last=True).drop("\0order")

    @cached_property
    def acceptability(self) -> pl.DataFrame:
        """The share of draws in which a unit has a rank: a row for each unit, a column for each rank."""
        shares = rank_distribution.acceptability(self.ranks)
        return with_figures(self._units, (pl.Series(str(at + 1), column) for at, column in enumerate(shares.T)))

    @cached_property
    def pairwise(self) -> pl.DataFrame:
        """The probability that the unit of the row ranks above the unit of the column; ties count half."""
        shares = rank_distribution.pairwise(self.ranks)
        columns = (pl.Series(name, column, nan_to_null=True) for name, column in zip(self.names, shares.T, strict=True))
        return with_figures(self._units, columns)

    @cached_property
    def rank_stability(self) -> pl.DataFrame:
        """The best, median and worst rank of each unit, and two coefficients; see `Robust.rank_stability`.

        `rank` and `balance` are null without nominal ranks.
        """
        return rank_tables.stability_table(self._units, self.ranks, self.nominal)

    @cached_property
    def entropies(self) -> pl.DataFrame:
        """The entropy of the first unit and of the whole ranking, in bits and as a share of the largest."""
        return rank_tables.entropy_table(self.ranks)

    @cached_property
    def fuzzy_ranks(self) -> pl.DataFrame:
        """The membership of each unit in each rank: its acceptability divided by its largest one."""
        return rank_tables.fuzzy_table(self._units, self.ranks)

    @cached_property
    def shifts(self) -> pl.DataFrame:
        """The mean absolute difference between drawn and nominal ranks, by draw."""
        if self.nominal is None:
            raise DataError(
                "the shift of ranks is measured from nominal ranks, and the draws come without them",
                remedy='name the column of the nominal scores or ranks: nominal = "nominal"; or an index with --given',
            )
        shift = rank_distribution.average_shift(self.ranks, self.nominal)
        return pl.DataFrame({"draw": self.labels, "shift": shift}, strict=False, nan_to_null=True)

    @names_its_arguments
    def frame(self, name: str) -> pl.DataFrame:
        """Return a table by its name, one of `table_names`.

        Parameters
        ----------
        name : {"units", "acceptability", "pairwise", "shifts", "rank_stability", "entropies", "fuzzy_ranks"}
            The name of the table.

        Returns
        -------
        polars.DataFrame
            The table.

        Raises
        ------
        IndiciaError
            If there is no such table, or it needs nominal ranks.
        """
        if name not in self.table_names:
            raise IndiciaError(
                f'a table of draws has no table "{name}"',
                remedy=suggest(name, self.table_names) or f"one of {join_names(self.table_names)}",
            )
        table: pl.DataFrame = getattr(self, name)
        return table

    @property
    def _units(self) -> pl.DataFrame:
        return pl.DataFrame({self.unit: self.names})

    @property
    def title(self) -> str:
        """The size of the table, and its shape, in one line."""
        draws, units = self.ranks.shape
        return " · ".join(["Given draws", pluralise(draws, "draw"), pluralise(units, "unit"), self.layout])

    @property
    def notes(self) -> tuple[str, ...]:
        """The average shift of ranks, the number of tiers, and the cells without a value, in sentences."""
        notes = []
        if self.nominal is None:
            notes.append("the draws come without nominal ranks: units are ordered by their mean rank")
        else:
            shift = self.shifts["shift"].drop_nulls().to_numpy()
            if len(shift):
                low, high = np.quantile(shift, [0.05, 0.95])
                notes.append(
                    f"on average a unit moves {shift.mean():.1f} places from its nominal rank "
                    f"({low:.1f} to {high:.1f} in 90 % of the draws)"
                )
        tiers = self.units.filter(pl.col("tier") > 0)["tier"].n_unique()
        notes.append(
            f"{pluralise(tiers, 'tier')}: the order of neighbours within a tier is less than "
            f"{100 * self.certainty:g} % certain"
        )
        if self.replaced_nominal:
            notes.append("the nominal values of the table are not used: others take their place")
        if absent := int(np.isnan(self.ranks).sum()):
            cells = pluralise(absent, "value")
            notes.append(f"{cells} missing of {self.ranks.size:,}: these units have no rank in these draws")
        return tuple(notes)

    def __repr__(self) -> str:
        options = pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, tbl_rows=20, tbl_cols=14)
        with options:
            return "\n".join([self.title, str(self.units), *self.notes])


@names_its_arguments
def drawn_ranks(
    draws: pl.DataFrame,
    *,
    unit: str | None = None,
    draw: str | None = None,
    value: str | None = None,
    nominal: str | Mapping[str, float] | None = None,
    nominal_ranks: Mapping[str, float] | None = None,
    values: Literal["scores", "ranks"] = "scores",
    low_is_best: bool = False,
    ties: Ties = "min",
    top: Sequence[int] = (10,),
    interval: tuple[Share, Share] = (0.05, 0.95),
    certainty: Share = 0.95,
) -> DrawnRanks:
    """Measure the confidence in ranks from a table of draws: scores or ranks of units, computed by any program.

    Three shapes of the table are understood. With a row for each draw, every column is a unit, and `draw` may name a
    column of labels. With a row for each unit, the column `unit` has the names, and every other column is a draw. A
    long table has a row for each unit and draw, with the columns `unit`, `draw` and `value`. By default the shape is
    read off the table: a first column of texts that are all different names units; texts that repeat are those of a
    long table; numbers only are a row for each draw.

    Source: Lahdelma & Salminen (2001), Operations Research 49(3), for acceptability; Saisana, Saltelli & Tarantola
    (2005), Journal of the Royal Statistical Society A 168(2), for the average shift.

    Parameters
    ----------
    draws : polars.DataFrame
        The draws.
    unit, draw, value : str, optional
        The columns of units, of draws and of values; by default they are recognised.
    nominal : str or mapping of str to float, optional
        The nominal scores or ranks, of the same kind as `values`: a column of a table with a row for each unit, the
        label of one draw of another table, or numbers by unit. By default there are none; then units are ordered by
        their mean rank, and shifts are not computed. A column called `nominal` is taken by its name.
    nominal_ranks : mapping of str to float, optional
        In place of `nominal`: the nominal ranks by unit, whatever the draws are; units without one may be absent.
    values : {"scores", "ranks"}, default "scores"
        Scores are ranked in each draw; ranks are used as they are.
    low_is_best : bool, default False
        True if the lowest score has rank 1.
    ties : {"min", "max", "average", "dense"}, default "min"
        The rank of equal scores.
    top : sequence of int, default (10,)
        The k for which the probability of a rank among the first k is computed.
    interval : pair of float, default (0.05, 0.95)
        The quantiles of the interval of ranks, linear between order statistics.
    certainty : float, default 0.95
        The probability at which a new tier begins, above 0.5.

    Returns
    -------
    DrawnRanks
        The tables `units`, `acceptability`, `pairwise`, `shifts`, `rank_stability`, `entropies` and `fuzzy_ranks`.

    Raises
    ------
    UnknownColumn
        If a column is not in the table.
    DataError
        If the table has no such shape, or a value that is infinite, no number, or no rank.
    DefinitionError
        If an argument has no such value.

    Examples
    --------
    >>> draws = pl.DataFrame({"Lima": [3.0, 2.0, 3.0, 1.0], "Oslo": [1.0, 1.0, 2.0, 2.0], "Pune": [0.0, 0.5, 0.0, 1.5]})
    >>> found = drawn_ranks(draws, nominal={"Lima": 3, "Oslo": 2, "Pune": 1})
    >>> found.units.select("unit", "rank", "mean", "tier").rows()
    [('Lima', 1.0, 1.5, 1), ('Oslo', 2.0, 1.75, 1), ('Pune', 3.0, 2.75, 2)]
    >>> found.acceptability.row(0), found.shifts["shift"].round(2).to_list()
    (('Lima', 0.75, 0.0, 0.25), [0.0, 0.0, 0.0, 1.33])
    """
    if nominal is not None and nominal_ranks is not None:
        raise DefinitionError("nominal and nominal_ranks are both stated", remedy="leave out one of the two")
    given = nominal if nominal_ranks is None else nominal_ranks
    table = values_by_unit(draws, unit=unit, draw=draw, value=value, nominal=given)
    if values == "ranks":
        if low_is_best:
            raise DefinitionError("low_is_best is about scores, and rank 1 is always the best", remedy="leave it out")
        ranks = _checked_ranks(table)
        ranked = table.nominal
    else:
        ranks = rank_distribution.ranks(table.values, ties, lowest_first=low_is_best)
        ranked = table.nominal
        if ranked is not None and nominal_ranks is None:
            ranked = rank_distribution.ranks(ranked[None], ties, lowest_first=low_is_best)[0]
    return DrawnRanks(
        table.unit,
        table.names,
        ranks,
        table.labels,
        ranked,
        tuple(top),
        interval,
        certainty,
        table.layout,
        table.replaced_nominal,
    )


def _checked_ranks(table: DrawTable) -> Array:
    """Return the values of a table of ranks; DataError for a value that is no rank."""
    units = len(table.names)
    rows = table.values if table.nominal is None else np.vstack([table.values, table.nominal])
    wrong = (rows < 1) | (rows > units) | (2 * rows % 1 != 0)
    wrong &= ~np.isnan(rows)
    if wrong.any():
        row, column = (int(place[0]) for place in np.nonzero(wrong))
        label = table.labels[row] if row < len(table.labels) else "nominal"
        raise DataError(
            f"{rows[row, column]:g} is no rank among {pluralise(units, 'unit')}: {table.names[column]}, draw {label}",
            remedy="ranks run from 1 to the number of units, halves included; for scores: values = scores",
        )
    return table.values
