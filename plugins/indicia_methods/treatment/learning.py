"""Base of treatments that compute numbers from the whole column first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods import Treatment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods import Array, Expression, MergedColumn, Statistics


@dataclass(frozen=True)
class Learning(Treatment):
    """Apply a formula over x and a few numbers that are computed from the whole column."""

    @property
    def size(self) -> int:
        """Length of the result of `learn`."""
        raise NotImplementedError

    def learn(self, values: Array) -> Sequence[float]:
        """Return finite numbers for any present values, shape (n,)."""
        raise NotImplementedError

    @property
    def merges(self) -> bool:
        """True if `learn_merged` returns the numbers of `learn`."""
        return False

    def learn_merged(self, column: MergedColumn) -> Sequence[float]:
        """Return the numbers of `learn`, from figures that partitions of the rows can merge."""
        raise NotImplementedError

    def at(self, x: Expression, *learned: Expression) -> Expression:
        """Return the formula of the treated values."""
        raise NotImplementedError

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return self.at(x, *self._fit(s))

    def _fit(self, s: Statistics) -> tuple[Expression, ...]:
        return s.fit(self.learn, self.size, self.learn_merged if self.merges else None)

    def name_learned(self, *learned: Expression) -> Mapping[str, Expression]:
        """Return the numbers of `learn` that the details show, by name."""
        raise NotImplementedError

    def figures(self, x: Expression, s: Statistics) -> Mapping[str, Expression | float | None]:
        return self.name_learned(*self._fit(s))
