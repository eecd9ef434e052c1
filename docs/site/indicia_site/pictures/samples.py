"""The data of the pictures, and the choice of a method with parameters that fit them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.index import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.catalogue import Offer
    from indicia.result import Result

_OF_PICTURES = {
    ("normalisation", "base_period"): "base_period(period=2015)",
    ("normalisation", "distance_to_reference"): "distance_to_reference(unit=u20)",
    ("agreement", "top_k_overlap"): "top_k_overlap(k=3)",
    ("aggregation", "electre"): "electre(form=iii, q=0.05, p=0.3)",  # the first form finds a kernel of one unit
    ("aggregation", "choquet"): "choquet(capacity={'x0': 0.3, 'x1': 0.4})",
    ("aggregation", "comet"): (
        "comet(values={'x0': [0, 1], 'x1': [0, 1]}, "
        "judgements=[[0.5, 0, 0, 0], [1, 0.5, 0.5, 0], [1, 0.5, 0.5, 0], [1, 1, 1, 0.5]])"
    ),
    ("aggregation", "utastar"): "utastar(examples={'x0': [1, 0.6, 0.1], 'x1': [0.7, 0.5, 0.3]}, ranks=[1, 2, 3])",
}
"""Choices for the data of the pictures, where the example of the method has other components."""


def choice(offer: Offer) -> str:
    """Return the method as an index file states it: by its name alone, or with the parameters that it requires."""
    return _OF_PICTURES.get((offer.kind, offer.name)) or offer.method.example or offer.name


def names_components(offer: Offer) -> bool:
    """Return True if the parameters of the example name components of a small table."""
    return re.search(r"\bx0\b", offer.method.example) is not None


def run(columns: Mapping[str, Any], indicators: Mapping[str, Any], methodology: Mapping[str, Any]) -> Result:
    """Score a small table, whose units are u0, u1 …; columns that are no indicators are groups, or the year."""
    rows = len(next(iter(columns.values())))
    table = pl.DataFrame({"unit": [f"u{row}" for row in range(rows)], **columns}, strict=False)
    data: dict[str, Any] = {"unit": "unit"}
    if "year" in columns:
        data["period"] = "year"
    if groups := [name for name in ("group", "parent") if name in columns]:
        data["groups"] = groups
    index = read({"data": data, "indicators": indicators, "methodology": methodology})
    return index.score(table)
