"""Bounds and targets that the index file gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from indicia.formulas.expression import Expression
from indicia.formulas.node import Column, FixedValue, Node

Word: TypeAlias = Literal["min", "max", "target"]
WORDS: tuple[Word, ...] = ("min", "max", "target")

_MIRRORED: dict[Word, Word] = {"min": "max", "max": "min", "target": "target"}


@dataclass(frozen=True)
class FixedStatistics:
    """Statistics of an indicator that the index file fixes: numbers, or columns that hold them."""

    min: float | Node | None = None
    max: float | Node | None = None
    target: float | Node | None = None

    def seen(self, word: Word, x: Expression) -> Expression | None:
        """Return a fixed statistic as the formula of x sees it, None where it is not fixed.

        A formula sees a cost y as x = -y, whose least value is minus the greatest of y.

        >>> from indicia.formulas import column
        >>> y = column("y")
        >>> FixedStatistics(max=3.0).seen("max", y), FixedStatistics(max=3.0).seen("min", -y)
        (<Expression 3.0>, <Expression -3.0>)
        """
        if x.node.kind == "neg":
            value = self._value(_MIRRORED[word], x.node.args[0])
            return None if value is None else -value
        return self._value(word, x.node)

    def _value(self, word: Word, x: Node) -> Expression | None:
        value = {"min": self.min, "max": self.max, "target": self.target}[word]
        if value is None or isinstance(value, Node):
            return None if value is None else Expression(value)
        return Expression(FixedValue("fixed", (x,) if isinstance(x, Column) else (), (word, float(value))))
