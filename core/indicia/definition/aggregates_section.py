"""The table `[aggregates]` of an index file: the world, a union or a region, which is scored and never ranked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from indicia.definition.section import Column, Section, Text, Word, Words


class Aggregate(Section):
    """A group of units with a score of its own, such as the world: a row of the table, or a mean of members."""

    name: Text | None = None
    row: Word | None = Field(None, description="its unit in the table: a row that is scored by the same rules")
    members: Words = Field((), description="the units that belong to it")
    groups: Column | None = Field(None, description="a column of the groups: one aggregate for each group")
    weights: Column | None = Field(None, description="the column that weights the members; default: equal weights")
    of: Literal["scores", "values"] = Field(
        "scores",
        description="scores: the weighted means of the members' scores; values: the weighted means of their values, "
        "which are scored by the same rules",
    )
    note: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Aggregate:
        stated = [word for word in ("row", "members", "groups") if getattr(self, word)]
        if len(stated) != 1:
            clause = f"states {' and '.join(stated)}" if stated else "states none of them"
            raise ValueError(f"an aggregate has either row, members or groups, and this {clause}")
        if self.row and (contrary := sorted({"weights", "of"} & self.model_fields_set)):
            raise ValueError(f"{' and '.join(contrary)} apply to members or groups, and row is scored as it stands")
        return self
