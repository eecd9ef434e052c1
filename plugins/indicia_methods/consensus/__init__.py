"""Consensuses, one module per family. A run imports the modules that it needs."""

from __future__ import annotations

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_consensuses() -> dict[str, str]:
    """Offer the consensuses of this package: the name of each, and the place of its class."""
    return {
        "half_quadratic": "indicia_methods.consensus.ensemble:HalfQuadratic",
        "footrule": "indicia_methods.consensus.optimal:Footrule",
        "kemeny": "indicia_methods.consensus.optimal:Kemeny",
        "copeland": "indicia_methods.consensus.pairwise:Copeland",
        "schulze": "indicia_methods.consensus.pairwise:Schulze",
        "dominance": "indicia_methods.consensus.pairwise:Dominance",
        "borda": "indicia_methods.consensus.places:Borda",
        "mean_rank": "indicia_methods.consensus.places:MeanRank",
        "median": "indicia_methods.consensus.places:Median",
        "rank_position": "indicia_methods.consensus.places:RankPosition",
        "reciprocal_rank_fusion": "indicia_methods.consensus.places:ReciprocalRankFusion",
    }
