"""The tables of a result that no score depends on: attributes, variables outside the index, neighbours, aggregates."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from indicia.result.aggregates import Aggregates
from indicia.result.neighbours import Neighbours, neighbour_means, read_neighbours
from indicia.result.outside import OutsideValues, correlations
from indicia.run import CellAttributes

if TYPE_CHECKING:
    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.definition import Definition, Node, Origin
    from indicia.run import Scored


class ContextTables:
    """The tables of a result that no score depends on."""

    if TYPE_CHECKING:  # the fields of `Result`
        definition: Definition
        scored: Scored
        table: pl.DataFrame
        catalogue: Catalogue
        origin: Origin
        planned: Node

    @cached_property
    def cell_attributes(self) -> CellAttributes:
        """The year, source, status and standard error of each value, beside the units of the result."""
        required = self.scored.fitted_by is None  # new data of a fitted index may lack the columns
        with self.origin.located():
            return CellAttributes.read(
                self.definition, self.table, self.scored.units, self.origin.folder, required=required
            )

    @property
    def attributes(self) -> pl.DataFrame:
        """A row for each value with attributes: unit, period, indicator, value as read, year, source, status and error.

        The table is empty if the index file has no `[data.attributes]`.
        """
        return self.cell_attributes.table

    @cached_property
    def aggregates(self) -> pl.DataFrame:
        """The scores of aggregates, such as a region: aggregate, name, period, score, dimensions, members, coverage.

        An aggregate has no rank. `members` is the number of its units with a score, and `coverage` their share of the
        weight of all its members; both are missing for a row of the table.
        """
        with self.origin.located():
            return Aggregates(self.definition, self.planned, self.scored, self.table).score()

    @cached_property
    def outside_data(self) -> OutsideValues:
        """The variables outside the index beside its units, and the units of their tables that the data do not have."""
        with self.origin.located():
            return OutsideValues.read(self.definition, self.catalogue, self.origin, self.table, self.scored.units)

    @property
    def outside_values(self) -> pl.DataFrame:
        """Unit, period, and a column for each variable of `[outside.variables]`, after its transform."""
        return self.outside_data.frame

    @cached_property
    def outside(self) -> pl.DataFrame:
        """The correlations of the index and its first-level dimensions with each variable, within each period."""
        return correlations(self.definition, self.scored, self.outside_data)

    @cached_property
    def neighbour_pairs(self) -> Neighbours | None:
        """The neighbours of `[outside.neighbours]`, with their weights; None without them."""
        with self.origin.located():
            return read_neighbours(self.definition, self.origin, self.table, self.scored.units)

    @cached_property
    def neighbours(self) -> pl.DataFrame:
        """The number of neighbours of each unit, its score, and the mean score of its neighbours (the spatial lag)."""
        return neighbour_means(self.definition, self.scored, self.neighbour_pairs)
