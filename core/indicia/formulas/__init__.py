"""Formulas are recorded: a formula runs once, with expressions in place of values, and its operations become a tree.

A method writes its formula with an `Expression`, and each operator and method of the expression records one `Node`. A
`Recorder` passes `Statistics` to the formula. It stores a question for each statistic that the formula uses: the core
computes the answer from the data before it computes the formula.

Each back end is one module that reads the tree: `to_polars` compiles it for polars, `to_text` writes it as one line,
and `to_latex` writes it with symbols or with the numbers of one row. `tidy` simplifies a tree before it is written for
readers. `indicia_workbook.to_cells` writes it as cells of a workbook.
"""

from indicia.formulas.expression import Expression, column, literal, operations, step, used_column
from indicia.formulas.node import DRAW, ONE, PARENT, PERIOD, UNIT, USED, Node, Weight, depends_on_weights
from indicia.formulas.recorder import (
    FixedStatistics,
    Formula,
    Question,
    RecordedFormula,
    Recorder,
    Statistics,
    record,
    record_each,
)

__all__ = [
    "DRAW",
    "ONE",
    "PARENT",
    "PERIOD",
    "UNIT",
    "USED",
    "Expression",
    "FixedStatistics",
    "Formula",
    "Node",
    "Question",
    "RecordedFormula",
    "Recorder",
    "Statistics",
    "Weight",
    "column",
    "depends_on_weights",
    "literal",
    "operations",
    "record",
    "record_each",
    "step",
    "used_column",
]
