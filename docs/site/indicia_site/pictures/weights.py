"""Bars: the weights of a weighting."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from indicia.index import Index, read
from indicia_site.page import ROOT
from indicia_site.pictures.samples import choice, names_components, run
from indicia_site.pictures.svg import bars

if TYPE_CHECKING:
    from indicia.catalogue import Offer

_ON_SMALL_TABLE = ("against_outcome", "cilos", "idocriw", "merec", "pca")
"""The methods that refuse a dimension of the model case."""
_TABLE = {
    "x0": [2.0, 4.0, 6.0, 8.0, 3.0, 9.0],
    "x1": [1.0, 5.0, 4.0, 9.0, 2.0, 7.0],
    "x2": [2.0, 3.0, 8.0, 7.0, 1.0, 6.0],
}
_OUTCOME = {"gdp": [1.5, 3.2, 4.7, 6.5, 1.5, 6.1]}


@cache
def _model_case() -> Index:
    return read(ROOT / "examples" / "intelligent_manufacturing" / "index.toml")


def weighting(offer: Offer) -> tuple[str, str]:
    """Return the weights of the indicators of the model case, or of three components that parameters name."""
    if names_components(offer) or offer.name in _ON_SMALL_TABLE:
        indicators: dict[str, Any] = {name: {"direction": "benefit"} for name in _TABLE}
        weights = run(_TABLE | _OUTCOME, indicators, {"weighting": choice(offer)}).weights
        data = "three components, x0 to x2"
    else:
        weights = _model_case().with_options(weighting=choice(offer)).score().weights
        data = "the sixteen indicators of the example on intelligent manufacturing, in the whole index"
    leaves = weights.filter(weights["kind"] == "indicator")
    rows = list(zip(leaves["name"], leaves["effective"], strict=True))
    described = f"Weights by {offer.name} of {data}"
    caption = f"{described}, by <code>{choice(offer)}</code>. The line shows the weight if all were equal."
    return bars(rows, 1 / len(rows), described), caption
