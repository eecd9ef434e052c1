"""Formulas are recorded: a formula runs once, over expressions that hold no values, and leaves a tree of nodes.

A method writes its formula with an `Expression`, and each of its operators and methods records one `Node`. A `Recorder`
hands the formula its `Statistics`, and keeps a question for each statistic that the formula uses.

Back ends read the tree, each in a module of its own: `to_polars` computes it, `to_text` writes it as one line, and
`to_latex` writes it with symbols or with the numbers of one row. `tidy` simplifies a tree for readers beforehand.
`indicia.export.to_cells` writes it as cells of a workbook.
"""

from indicia.formulas.columns import DRAW, ONE, PARENT, PERIOD, UNIT
from indicia.formulas.expression import Expression, column, literal, operations, step
from indicia.formulas.fixed import FixedStatistics
from indicia.formulas.node import Node, Weight
from indicia.formulas.question import Question
from indicia.formulas.recorder import Formula, RecordedFormula, Recorder, record, record_each
from indicia.formulas.statistics import Statistics
