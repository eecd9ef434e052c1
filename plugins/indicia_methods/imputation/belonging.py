"""Imputation from the parent of a unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.methods import Imputation, Property

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics


@dataclass(frozen=True)
class Parent(Imputation):
    """Fill with the value of the parent unit: a province with the value of its country.

    In a panel this is the value of the same period. A parent without a value has the value of its own parent.
    """

    name = "parent"
    reference = "Antal, regions: Processing Regional Statistics (R package), impute_down()"
    example = "parent(within=parent)"
    formula = r"x_i = x_{p(i)}"
    symbols = {"within": "p"}
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    within: Annotated[str, Field(description="group column that names the parent of each unit")]

    @property
    def parents(self) -> str:
        return self.within

    def fill(self, x: Expression, s: Statistics) -> Expression:
        return s.parent
