"""The old names of contract 1, which work until Indicia 0.3 with a warning.

To remove them, delete this module and its uses.
"""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass

from indicia.errors import PluginWarning

UNTIL = "0.3"
"""The release that removes the old names."""


@dataclass(frozen=True)
class Deprecation:
    """An old name of an attribute or a function of the classes of plugins."""

    base: str
    """The class of the contract."""
    name: str
    instead: str
    """The new name."""


ATTRIBUTES = (
    Deprecation("Normalisation", "neutral", "neutral_score"),
    Deprecation("Normalisation", "certain", "guaranteed_worst_score"),
    Deprecation("MatrixAggregation", "compare_named", "score_units"),
    Deprecation("MatrixAggregation", "compare", "score_units"),
    Deprecation("MatrixAggregation", "compared_named", "unit_details"),
    Deprecation("MatrixAggregation", "compared", "unit_details"),
)
"""`compare_named` precedes `compare`: if a class defines both, the first one is called."""

IMPORTS = {
    "highest": "row_max",
    "lowest": "row_min",
    "middle": "row_median",
    "in_order": "row_sorted",
    "total": "row_sum",
    "product": "row_product",
    "upwards": "sort_with_order",
    "neighbours": "order_with_ties",
    "Comparisons": "PairwiseComparisons",
    "Names": "MatrixContext",
    "Language": "FormulaParser",
}
"""Names in `indicia.methods`."""

STATISTICS = {
    "length": "norm",
    "deviation": "std_with",
    "of_unit": "value_of_unit",
    "of_period": "value_of_period",
    "learned": "fit",
}
"""Attributes of `Statistics`."""

COMPONENTS = {"hold": "cache_column", "settle": "aggregate"}
"""Attributes of `Components`."""


def new_word(words: dict[str, str], name: str, owner: str) -> str:
    """Return the new name for an old one, with a warning that names the plugin; AttributeError for any other name."""
    if name not in words:
        raise AttributeError(f"{owner} has no {name}")
    frame = sys._getframe(2)
    while frame.f_back and frame.f_code.co_filename.startswith("<frozen importlib"):  # skip the frames of an import
        frame = frame.f_back
    plugin = frame.f_globals["__name__"]
    message = f"plugin {plugin}: {owner}.{name} will be removed in Indicia {UNTIL}: write {words[name]}"
    warnings.warn(message, PluginWarning, stacklevel=3)
    return words[name]


def add_new_attributes(method: type) -> None:
    """Add the new names of the attributes that a class defines by old names, and list the old names in `_old_words`."""
    bases = {base.__name__ for base in method.__mro__}
    for deprecation in ATTRIBUTES:
        if deprecation.base in bases and deprecation.name in vars(method) and deprecation.instead not in vars(method):
            setattr(method, deprecation.instead, _new_attribute(deprecation.name))
            method._old_words = (*vars(method).get("_old_words", ()), deprecation)  # type: ignore[attr-defined]


def _new_attribute(name: str) -> object:
    if name.endswith("_named"):
        return lambda self, values, weights, context: getattr(self, name)(values, weights, context)
    if name.startswith("compare"):
        return lambda self, values, weights, _: getattr(self, name)(values, weights)
    return property(lambda self: getattr(self, name))
