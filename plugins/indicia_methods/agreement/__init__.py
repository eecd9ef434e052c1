"""Agreements, one module per family. A run imports the modules that it needs."""

from __future__ import annotations

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_agreements() -> dict[str, str]:
    """Offer the agreements of this package: the name of each, and the place of its class."""
    return {
        "spearman": "indicia_methods.agreement.differences:Spearman",
        "weighted_spearman": "indicia_methods.agreement.differences:WeightedSpearman",
        "ws": "indicia_methods.agreement.differences:Ws",
        "footrule": "indicia_methods.agreement.differences:Footrule",
        "kendall_w": "indicia_methods.agreement.differences:KendallW",
        "kendall": "indicia_methods.agreement.pairs:Kendall",
        "goodman_kruskal": "indicia_methods.agreement.pairs:GoodmanKruskal",
        "top_k_overlap": "indicia_methods.agreement.top:TopKOverlap",
    }
