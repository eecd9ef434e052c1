"""Units that may stand under two names: names alike, and units renamed between two periods."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import join_names
from indicia.recognition.observation import Observation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.recognition.columns import Inferred
    from indicia.recognition.indicator_values import Numbers

_MANY_PAIRS = 4
_MOST_COMPARED = 60
"""Where more units end or begin in a period, their names are not compared in pairs."""


def units_alike(frame: pl.DataFrame, roles: Inferred) -> Iterator[Observation]:
    """Yield units whose names differ only in blanks, case, accents, punctuation or Unicode form.

    >>> from indicia.recognition.columns import infer
    >>> table = pl.DataFrame({"city": ["Lima", "LIMA", "Oslo"], "gdp": [1.5, 2.0, 3.0]})
    >>> [doubt.names for doubt in units_alike(table, infer(table))]
    [('Lima', 'LIMA')]
    """
    # alike names in different groups are different units, as places of one name in two provinces
    groups = [group for group in roles.groups if group != roles.unit]
    table = frame.select(pl.col(roles.unit).cast(pl.String).alias("\0name"), *groups).unique(maintain_order=True)
    keyed = table.with_columns(_match_key(pl.col("\0name")).alias("\0key")).filter(pl.col("\0key") != "")
    same_key = keyed.group_by("\0key", *groups, maintain_order=True).agg("\0name")
    pairs = same_key.filter(pl.col("\0name").list.len() > 1)["\0name"].to_list()
    if len(pairs) > _MANY_PAIRS:
        names = tuple(name for same in pairs for name in same)
        shown = join_names([" and ".join(f'"{name}"' for name in same) for same in pairs], 20)
        sentence = f"{len(pairs)} units may stand under two names that are alike: {shown}"
        yield Observation("units_alike", names, sentence, "question", "write each name one way in the table")
        return
    for same in pairs:
        shown = " and ".join(f'"{name}"' for name in same)
        sentence = f"{shown} differ only in {_difference(same)}: the same unit twice?"
        remedy = (
            "write the name one way in the table, or leave one out: "
            f'without = ["{same[-1]}"] in [data] (--set data.without=…)'
        )
        yield Observation("units_alike", tuple(same), sentence, "question", remedy)


def _match_key(name: pl.Expr) -> pl.Expr:
    """Return names without case, accents, blanks and punctuation, except between digits."""
    plain = name.str.to_lowercase().str.replace_all("ß", "ss", literal=True).str.normalize("NFKD")
    plain = plain.str.replace_all(r"\p{M}", "")
    for _ in range(2):  # the expression does not see a digit twice, as in 1.2.3
        plain = plain.str.replace_all(r"(\d)[^\w·]+(\d)|(\d)_+(\d)", "${1}${3}·${2}${4}")  # 1.1 is not 11
    return plain.str.replace_all(r"[^\w·]|_", "")


def _difference(names: Sequence[str]) -> str:
    composed = [unicodedata.normalize("NFKC", name) for name in names]
    without_blanks = [re.sub(r"\s+", "", name) for name in composed]
    if len(set(composed)) == 1:
        return "Unicode form"
    if len(set(without_blanks)) == 1:
        return "blanks"
    if len({name.casefold() for name in without_blanks}) == 1:
        return "case"
    return "case, blanks, accents or punctuation"


def renamed_units(frame: pl.DataFrame, roles: Inferred) -> Iterator[Observation]:
    """Yield units that end where others of a similar name or similar values begin."""
    period, unit = roles.period or "", roles.unit
    periods = frame[period].drop_nulls().unique().sort().to_list()
    if len(periods) < 2:
        return
    spans = (
        frame.drop_nulls([unit, period])
        .group_by(unit, maintain_order=True)
        .agg(pl.col(period).min().alias("\0first"), pl.col(period).max().alias("\0last"))
    )
    # where many units come and go, only similar names are evidence
    complete = ((spans["\0first"] == periods[0]) & (spans["\0last"] == periods[-1])).mean()
    likeness = 0.3 if isinstance(complete, float) and complete > 0.7 else 0.75
    pairs: list[tuple[str, str, object, object]] = []
    for before, after in pairwise(periods):
        gone = spans.filter(pl.col("\0last") == before)[unit].cast(pl.String).to_list()
        new = spans.filter(pl.col("\0first") == after)[unit].cast(pl.String).to_list()
        if not gone or not new or max(len(gone), len(new)) > min(0.25 * len(spans) + 2, _MOST_COMPARED):
            continue
        pairs += [
            (old, name, before, after) for old, name in _partners(frame, roles, (gone, before), (new, after), likeness)
        ]
    if not pairs:
        return
    texts = [f"{old} (only until {before}) and {name} (only from {after})" for old, name, before, after in pairs]
    names = tuple(dict.fromkeys(name for old, name, *_ in pairs for name in (old, name)))
    who = "units" if len(pairs) > 1 else "a unit"
    sentence = f"{who} may be renamed: {join_names(texts, 20)}; each name is absent in the other period"
    yield Observation("renamed_unit", names, sentence, "question", "write each unit under one name in the table")


def _partners(
    frame: pl.DataFrame,
    roles: Inferred,
    ended: tuple[Sequence[str], object],
    begun: tuple[Sequence[str], object],
    likeness: float,
) -> list[tuple[str, str]]:
    """Return pairs of an old and a new name of what may be one unit, by their names and values.

    `ended` are units with their last period, and `begun` units with their first.
    """
    old_values, new_values = _values_at(frame, roles, *ended), _values_at(frame, roles, *begun)
    names = pl.DataFrame({"name": [*ended[0], *begun[0]]}, schema={"name": pl.String})
    keys = dict(names.select("name", key=_match_key(pl.col("name"))).iter_rows())
    scored = []
    for old in ended[0]:
        for new in begun[0]:
            alike = SequenceMatcher(None, keys[old], keys[new], autojunk=False).ratio()
            near = _nearness(old_values[old], new_values[new])
            if near >= 0.6 and (alike >= likeness or (near == 1 and likeness < 0.5)):
                scored.append((alike + near, old, new))
    pairs: dict[str, str] = {}
    for _, old, new in sorted(scored, reverse=True):
        if old not in pairs and new not in pairs.values():
            pairs[old] = new
    return list(pairs.items())


def _nearness(first: Numbers, second: Numbers) -> float:
    """Return the share of values that differ by less than a seventh; 0 if there are fewer than two."""
    with np.errstate(all="ignore"):
        change = np.abs(first - second) / np.maximum(np.abs(first), np.abs(second))
    change = change[np.isfinite(change)]
    return float((change < 0.15).mean()) if len(change) >= 2 else 0.0


def _values_at(frame: pl.DataFrame, roles: Inferred, names: Sequence[str], period: object) -> dict[str, Numbers]:
    at_period = pl.col(roles.period or "") == pl.lit(period)
    rows = frame.filter(at_period & pl.col(roles.unit).cast(pl.String).is_in(list(names)))
    numbers = rows.select(pl.col(list(roles.indicators)).cast(pl.Float64, strict=False).fill_null(np.nan)).to_numpy()
    return dict(zip(rows[roles.unit].cast(pl.String).to_list(), numbers, strict=True))
