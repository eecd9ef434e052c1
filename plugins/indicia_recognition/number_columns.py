"""Columns of texts and of numbers: their roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import join_names
from indicia_recognition.column_cells import (
    DATE,
    FEW_ROWS,
    TEXTS,
    are_equal,
    are_years,
    constant_factor,
    extremes,
    has_no_name,
    in_shell,
    is_prose,
    is_whole,
    share_matching,
)
from indicia_recognition.direction_words import read_name
from indicia_recognition.observation import Observation
from indicia_recognition.words import plain_words, word_lists

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import numpy.typing as npt

    from indicia_recognition.keys import Candidates, Units


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
        dtype = table.frame[column].dtype
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
    if table.frame[column].dtype.is_temporal() or share_matching(cells, DATE) == 1:
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


_CATEGORIES = 100
"""A group has no more categories than this."""
_LAST_YEAR = 2100
_PROBES = 16
"""The rows by which a pair of columns is compared first."""
_Verdict = tuple[str, str]
"""The rule by which a column is no indicator, and the reason."""


@dataclass(frozen=True)
class NumberRoles:
    """The indicators of a table, its groups of numbers, and the columns of numbers without a role."""

    indicators: tuple[str, ...]
    groups: tuple[str, ...]
    observations: tuple[Observation, ...]


def number_roles(
    table: Candidates, units: Units, columns: Sequence[str], *, costs: Collection[str], may_be_groups: bool
) -> NumberRoles:
    """Return the roles of columns of numbers; a column that measures something is an indicator, as are `costs`."""
    verdicts = {column: _no_indicator(table, units, column) for column in columns if column not in costs}
    # in an index of ranks, each indicator is a rank
    kept = () if any(verdicts.get(column) is None for column in columns) else ("rank",)
    observations: list[Observation] = []
    groups: list[str] = []
    chosen = []
    for column in columns:
        rule, reason = verdicts.get(column) or ("", "")
        if not rule or rule in kept:
            chosen.append(column)
        elif rule == "group_code" and may_be_groups and units.are_constant_in(column):
            groups.append(column)
            sentence = f"{column} is a group, not an indicator: {reason}"
            observations.append(Observation(rule, (column,), sentence, "format", AS_INDICATOR))
        else:
            observations.append(left_out(rule, column, reason, "" if rule == "empty" else AS_INDICATOR))
    for rule in kept:
        if names := tuple(column for column in chosen if (verdicts[column] or ("", ""))[0] == rule):
            observations.append(_kept(rule, names))
    copies = _copies(table.sample.select(chosen), costs)
    copies += total_columns(table.sample.select(name for name in chosen if name not in costs))
    repeated = {name for each in copies if each.effect == "left_out" for name in each.names}
    indicators = tuple(column for column in chosen if column not in repeated)
    return NumberRoles(indicators, tuple(groups), (*observations, *copies))


def _kept(rule: str, names: tuple[str, ...]) -> Observation:
    verb = "is" if len(names) == 1 else "are"
    sentence = f"{join_names(names, 10)} {verb} ranks, and kept, as there are no other numbers"
    return Observation(rule, names, sentence, "question", "remove a line in [indicators] to leave out an indicator")


def _no_indicator(table: Candidates, units: Units, column: str) -> _Verdict | None:
    """Return the rule by which a column is no indicator, with the reason; None for an indicator."""
    if table.frame[column].dtype == pl.Boolean:
        return "true_or_false", "it holds true and false, not numbers"
    values, lists = table.sample[column].drop_nulls(), word_lists("columns")
    if values.dtype.is_float():
        values = values.drop_nans()
    if not len(values):
        return "empty", "it is empty"
    if word_lists("columns")["coordinate"].matches(column) and extremes(values.abs())[1] > 1:
        return "coordinate", "it is a coordinate on the map, not a measure"
    if not is_whole(values):
        return ("no_name", "it has no name") if has_no_name(column) else None
    if verdict := _row_number(table, column):
        return verdict
    if has_no_name(column):
        return "no_name", "it has no name"
    least, most = extremes(values)
    if are_years(values) and (column in table.times or lists["year_of"].matches(column)):
        return "year", f"it holds years, {least:.0f} to {most:.0f}"
    if (
        lists["founded"].matches(column)
        and least >= 100
        and most <= _LAST_YEAR
        and 2 * int((values >= 800).sum()) > len(values)
    ):
        return "year", f"it holds years of foundation, {least:.0f} to {most:.0f}"
    if lists["rank"].matches(column) and least >= 1 and "%" not in column:
        return "rank", f"it is a rank from {least:.0f} to {most:.0f}"
    if least >= 0 and (verdict := _code_or_group(table, units, column, values)):
        return verdict
    if verdict := _running_number(table, column):
        return verdict
    if least >= 0 and (verdict := _ordered_code(table, units, column)):
        return verdict
    if lists["flag"].matches(column) and set(values.unique().to_list()) <= {0, 1}:
        return "flag", "it is a flag of 0 and 1"
    return None


def _code_or_group(table: Candidates, units: Units, column: str, values: pl.Series) -> _Verdict | None:
    lists, distinct = word_lists("columns"), values.n_unique()
    same_width = values.cast(pl.Int64, strict=False).cast(pl.String).str.len_chars().n_unique() == 1
    rising = len(values) >= FEW_ROWS and bool((values.diff().drop_nulls() > 0).all())
    if (
        lists["code"].matches(column)
        or (lists["short_code"].matches(column) and same_width)
        or (lists["numbered"].matches(column) and distinct == len(values) and (same_width or rising))
        or _numbers_the_units(column, units.unit)
    ):
        whom = "the units" if units.distinct(column) == units.number else "a part of the units"
        return "code", f"it is a code of {whom}, such as {int(values[0])}, not a measure"
    if part := _part_of_a_code(table, units, column, values):
        return "code", f"it is a part of the code in {part}"
    if not lists["group"].matches(column) or distinct < 2:
        return None
    if distinct < min(units.number, _CATEGORIES):
        return "group_code", f"it holds {distinct} different whole numbers, the codes of a category"
    if plain_words(column) in lists["group"].names:
        # counties and districts are numbered anew in each state
        return "code", f"it holds whole numbers, the codes of a {plain_words(column)}"
    return None


def _numbers_the_units(column: str, unit: str) -> bool:
    """Return True for the number of a unit or group: "Kreis-Nr", "district no", "市町村番号"."""
    numbered = word_lists("columns")["numbered"]
    words = plain_words(column)
    rest = next(
        (words.removesuffix(end) for end in numbered.phrases if words.endswith(end) and words != end), ""
    ).strip()
    return bool(rest) and (rest == plain_words(unit) or rest in word_lists("columns")["group"].names)


def _ordered_code(table: Candidates, units: Units, column: str) -> _Verdict | None:
    """Return the evidence that a column of any name is a code, as its numbers rise with the order of the units.

    A measure rises in alphabetical order by accident only; a table that is sorted by a measure has it after the names.
    """
    rows = table.sample.select(pl.col(units.unit).cast(pl.String).alias("unit"), pl.col(column).alias("number"))
    rows = rows.drop_nulls().unique("unit", keep="first", maintain_order=True)
    if rows.height < FEW_ROWS or not (rows["number"].diff().drop_nulls() > 0).all():
        return None
    if not units.are_constant_in(column) or read_name(column).direction != "unclear":
        return None
    example = f"such as {int(rows['number'][0])} for {rows['unit'][0].strip()}"
    if [*map(plain_words, rows["unit"])] == sorted(map(plain_words, rows["unit"])):
        return "code", f"its whole numbers rise with the alphabet, as a code of the units does, {example}"
    order = table.frame.columns
    if order.index(column) < order.index(units.unit):
        return (
            "code",
            f"its whole numbers rise from row to row before the names, as a code of the units does, {example}",
        )
    return None


def _row_number(table: Candidates, column: str) -> _Verdict | None:
    """Return the evidence that a column with the name of a row number numbers the rows."""
    if not has_no_name(column) and not word_lists("columns")["row_number"].matches(column):
        return None
    numbers = _Numbers.of(table, column)
    if numbers is None:
        return None
    if numbers.consecutive or numbers.rising:
        return "row_number", f"it numbers the rows {numbers.extent} (a row number)"
    if numbers.restarting:
        return "row_number", "it numbers the rows of each group or period (a row number)"
    return None


def _running_number(table: Candidates, column: str) -> _Verdict | None:
    """Return the evidence that a column of any name numbers the rows."""
    numbers = _Numbers.of(table, column)
    if numbers is None or not numbers.consecutive:
        return None
    # a float that counts by one is rather a measure
    integers = table.frame[column].dtype.is_integer()
    if table.sample.height < FEW_ROWS:
        return None
    if integers and numbers.first in (0, 1):
        return "row_number", f"it numbers the rows {numbers.extent} (a row number)"
    if word_lists("columns")["running_number"].matches(column):
        return "row_number", f"it is a running number {numbers.extent}, a code or row number"
    return None


@dataclass(frozen=True)
class _Numbers:
    """Whole numbers as they follow each other in the first rows."""

    first: int
    consecutive: bool
    rising: bool
    restarting: bool
    """True if each number is the one before plus one, or 0 or 1."""
    extent: str

    @classmethod
    def of(cls, table: Candidates, column: str) -> _Numbers | None:
        rows = table.frame[column]
        values = rows.head(table.sample.height).drop_nulls().cast(pl.Int64, strict=False)
        if len(values) < 2 or values.null_count() or values[0] < 0:
            return None
        steps, first = values.diff().drop_nulls(), int(values[0])
        return cls(
            first,
            bool((steps == 1).all()),
            bool((steps > 0).all()),
            first in (0, 1) and bool(((steps == 1) | values.slice(1).is_in([0, 1])).all()),
            f"from {first} to {extremes(rows)[1]:.0f}",
        )


def _part_of_a_code(table: Candidates, units: Units, column: str, values: pl.Series) -> str | None:
    """Return the code whose first or last digits are the values of a column, as the state in the code of a county."""
    if values.n_unique() < 2 or len(values) < FEW_ROWS or not table.frame[column].dtype.is_integer():
        return None
    for code in dict.fromkeys((units.unit, *table.sample.columns)):
        if code == column or not word_lists("columns")["code"].matches(code):
            continue
        pair = table.sample.select(
            pl.col(code).cast(pl.String).str.replace(r"\.0$", "").alias("code"),
            pl.col(column).cast(pl.String).alias("part"),
        ).drop_nulls()
        if not len(pair) or not pair["code"].str.contains(r"^\d{3,}$").all():
            continue
        digits, part = pl.col("code"), pl.col("part")
        shorter = digits.str.len_chars() > part.str.len_chars()
        starts = digits.str.strip_chars_start("0").str.starts_with(part)
        if pair.select((shorter & starts).all() | (shorter & digits.str.ends_with(part)).all()).item():
            return code
    return None


def _copies(sample: pl.DataFrame, costs: Collection[str]) -> list[Observation]:
    """Return the columns that repeat an earlier one, or are a multiple of it."""
    observations: list[Observation] = []
    for first, second in _alike(sample):
        if second in {name for each in observations for name in each.names}:
            continue
        if are_equal(sample[first], sample[second]) and second not in costs:
            reason = f"it has the same values as {first}, a duplicate that would count twice"
            observations.append(left_out("duplicate_column", second, reason, AS_INDICATOR))
        elif (factor := constant_factor(sample[first], sample[second])) and second:
            sentence = f"{second} is {factor:.6g} times {first} in all rows: the same quantity counts twice"
            remedy = "remove the line of one of the two in [indicators], or list the others by --indicator"
            observations.append(Observation("proportional", (second, first), sentence, "question", remedy))
    return observations


def _alike(sample: pl.DataFrame) -> list[tuple[str, str]]:
    """Return the pairs of columns that have a constant ratio in the first rows."""
    names = sample.columns
    if sample.height < FEW_ROWS:
        return []
    rows = np.linspace(0, sample.height - 1, min(_PROBES, sample.height)).astype(np.int64)
    probe = sample[rows].cast(pl.Float64).to_numpy()
    pairs = []
    with np.errstate(all="ignore"):
        for second in range(1, len(names)):
            ratios = probe[:, second : second + 1] / probe[:, :second]
            ratios[~np.isfinite(ratios)] = np.nan
            seen = ~np.isnan(ratios).all(axis=0)
            spread = np.nanmax(np.where(seen, ratios, 0), axis=0) - np.nanmin(np.where(seen, ratios, 0), axis=0)
            alike = seen & (spread <= 1e-6 * np.abs(np.nanmax(np.where(seen, ratios, 0), axis=0)))
            pairs += [(names[first], names[second]) for first in np.flatnonzero(alike).tolist()]
    return pairs


_AGREE = 1e-3
"""A sum agrees with a total if they differ by no more than this share: totals are often rounded."""
_LEAST_SHARE = 0.9
"""The share of the rows in which they agree, at least."""
_LEAST_ROWS = 4
_MOST_COLUMNS = 200


def total_columns(sample: pl.DataFrame) -> Iterator[Observation]:
    """Yield the columns with the name of a total that are the sum or the mean of others, or of those beside them.

    >>> import polars as pl
    >>> table = pl.DataFrame({"men": [3, 1, 4, 2], "women": [5, 9, 2, 1], "Total": [8, 10, 6, 3]})
    >>> [observation.sentence for observation in total_columns(table)]
    ['Total is left out: it is a total, the sum of men, women, which would count twice']
    """
    totals = [name for name in sample.columns if word_lists("rows")["total"].matches(name)]
    if not totals or sample.height < _LEAST_ROWS or sample.width > _MOST_COLUMNS:
        return
    parts = [name for name in sample.columns if name not in totals]
    values = {name: sample[name].cast(float).to_numpy() for name in sample.columns}
    for total in totals:
        at = sample.columns.index(total)
        before = [name for name in sample.columns[:at] if name in parts]
        after = [name for name in sample.columns[at + 1 :] if name in parts]
        runs = [parts, *(before[start:] for start in range(len(before)))]
        runs += [after[:end] for end in range(len(after) + 1)]
        for names in runs:
            if len(names) > 1 and (kind := _kind(values[total], np.array([values[name] for name in names]))):
                reason = f"it is a total, the {kind} of {join_names(names)}, which would count twice"
                yield left_out("total_column", total, reason, AS_INDICATOR)
                break


def _kind(total: npt.NDArray[np.float64], parts: npt.NDArray[np.float64]) -> str:
    """Return "sum" or "mean" if a column is that of others; empty if it is neither."""
    complete = ~np.isnan(total) & ~np.isnan(parts).any(axis=0)
    if complete.sum() < _LEAST_ROWS:
        return ""
    sums, total = parts[:, complete].sum(axis=0), total[complete]
    for kind, expected in (("sum", sums), ("mean", sums / len(parts))):
        if (np.abs(expected - total) <= _AGREE * np.abs(total)).mean() >= _LEAST_SHARE and total.any():
            return kind
    return ""
