"""Tables of units: their columns, the statistics of these, and the formulas that are computed over them."""
