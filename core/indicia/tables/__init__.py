"""Tables of units: their columns, statistics of the columns, and formulas that are computed from them."""
