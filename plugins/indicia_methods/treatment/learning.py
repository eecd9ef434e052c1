"""Base of treatments that compute numbers from the whole column first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.methods import Treatment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array, Expression, Statistics


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

    def at(self, x: Expression, *learned: Expression) -> Expression:
        """Return the formula of the treated values."""
        raise NotImplementedError

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return self.at(x, *s.fit(self.learn, self.size))
