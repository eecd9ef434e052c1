"""The names of columns that stand beside the values, so that formulas can refer to other rows.

They begin with a null character, so that no column of the data has the same name.
"""

UNIT = "\0unit"
"""The units, where formulas refer to the value of one unit."""

PERIOD = "\0period"
"""The periods, as text, where formulas refer to the value of one period."""

PARENT = "\0parent"
"""The parent of each unit, where formulas refer to the value of the parent."""

DRAW = "\0draw"
"""The number of the draw, where the rows of many draws stand in one frame."""

ONE = "\0one"
"""Ones. The value of a statistic is multiplied by this column, since polars divides by a plain number inexactly."""
