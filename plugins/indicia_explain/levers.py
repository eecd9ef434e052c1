"""The values that an indicator can have: as the index file states, or as its unit of measure proves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.definition import Indicator
    from indicia.methods import Array

_SCALED = re.compile(r"^(?:[\d.,\s]+|(?:hundred|thousand|million|billion)s?\s|of\s|[百千万亿])+")
"""A multiplier before a unit of measure: "10 thousand persons"."""
_COUNTS = frozenset(
    [
        "number",
        "count",
        "persons",
        "people",
        "inhabitants",
        "residents",
        "households",
        "enterprises",
        "companies",
        "firms",
        "factories",
        "businesses",
        "cases",
        "deaths",
        "births",
        "patients",
        "students",
        "pupils",
        "teachers",
        "doctors",
        "nurses",
        "beds",
        "hospitals",
        "clinics",
        "schools",
        "universities",
        "patents",
        "publications",
        "articles",
        "vehicles",
        "accidents",
        "homicides",
        "crimes",
        "victims",
        "units",
        "items",
        "events",
        "projects",
        "scenes",
        "个",
        "家",
        "人",
        "户",
        "件",
        "篇",
        "所",
        "次",
        "例",
        "辆",
        "台",
        "张",
        "项",
    ]
)
"""Units of measure of things that are counted."""
_RANKS = frozenset(("rank", "place", "position", "名次", "排名", "位次"))
_PERCENT = frozenset(("%", "percent", "per cent", "百分比"))
_SHARE = re.compile(r"\b(?:share|proportion)\b|占.*比|比重|份额", re.IGNORECASE)
"""A word for a share of a total in the name of an indicator whose unit is a percentage."""
_OF_TOTAL = re.compile(
    r"^(?:%|percent|per cent) of (?:the |all )?(?:total|population|people|adults|children|households)\b"
)


@dataclass(frozen=True)
class PossibleValues:
    """The values that an indicator can have."""

    least: float = -np.inf
    greatest: float = np.inf
    is_whole: bool = False
    """True if only whole numbers are possible."""
    is_assumed: bool = False
    """True if the index file states none of this, and the unit of measure proves it."""

    def towards(self, value: float, start: float, side: float) -> float:
        """Return the possible value nearest to a value on its way from `start`; `side` is 1 upwards and -1 downwards.

        >>> PossibleValues(1, np.inf, is_whole=True).towards(-71.2, 8, -1), PossibleValues().towards(2.5, 8, -1)
        (1.0, 2.5)
        """
        end = self.greatest if side > 0 else self.least
        furthest = side * min(side * value, side * end)
        if self.is_whole:
            furthest = side * np.floor(side * furthest + _NOISE * max(1.0, abs(furthest)))
        return float(side * max(side * furthest, side * start))  # a value beyond its limit stays

    def from_here(self, value: float, side: float) -> float:
        """Return the possible value that is next to a value, or the value itself, further on its way."""
        if not self.is_whole or not np.isfinite(value):
            return value
        return float(side * np.ceil(side * value - _NOISE * max(1.0, abs(value))))


ANY_VALUE = PossibleValues()
_NOISE = 1e-9
"""The share of a value by which a whole number may be missed."""


def possible_values(spec: Indicator, observed: Array) -> PossibleValues:
    """Return the values that an indicator can have.

    A limit that the index file does not state is assumed only if the unit of measure proves it, and if every observed
    value keeps it: a count is no less than 0, a rank no less than 1, a share of a total from 0 to 1 or 100. Counts and
    ranks are whole numbers if all observed values are whole.

    Parameters
    ----------
    spec : Indicator
        The indicator of the index file.
    observed : (n,) array
        The observed values after denomination, without missing ones.
    """
    least, greatest, may_be_whole = _by_unit(spec, observed)
    whole = may_be_whole and spec.per is None and spec.factor == 1 and bool((observed == np.round(observed)).all())
    limits = (least, greatest) if spec.limits is None else spec.limits
    is_whole = whole if spec.whole is None else spec.whole
    is_assumed = (spec.limits is None and bool(np.isfinite(limits).any())) or (spec.whole is None and is_whole)
    return PossibleValues(*limits, is_whole, is_assumed)


def _by_unit(spec: Indicator, observed: Array) -> tuple[float, float, bool]:
    """Return the least and the greatest value that the unit proves, and whether it may be one of whole numbers."""
    units, names = (_texts(part) for part in (spec.unit, spec.name))
    lowest, highest = (float(end) for end in (observed.min(initial=np.inf), observed.max(initial=-np.inf)))
    plain = {_SCALED.sub("", f"{unit.lower().strip()} ").strip() for unit in units}
    is_scaled = any(_SCALED.match(f"{unit.lower().strip()} ") for unit in units)
    if plain & _RANKS and lowest >= 1:
        return 1.0, np.inf, True
    if plain & _COUNTS and lowest >= 0:
        return 0.0, np.inf, not is_scaled
    is_share = plain & {"share", "proportion"} or any(map(_OF_TOTAL.match, plain))
    if (is_share or (plain & _PERCENT and any(map(_SHARE.search, names)))) and lowest >= 0 and highest <= 100:
        return 0.0, 1.0 if plain & {"share", "proportion"} and highest <= 1 else 100.0, False
    return -np.inf, np.inf, False


def _texts(text: object) -> list[str]:
    """Return the texts of all languages."""
    return [str(each) for each in text.values()] if isinstance(text, dict) else [] if text is None else [str(text)]
