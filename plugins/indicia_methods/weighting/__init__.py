"""Weightings, one module per family. A run imports the modules that it needs."""

from __future__ import annotations

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_weightings() -> dict[str, str]:
    """Offer the weightings of this package: the name of each, and the place of its class."""
    return {
        "bwm": "indicia_methods.weighting.bestworst:BestWorst",
        "combination": "indicia_methods.weighting.combined:Combination",
        "conjoint": "indicia_methods.weighting.conjoint:Conjoint",
        "critic": "indicia_methods.weighting.correlation:Critic",
        "independence": "indicia_methods.weighting.correlation:Independence",
        "sapevo": "indicia_methods.weighting.degrees:Sapevo",
        "factor": "indicia_methods.weighting.factors:Factor",
        "pca": "indicia_methods.weighting.factors:PrincipalComponent",
        "fucom": "indicia_methods.weighting.fucom:Fucom",
        "anp": "indicia_methods.weighting.influence:Anp",
        "dematel": "indicia_methods.weighting.influence:Dematel",
        "ahp": "indicia_methods.weighting.judgement:Ahp",
        "merec": "indicia_methods.weighting.loss:Merec",
        "cilos": "indicia_methods.weighting.loss:Cilos",
        "idocriw": "indicia_methods.weighting.loss:Idocriw",
        "optimised": "indicia_methods.weighting.optimised:Optimised",
        "against_outcome": "indicia_methods.weighting.outcome:AgainstOutcome",
        "equal": "indicia_methods.weighting.plain:Equal",
        "given": "indicia_methods.weighting.plain:Given",
        "ranks": "indicia_methods.weighting.plain:Ranks",
        "seca": "indicia_methods.weighting.seca:Seca",
        "entropy": "indicia_methods.weighting.spread:Entropy",
        "wenslo": "indicia_methods.weighting.slope:Wenslo",
        "standard_deviation": "indicia_methods.weighting.spread:StandardDeviation",
        "variance": "indicia_methods.weighting.spread:Variance",
        "coefficient_of_variation": "indicia_methods.weighting.spread:CoefficientOfVariation",
        "gini": "indicia_methods.weighting.spread:Gini",
        "angle": "indicia_methods.weighting.spread:Angle",
        "lopcow": "indicia_methods.weighting.spread:Lopcow",
        "mpsi": "indicia_methods.weighting.spread:Mpsi",
        "budget_allocation": "indicia_methods.weighting.stated:BudgetAllocation",
        "lbwa": "indicia_methods.weighting.stated:Lbwa",
        "opa": "indicia_methods.weighting.stated:Opa",
        "rancom": "indicia_methods.weighting.stated:Rancom",
        "smarts": "indicia_methods.weighting.stated:Smarts",
        "swara": "indicia_methods.weighting.stated:Swara",
        "swing": "indicia_methods.weighting.stated:Swing",
    }
