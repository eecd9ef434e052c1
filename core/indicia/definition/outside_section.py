"""The table `[outside]` of an index file: variables to compare the index with, and the neighbours of units."""

from __future__ import annotations

from pydantic import Field, model_validator

from indicia.definition.section import Column, MethodChoice, NodeDirection, Section, Text


class OutsideVariable(Section):
    """A variable that the index is compared with, and that is no indicator."""

    name: Text | None = None
    column: Column | None = Field(None, description="the column of the data, or of the table; default: the id")
    path: str | None = Field(None, description="a table with the variable; default: the data")
    unit: Column | None = Field(None, description="path: its column of units; default: as in [data]")
    period: Column | None = Field(None, description="path: its column of periods; default: as in [data]")
    direction: NodeDirection | None = Field(
        None, description="whether more of it goes with a better index, or less; default: nothing is expected"
    )
    transform: MethodChoice = Field(None, description="a change of scale before the comparison: log")
    source: Text | None = None
    note: Text | None = None

    @property
    def has_transform(self) -> bool:
        """True if the values change their scale."""
        return self.transform not in (None, "none")

    @model_validator(mode="after")
    def _columns_have_a_table(self) -> OutsideVariable:
        for word in ("unit", "period"):
            if self.path is None and getattr(self, word) is not None:
                raise ValueError(f'{word} is a column of another table, which path names: path = "rival.csv"')
        return self


class NeighbourPairs(Section):
    """The neighbours of units: pairs in a table, or lists of names in a column of the data."""

    path: str | None = Field(None, description="a table with a row for each unit and neighbour")
    unit: Column | None = Field(None, description='path: its column of units; default: "unit"')
    neighbour: Column | None = Field(None, description='path: its column of neighbours; default: "neighbour"')
    weight: Column | None = Field(None, description="path: its column of weights above 0; default: all weights are 1")
    column: Column | None = Field(None, description="a column of the data with the names of neighbours")
    separator: str = Field(";", min_length=1, description="column: the character between the names")

    @model_validator(mode="after")
    def _has_one_form(self) -> NeighbourPairs:
        if (self.path is None) == (self.column is None):
            raise ValueError(
                'neighbours are a table of pairs, path = "pairs.csv", or a column of the data, column = "…"'
            )
        for word in ("unit", "neighbour", "weight"):
            if self.path is None and getattr(self, word) is not None:
                raise ValueError(f'{word} is a column of a table of pairs, which path names: path = "pairs.csv"')
        return self


class Outside(Section):
    """Variables that the index is compared with, and the neighbours of its units; no score depends on them."""

    variables: dict[str, OutsideVariable] = Field({}, description="variables to compare the index with, by id")
    neighbours: NeighbourPairs | None = Field(None, description="the neighbours of units")
