"""The names of columns that stand beside the values, by which formulas look things up."""

UNIT = "\0unit"
"""The column that names the units, where formulas may ask for one of them."""

PERIOD = "\0period"
"""The column of periods, as text, where formulas may ask for one of them."""

PARENT = "\0parent"
"""The column that names the unit that each unit belongs to, where formulas may ask for it."""

DRAW = "\0draw"
"""The column that tells the draws of an ensemble apart."""

ONE = "\0one"
"""A column of ones: a settled value times it is a column, since polars divides by a plain number inexactly."""
