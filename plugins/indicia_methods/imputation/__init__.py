"""Imputations, one module per family. A run imports the modules that it needs."""

from __future__ import annotations

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_imputations() -> dict[str, str]:
    """Offer the imputations of this package: the name of each, and the place of its class."""
    return {
        "parent": "indicia_methods.imputation.belonging:Parent",
        "chained": "indicia_methods.imputation.draws:Chained",
        "hot_deck": "indicia_methods.imputation.draws:HotDeck",
        "expectation_maximisation": "indicia_methods.imputation.likelihood:ExpectationMaximisation",
        "nearest": "indicia_methods.imputation.neighbours:Nearest",
        "regression": "indicia_methods.imputation.regression:Regression",
        "row": "indicia_methods.imputation.row:Row",
        "last_value": "indicia_methods.imputation.series:LastValue",
        "linear": "indicia_methods.imputation.series:Linear",
        "mean": "indicia_methods.imputation.typical:Mean",
        "median": "indicia_methods.imputation.typical:Median",
        "constant": "indicia_methods.imputation.typical:Constant",
    }
