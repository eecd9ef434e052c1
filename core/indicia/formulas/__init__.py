"""Formulas as they are recorded: a formula runs once, over expressions that hold no values, and leaves a tree of nodes.

An `Expression` is what a method writes its formula with. Each operator and each method records one `Node`. While a
formula runs, a `Recorder` gives it the `Statistics` that it asks for.

Back ends read the tree, each in a file of its own: `to_polars` computes it, `to_text` writes it in one line, `to_latex`
with symbols or with the numbers of one row, after `tidy` as a person would. `indicia.export.to_cells` writes it as
cells of a workbook.
"""

from indicia.formulas.columns import DRAW, ONE, PARENT, PERIOD, UNIT
from indicia.formulas.expression import Expression, column, literal, operations, step
from indicia.formulas.fixed import FixedStatistics
from indicia.formulas.node import Node, Weight
from indicia.formulas.question import Question
from indicia.formulas.recorder import Formula, Recorded, Recorder, record, record_each
from indicia.formulas.statistics import Statistics

__all__ = [
    "DRAW",
    "ONE",
    "PARENT",
    "PERIOD",
    "UNIT",
    "Expression",
    "FixedStatistics",
    "Formula",
    "Node",
    "Question",
    "Recorded",
    "Recorder",
    "Statistics",
    "Weight",
    "column",
    "literal",
    "operations",
    "record",
    "record_each",
    "step",
]
