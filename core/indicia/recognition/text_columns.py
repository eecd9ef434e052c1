"""The roles of columns of text: a label, groups, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.recognition.column_cells import DATE, FEW_ROWS, TEXTS, has_no_name, in_shell, is_prose, share_matching
from indicia.recognition.observation import Observation
from indicia.recognition.words import word_lists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.recognition.keys import Candidates, Units

AS_INDICATOR = "a line in [indicators] makes it an indicator (--cost NAME, or --indicator NAME for each indicator)"
"""The remedy for a column that should be an indicator."""
_AS_GROUP = "groups = […] in [data] (--group NAME) makes it a group"
"""The remedy for a column that should be a group."""


_CODE = r"^[A-Z0-9_.:/-]+$|^[A-Za-z0-9_.:/-]*[0-9][A-Za-z0-9_.:/-]*$"
"""A code such as PER, DE1 or s-004: no blank, and a digit or no lower-case letter."""
_MOST = 0.8


@dataclass(frozen=True)
class TextRoles:
    """The label and the groups of a table, and the columns of text without a role."""

    label: str | None
    groups: tuple[str, ...]
    observations: tuple[Observation, ...]


def text_roles(table: Candidates, units: Units, label: str | None, stated_groups: Sequence[str]) -> TextRoles:
    """Return the roles of the columns of text and dates; a stated label or group is not inferred."""
    groups: tuple[str, ...] = tuple(stated_groups)
    observations: list[Observation] = []
    for column in table.others:
        dtype = table.frame.schema[column]
        if column in (units.unit, units.period, label, *stated_groups):
            continue
        if dtype not in TEXTS and not dtype.is_temporal():
            continue
        verdict = _no_name(table, units, column)
        if verdict is None and units.distinct(column) > units.number / 2 and _are_mostly_digits(units, column):
            verdict = left_out(
                *("text_among_numbers", column, f'text such as "{units.rows[column].cast(pl.String).sort()[0]}"'),
                remedy_for_text(column),
            )
        if verdict is None:
            if label is None and _names_units(units, column):
                label = column
                continue
            verdict = _no_group(units, column, groups, bool(stated_groups))
        if verdict is None:
            groups = (*groups, column)
        else:
            observations.append(verdict)
    return TextRoles(label, groups, tuple(observations))


def left_out(rule: str, column: str, reason: str, remedy: str = "") -> Observation:
    """Return the observation that a column has no role."""
    shown = column or "the column without a name"
    return Observation(rule, (column,), f"{shown} is left out: {reason}", "left_out", remedy)


def _no_name(table: Candidates, units: Units, column: str) -> Observation | None:
    """Return the reason why a column names neither units nor groups, if there is one."""
    lists, cells = word_lists("columns"), table.sample[column]
    if table.frame.schema[column].is_temporal() or share_matching(cells, DATE) == 1:
        return left_out(
            "date", column, "it holds dates", f'period = "{column}" in [data] (--period) makes it the period'
        )
    if column in table.mixed:
        text = f'numbers, and text such as "{table.mixed[column]}"'
        return left_out("text_among_numbers", column, text, remedy_for_text(column))
    if cells.null_count() == len(cells):
        return left_out("empty", column, "it is empty")
    if has_no_name(column):
        return left_out("no_name", column, "it has no name")
    if lists["note"].matches(column) or is_prose(cells):
        return left_out("note", column, "text, a note or remark")
    if lists["flag"].matches(column):
        return left_out("flag", column, "text, a status or flag")
    if not units.are_constant_in(column):
        return left_out("text", column, "text, which differs between the rows of a unit")
    return None


def _are_mostly_digits(units: Units, column: str) -> bool:
    """Return True if the cells have more digits than other characters, no dates, and the column no name of a code."""
    cells = units.rows[column].cast(pl.String).drop_nulls()
    if share_matching(cells, DATE) == 1:
        return False
    digits, others = cells.str.count_matches(r"\d"), cells.str.count_matches(r"[^\d\s]")
    lists = word_lists("columns")
    is_code = any(lists[meaning].matches(column) for meaning in ("code", "short_code", "row_number"))
    share = (digits > others).mean()
    return not is_code and isinstance(share, float) and share > 0.8


def _names_units(units: Units, column: str) -> bool:
    """Return True if a column names each unit, and the column of the units has codes, which readers do not know."""
    named = units.distinct(column) == units.number and not _is_code(units, column)
    return named and share_matching(units.rows[units.unit], _CODE) >= _MOST


def _no_group(units: Units, column: str, groups: Sequence[str], stated: bool) -> Observation | None:
    """Return the reason why a column is no group, if there is one."""
    distinct = units.distinct(column)
    if distinct == units.number:
        as_label = f'label = "{column}" in [data] (--label {in_shell(column)}) makes it the label'
        return left_out("text", column, "text, another name of the units", as_label)
    if _is_code(units, column):
        return left_out("code", column, "text, the code of a part or group of the units", _AS_GROUP)
    if stated:
        return left_out("text", column, "text", _AS_GROUP)
    if distinct == 1:
        return left_out("text", column, f'text, "{units.rows[column][0]}" for all units')
    if distinct > units.number / 2 and units.number >= 2 * FEW_ROWS:
        return left_out("text", column, f"text, {distinct} different ones for {units.number} units", _AS_GROUP)
    if twin := next((group for group in groups if units.same_groups(group, column)), None):
        return left_out("text", column, f"text, another name of the groups of {twin}", _AS_GROUP)
    return None


def _is_code(units: Units, column: str) -> bool:
    lists = word_lists("columns")
    named = lists["code"].matches(column) or lists["group"].matches(column)
    return named and share_matching(units.rows[column], r"^\s*\d+\s*$") == 1


def remedy_for_text(column: str) -> str:
    """Return the remedies for a column of numbers with texts."""
    return (
        f"--indicator {in_shell(column)} names the cells that are not numbers; the words of [data] decimal, thousands, "
        "percent, unit_marks, footnotes, flags and missing (--set data.missing=…) read them as numbers"
    )
