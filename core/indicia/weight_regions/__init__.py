"""Weights under partial information: constraints, draws within their region, and exact shares of the region."""

from indicia.weight_regions.draws import RegionDraws
from indicia.weight_regions.language import (
    Constraint,
    has_relation,
    read_constraints,
    split_constraints,
)
from indicia.weight_regions.region import WeightRegion
from indicia.weight_regions.words import drawn_weights
