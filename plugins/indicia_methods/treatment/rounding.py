"""A transform that rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia.methods import Treatment, half_up

if TYPE_CHECKING:
    from indicia.methods import Expression, Statistics


@dataclass(frozen=True)
class Round(Treatment):
    """Round to a number of decimals, half up."""

    name = "round"
    reference = "The methodology of the index that uses it"
    formula = r"y = 10^{-d} \lfloor 10^d x + 1/2 \rfloor"
    symbols = {"decimals": "d"}

    decimals: Annotated[int, Field(ge=0, le=15, description="d, the number of decimals")] = 0

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return half_up(x, self.decimals)
