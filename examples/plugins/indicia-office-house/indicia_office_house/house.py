"""The common ground of all outputs of the office: the smallest group, the hour of release, and the colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from indicia.result import Result

LEAST_UNITS = 3
"""Figures of a group of fewer units tell too much about each of them."""
HOUR = "09:30"
BLUE, GREY, INK, PAPER = "#14427a", "#8a8f98", "#e8eaed", "#16181d"


def embargo(result: Result) -> Mapping[str, str]:
    """Return the sentence about the embargo by language; it does not depend on today, so that files are the same."""
    publication = result.definition.publication
    day = "" if publication is None or publication.date is None else str(publication.date)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) is None:
        return {"en": "Not for release: the day of release is not stated", "zh": "不得发布：未说明发布日期"}
    return {"en": f"Embargo: not before {HOUR} on {day}", "zh": f"禁发期：{day} {HOUR} 前不得发布"}


def groups_of_units(result: Result) -> pl.Series | None:
    """Return the group of each row of the result; None for an index without groups."""
    groups = result.definition.data.groups
    return result.scored.units[groups[0]] if groups else None
