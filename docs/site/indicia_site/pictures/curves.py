"""Curves: the score over the value (normalisations), and the value after over the value before (treatments)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia_site.pictures.samples import choice, run
from indicia_site.pictures.svg import Plot, padded

if TYPE_CHECKING:
    from indicia.catalogue import Offer

_VALUES = [round(1 + 59 * (place / 40) ** 2, 3) for place in range(41)]
"""Values that lie closer together at the low end, as those of incomes do."""
_BODY = [round(1 + 24 * (place / 20) ** 1.3, 3) for place in range(21)]
_OUTLIERS = [80.0, 98.0]
"""Values of an indicator with two outliers, which every treatment of outliers changes."""


def normalisation(offer: Offer) -> tuple[str, str]:
    """Return the curves of a benefit and of a cost, and a caption."""
    bounds = {"bounds": [1.0, 60.0]} if offer.method.needs_bounds else {}  # type: ignore[attr-defined]
    words = {"benefit": {"direction": "benefit", "target": 70.0}, "cost": {"direction": "cost", "target": 0.5}}
    columns: dict[str, list[float]] = {"benefit": _VALUES, "cost": _VALUES}
    if offer.method.needs_periods:  # type: ignore[attr-defined]
        return _over_periods(offer)
    indicators = {name: {**of_name, **bounds} for name, of_name in words.items()}
    result = run(columns, indicators, {"normalisation": choice(offer), "weighting": "equal"}).normalised
    return _drawn(offer, result["benefit"].to_list(), result["cost"].to_list())


def _over_periods(offer: Offer) -> tuple[str, str]:
    """Return the curves of a method that compares with another period, in which all units have the value 20."""
    units, rows = len(_VALUES), range(2 * len(_VALUES))
    values = [20.0] * units + _VALUES
    columns = {"unit": [f"u{row % units}" for row in rows], "year": [2015 + row // units for row in rows]}
    indicators = {"benefit": {"direction": "benefit"}, "cost": {"direction": "cost"}}
    methodology = {"normalisation": choice(offer), "weighting": "equal"}
    scores = run({**columns, "benefit": values, "cost": values}, indicators, methodology).normalised
    latest = scores.filter(scores["year"] == 2016).sort("unit")
    order = sorted(range(units), key=lambda row: f"u{row}")
    by_row = dict(zip(order, zip(latest["benefit"], latest["cost"], strict=True), strict=True))
    benefit, cost = zip(*(by_row[row] for row in range(units)), strict=True)
    return _drawn(offer, list(benefit), list(cost), " In the period before all units have the value 20.")


def _drawn(offer: Offer, benefit: list[float], cost: list[float], more: str = "") -> tuple[str, str]:
    plot = Plot((0, 62), padded([*benefit, *cost]), "value", "score")
    plot.ticks_of_values(_VALUES)
    plot.line(zip(_VALUES, cost, strict=True), "second")
    plot.line(zip(_VALUES, benefit, strict=True), "first")
    described = f"Scores of {offer.name} over 41 values from 1 to 60"
    first, last = benefit[0], benefit[-1]
    description = (
        f"{described}: a benefit scores from {first:.3g} to {last:.3g}, a cost from {cost[0]:.3g} to {cost[-1]:.3g}"
    )
    caption = (
        f"{described}, which the ticks at the bottom show: solid for a benefit, dashed for a cost, by "
        f"<code>{choice(offer)}</code>.{more}"
    )
    return plot.svg(description), caption


def treatment(offer: Offer) -> tuple[str, str]:
    """Return the values after a treatment over the values before it, and a caption."""
    values = [*_BODY, *_OUTLIERS]
    methodology = {"treatment": choice(offer), "normalisation": "none", "weighting": "equal"}
    after: list[float] = run({"x": values}, {"x": {"direction": "benefit"}}, methodology).prepared["x"].to_list()
    plot = Plot((0, 102), padded(after), "value before", "value after")
    start, end = max(0, plot.y_range[0]), min(plot.x_range[1], plot.y_range[1])
    plot.line(((start, start), (end, end)), "second")
    plot.dots(zip(values, after, strict=True), "dot", 3.5)
    described = f"What {offer.name} makes of 21 values up to 25 and two outliers, 80 and 98"
    return plot.svg(f"{described}: 98 becomes {after[-1]:.4g}"), (
        f"{described}, by <code>{choice(offer)}</code>. On the dashed line a value stays as it is."
    )
