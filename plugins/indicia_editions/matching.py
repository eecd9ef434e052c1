"""The units that two editions have in common, and units that may have another name."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import DataError, join_names, suggest_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia_editions.scored_edition import ScoredEdition

_SIMILARITY = 0.75
"""The similarity of two names, by difflib, above which they may be those of one unit."""


def match_units(
    old: ScoredEdition, new: ScoredEdition, renamed: Mapping[str, str]
) -> tuple[ScoredEdition, ScoredEdition, dict[str, str]]:
    """Return two editions whose units are named alike, and the new names of renamed units.

    Raises
    ------
    DataError
        If a renamed unit is not in its edition, or no unit is in both.
    """
    if old.result is None and new.result is not None:
        old = _with_keys_of(new, old)
    if new.result is None and old.result is not None:
        new = _with_keys_of(old, new)
    before, after = (edition.units["unit"].to_list() for edition in (old, new))
    for former, present in renamed.items():
        for unit, units, edition in ((former, before, old), (present, after, new)):
            if unit not in units:
                raise DataError(
                    f'the renamed unit "{unit}" is not in {edition.title}',
                    where=f"--rename {former}={present}",
                    remedy=suggest_unit(unit, units),
                )
        if present in before:
            raise DataError(
                f'"{present}" is a unit of {old.title} too', where=f"--rename {former}={present}", remedy="leave it out"
            )
    if (before or after) and not {renamed.get(unit, unit) for unit in before} & {*after}:
        raise DataError(
            f"no unit of {old.title} is in {new.title}",
            where=f"{old.title}: {join_names(before, 3)}; {new.title}: {join_names(after, 3)}",
            remedy="name units alike in both, or state their new names: --rename OLD=NEW",
        )
    return old, new, dict(renamed)


def check_indicators(old: ScoredEdition, new: ScoredEdition) -> None:
    """Refuse two indices without a common indicator.

    Raises
    ------
    DataError
        If both editions have a methodology, and no indicator is in both.
    """
    if old.methodology is None or new.methodology is None:
        return
    before, after = (list(methodology["indicators"]) for methodology in (old.methodology, new.methodology))
    if not {*before} & {*after}:
        raise DataError(
            f"no indicator of {old.title} is in {new.title}",
            where=f"{old.title}: {join_names(before, 3)}; {new.title}: {join_names(after, 3)}",
            remedy="give indicators the same ids in both, with column = for the names of columns; "
            "or compare tables of scores",
        )


def _with_keys_of(index: ScoredEdition, scores: ScoredEdition) -> ScoredEdition:
    """Return a table of scores with the keys of an index for those labels by which most of its units are named."""
    published = scores.units["unit"]
    columns = index.labels.columns
    best = max(columns, key=lambda column: published.is_in(index.labels[column].drop_nulls().implode()).sum())
    if best == "unit":
        return scores
    unique = index.labels.filter(pl.col(best).is_not_null() & pl.col(best).is_unique())
    keys = dict(zip(unique[best], unique["unit"], strict=True))
    units = scores.units.with_columns(pl.col("unit").replace(keys))
    return replace(scores, units=units, labels=units.select("unit"))


def similar_names(entered: Sequence[str], left: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs of a unit that left and the most similar unit that entered.

    >>> list(similar_names(["Türkiye", "Eswatini"], ["Turkiye", "Peru"]))
    [('Turkiye', 'Türkiye')]
    """
    lowered = {name.casefold(): name for name in entered}
    for name in left:
        for match in get_close_matches(name.casefold(), lowered, n=1, cutoff=_SIMILARITY):
            yield name, lowered.pop(match)
