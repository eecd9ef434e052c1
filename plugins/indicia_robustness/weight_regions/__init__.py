"""Weights under partial information: constraints, draws within their region, and exact shares of the region."""

from typing import TYPE_CHECKING

from indicia.lazy import names_of

if TYPE_CHECKING:
    from indicia_robustness.weight_regions.draws import RegionDraws
    from indicia_robustness.weight_regions.language import Constraint, has_relation, read_constraints, split_constraints
    from indicia_robustness.weight_regions.region import WeightRegion
    from indicia_robustness.weight_regions.words import drawn_weights
else:
    __getattr__ = names_of(
        __name__,
        draws="RegionDraws",
        language="Constraint has_relation read_constraints split_constraints",
        region="WeightRegion",
        words="drawn_weights",
    )
