"""Bounds and targets that the index file gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from indicia.formulas.expression import Expression
from indicia.formulas.node import Column, FixedValue, Node

FixedStatistic: TypeAlias = Literal["min", "max", "target"]
FIXED_STATISTICS: tuple[FixedStatistic, ...] = ("min", "max", "target")

_MIRRORED: dict[FixedStatistic, FixedStatistic] = {"min": "max", "max": "min", "target": "target"}


@dataclass(frozen=True)
class FixedStatistics:
    """Statistics of an indicator that the index file fixes: numbers, or columns that hold them."""

    min: float | Node | None = None
    max: float | Node | None = None
    target: float | Node | None = None

    def of_formula(self, name: FixedStatistic, x: Expression) -> Expression | None:
        """Return a fixed statistic of x; None if the index file does not fix it.

        The formula of a cost y takes x = -y, whose minimum is minus the maximum of y.

        >>> from indicia.formulas import column
        >>> y = column("y")
        >>> FixedStatistics(max=3.0).of_formula("max", y), FixedStatistics(max=3.0).of_formula("min", -y)
        (<Expression 3.0>, <Expression -3.0>)
        """
        if x.node.kind == "neg":
            value = self._value(_MIRRORED[name], x.node.args[0])
            return None if value is None else -value
        return self._value(name, x.node)

    def _value(self, name: FixedStatistic, x: Node) -> Expression | None:
        value = {"min": self.min, "max": self.max, "target": self.target}[name]
        if value is None or isinstance(value, Node):
            return None if value is None else Expression(value)
        return Expression(FixedValue("fixed", (x,) if isinstance(x, Column) else (), (name, float(value))))
