"""Columns that tables of many outcomes have."""

from __future__ import annotations

from indicia.analyses.table import Column, Kind

UNIT = Column("{unit}", Kind.UNIT, "the unit")
PERIOD = Column("{period}", Kind.PERIOD, "the period of a panel")
LABEL = Column("{label}", Kind.TEXT, "the name of the unit in the data")
GROUP = Column("{group}", Kind.TEXT, "the group of the unit")
OF_UNITS = (UNIT, PERIOD, LABEL, GROUP)
"""The columns of units; a column has the name that it has in the data."""

INDICATOR = Column("indicator", Kind.PART, "the indicator")
REASON = Column("reason", Kind.TEXT, "the reason")

NODE = Column("node", Kind.PART, "the node: the index, a dimension, or all indicators")
UNITS = Column("units", Kind.COUNT, "the number of units with all values")
BY_NODE = "By node, from the index down, in the order of the index file."
