"""The names of columns that are added to the values, so that formulas can refer to other rows.

They begin with a null character, so that no column of the data has the same name.
"""

UNIT = "\0unit"
"""The units, where formulas refer to the value of one unit."""

PERIOD = "\0period"
"""The periods, as text, where formulas refer to the value of one period."""

PARENT = "\0parent"
"""The parent of each unit, where formulas refer to the value of the parent."""

DRAW = "\0draw"
"""The number of the draw, where one frame has the rows of many draws."""

ONE = "\0one"
"""A column of ones. Statistics are multiplied by it, since polars divides exactly only by columns, not by numbers."""

USED = "\0used\0"
"""The beginning of the names of the columns that methods use beside the indicators; the name in the data follows."""
