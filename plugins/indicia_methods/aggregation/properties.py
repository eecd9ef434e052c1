"""Sets of properties that several aggregations share."""

from __future__ import annotations

from indicia.methods import Property
from indicia_methods.aggregation.means import Arithmetic

ADDITIVE = Arithmetic.properties
"""Properties of weighted sums of the values."""
DISTANCE = ADDITIVE - {Property.FREE_OF_RANK_REVERSAL} | {Property.SCALE_INVARIANT}
"""Properties of distances to observed values."""
DISTANCE_SUM = ADDITIVE | DISTANCE
"""Properties of sums of such distances."""
RATIO_SUM = DISTANCE_SUM - {Property.DEFINED_BELOW_ZERO}
"""Properties of sums of ratios to observed values, which must not be negative."""
