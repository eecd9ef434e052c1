"""The picture of a method, by its kind."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from indicia.errors import IndiciaError, IndiciaWarning
from indicia_site.pictures import curves, gaps, iso_lines, tables, weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.catalogue import Offer

_DRAWN_BY: dict[str, Callable[[Offer], tuple[str, str]]] = {
    "imputation": gaps.imputation,
    "treatment": curves.treatment,
    "normalisation": curves.normalisation,
    "weighting": weights.weighting,
    "aggregation": iso_lines.aggregation,
    "agreement": tables.agreement,
    "consensus": tables.consensus,
}


def picture(offer: Offer) -> str:
    """Return the picture of a method with its caption, as HTML; empty if the method refuses the data."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IndiciaWarning)
        try:
            drawn, caption = _DRAWN_BY[offer.kind](offer)
        except IndiciaError:
            return ""
    return f'<figure class="method">\n{drawn}\n<figcaption>{caption}</figcaption>\n</figure>'
