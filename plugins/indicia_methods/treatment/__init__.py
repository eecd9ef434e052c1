"""Treatments of outliers and transforms, one module per family. A run imports the modules that it needs."""

from __future__ import annotations

from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_treatments() -> dict[str, str]:
    """Offer the treatments of this package: the name of each, and the place of its class."""
    return {
        "winsorise_quantiles": "indicia_methods.treatment.bounds:WinsoriseQuantiles",
        "fences": "indicia_methods.treatment.bounds:Fences",
        "deviations": "indicia_methods.treatment.bounds:Deviations",
        "limits": "indicia_methods.treatment.bounds:Limits",
        "log": "indicia_methods.treatment.logarithms:Log",
        "logit": "indicia_methods.treatment.logarithms:Logit",
        "box_cox": "indicia_methods.treatment.powers:BoxCox",
        "yeo_johnson": "indicia_methods.treatment.powers:YeoJohnson",
        "power": "indicia_methods.treatment.powers:Power",
        "round": "indicia_methods.treatment.rounding:Round",
        "winsorise": "indicia_methods.treatment.stepwise:Winsorise",
    }
