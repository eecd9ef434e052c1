"""Formulas as they are recorded: a formula runs once, over expressions that hold no values, and leaves a tree of nodes.

An `Expression` is what a method writes its formula with. Each operator and each method records one `Node`; back ends
read the tree: `to_polars` computes it, `to_text` writes it in one line.
"""

from indicia.formulas.columns import DRAW, ONE, PARENT, PERIOD, UNIT
from indicia.formulas.expression import Expression, Symbol, column, literal, operations
from indicia.formulas.node import Node

__all__ = [
    "DRAW",
    "ONE",
    "PARENT",
    "PERIOD",
    "UNIT",
    "Expression",
    "Node",
    "Symbol",
    "column",
    "literal",
    "operations",
]
