"""Dots: the values that an imputation fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.methods import SeriesImputation
from indicia_site.pictures.samples import choice, run
from indicia_site.pictures.svg import Plot, padded

if TYPE_CHECKING:
    from indicia.catalogue import Offer

_X = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
_Y = [2.0, 3.5, None, 4.0, 6.5, None, 5.5, 8.0, None, 9.5]
_YEARS = list(range(2015, 2025))
_SERIES = [3.0, 3.4, None, None, 5.0, 5.2, None, 6.5, 6.4, None]


def imputation(offer: Offer) -> tuple[str, str]:
    """Return the present and the imputed values of a small table, and a caption."""
    if issubclass(offer.method, SeriesImputation):
        return _series(offer)
    parents = [None, *(f"u{(row - 1) // 2}" for row in range(1, 10))]
    y = [2.0, 3.5, 5.0, 4.0, None, None, 5.5, 8.0, None, 9.5] if offer.name == "parent" else _Y
    columns = {"x": _X, "y": y, "group": [*"ababababab"], "parent": parents}
    indicators = {name: {"direction": "benefit"} for name in ("x", "y")}
    filled = run(columns, indicators, _methodology(offer)).prepared["y"].to_list()
    plot = Plot((0, 11), padded(filled), "first indicator", "second indicator")
    _dots(plot, _X, y, filled)
    described = f"Values that {offer.name} fills into the second of two indicators of ten units"
    return plot.svg(described), f"{described}: hollow dots, by <code>{choice(offer)}</code>."


def _series(offer: Offer) -> tuple[str, str]:
    columns = {"unit": ["u0"] * 10 + ["u1"] * 10, "year": _YEARS * 2, "y": [*_SERIES, *_X]}
    result = run(columns, {"y": {"direction": "benefit"}}, _methodology(offer)).prepared
    of_unit = result.filter(result["unit"] == "u0").sort("year")
    filled = of_unit["y"].to_list()
    years = [float(year) for year in _YEARS]
    plot = Plot((2014, 2025), padded([value for value in filled if value is not None]), "year", "value")
    plot.line([(year, value) for year, value in zip(years, filled, strict=True) if value is not None], "second")
    _dots(plot, years, _SERIES, filled)
    described = f"Values that {offer.name} fills into a series of ten years"
    return plot.svg(described), f"{described}: hollow dots, by <code>{choice(offer)}</code>."


def _methodology(offer: Offer) -> dict[str, str]:
    return {"imputation": choice(offer), "normalisation": "none", "weighting": "equal", "missing": "skip"}


def _dots(plot: Plot, places: list[float], before: list[float | None], after: list[float | None]) -> None:
    rows = list(zip(places, before, after, strict=True))
    plot.dots([(place, new) for place, old, new in rows if old is not None and new is not None], "dot")
    plot.dots([(place, new) for place, old, new in rows if old is None and new is not None], "hollow", 5)
