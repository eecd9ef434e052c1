"""The rows of a table that are no units: totals, aggregates, statistics, notes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import join_names
from indicia.recognition.cells import is_note
from indicia.recognition.observation import Observation
from indicia.recognition.row_names import kind_of_name
from indicia.recognition.sample import sample_units
from indicia.recognition.words import plain_words, word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indicia.recognition.columns import Inferred

_AGREE = 2e-3
"""A sum agrees with a total if they differ by no more than this share: totals are often rounded."""
_MEAN_AGREES = 5e-4
_FEWEST_ROWS = 3
"""The rows that a total must have at least: with two, a sum may be an accident."""
_SHARE_OF_AGGREGATES = 1 / 3
"""Where more of the rows have the names of regions, the table is about regions."""
_LAST_ROWS = 8
_MOST_EXPLAINED = 100
"""The totals whose sums are computed; their names alone leave them out."""
_VAST = 1e150
_MOST_ROWS_OF_BLOCKS = 2_000


def rows_that_are_no_units(frame: pl.DataFrame, roles: Inferred) -> list[Observation]:
    """Return an observation for each kind of row that is no unit; its names are those to write into `[data] without`.

    A row is a total by its name ("World", "合计"), by the name of a group that it bears, by its indentation, or because
    it is the sum or the mean of the other rows. It is left out if its name says so or all its numbers do; otherwise the
    observation is a question. In a panel, rows are compared within the last period that has them.

    >>> from indicia.recognition.columns import infer
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune", "Total"], "people": [10, 1, 4, 15]})
    >>> print(rows_that_are_no_units(table, infer(table))[0].sentence)
    Total is left out: its name is that of a total, and people is the sum of the other rows
    """
    sample = sample_units(frame, roles.unit, roles.period)
    table = _Rows.of(sample, roles, is_complete=sample.height == frame.height)
    notes = list(_notes(table))
    noted = {name for each in notes for name in each.names}
    return [*notes, *_totals(table, noted), *_without_values(table, noted), *_without_name(table)]


@dataclass(frozen=True)
class _Rows:
    """The rows of a table with their names and values; in a panel, each unit once, in its last period."""

    frame: pl.DataFrame
    roles: Inferred
    names: list[str | None]
    labels: list[str | None]
    values: npt.NDArray[np.float64]
    """One row for each row of the table, one column for each indicator."""
    is_complete: bool
    """False for a sample of rows, whose sums and means prove nothing."""

    @classmethod
    def of(cls, frame: pl.DataFrame, roles: Inferred, *, is_complete: bool) -> _Rows:
        if roles.period:
            last = frame[roles.period].drop_nulls().max()
            present = frame.filter(pl.col(roles.period) == pl.lit(last))
            others = frame.filter(~pl.col(roles.unit).is_in(present[roles.unit].to_list()))
            frame = pl.concat([present, others.unique(roles.unit, keep="last", maintain_order=True)])
        names = frame[roles.unit].cast(pl.String).to_list()
        labels = frame[roles.label].cast(pl.String).to_list() if roles.label else [None] * len(names)
        numbers = frame.select(pl.col(list(roles.indicators)).cast(pl.Float64, strict=False)).to_numpy()
        # infinite and vast numbers have no sum
        numbers = np.where(np.abs(numbers) < _VAST, numbers, np.nan)
        return cls(frame, roles, names, labels, numbers, is_complete)

    def shown(self, row: int) -> str:
        """Return the name of a row, with its label if that is another name."""
        name, label = (self.names[row] or "").strip(), (self.labels[row] or "").strip()
        return f"{name} ({label})" if label and label != name else name

    @cached_property
    def kinds(self) -> list[str | None]:
        """The kind of each row by its name or label."""
        kinds: list[str | None] = []
        for name, label in zip(self.names, self.labels, strict=True):
            kinds.append((kind_of_name(name) if name else None) or (kind_of_name(label) if label else None))
        return kinds

    @cached_property
    def group_of(self) -> dict[int, str]:
        """The rows that bear the name of a group, with the column of the group."""
        named: dict[int, str] = {}
        for group in self.roles.groups:
            values = self.frame[group].cast(pl.String).to_list()
            groups = {plain_words(value) for value in values if value}
            for row, value in enumerate(values):
                own = {plain_words(name) for name in (self.names[row], self.labels[row]) if name}
                if own & groups and (value is None or plain_words(value) in own):
                    named[row] = group
        return named


def _notes(table: _Rows) -> Iterator[Observation]:
    """Yield the rows without values that hold a source or a remark."""
    empty = np.isnan(table.values).all(axis=1)
    texts = [column for column in table.frame.columns if table.frame.schema[column] == pl.String]
    names = []
    for row in np.flatnonzero(empty)[:200].tolist():
        cells = [cell.strip() for column in texts if (cell := table.frame[column][row]) and cell.strip()]
        if len(cells) == 1 and (is_note(cells[0]) or len(cells[0]) > 80):
            names.append(cells[0])
    if names:
        shown = join_names([f'"{name[:80]}"' if len(name) > 80 else name for name in names], 10)
        yield Observation(
            "note_row",
            tuple(names),
            f"{shown} {'is' if len(names) == 1 else 'are'} left out: a note or source without values, not a unit",
            "left_out",
            _keep(names),
        )


def _without_values(table: _Rows, noted: set[str]) -> Iterator[Observation]:
    """Yield the rows without any value that have an ordinary name."""
    if table.roles.period:
        return
    empty = np.flatnonzero(np.isnan(table.values).all(axis=1)).tolist()
    # the rows of units without data have a label and groups
    others = [column for column in (table.roles.label, *table.roles.groups) if column]
    empty = [row for row in empty if not any(table.frame[column][row] for column in others)]
    names = [name for row in empty if (name := table.names[row]) and name.strip() not in noted and not table.kinds[row]]
    if names and len(names) < len(table.names) / 2:
        single = len(names) == 1
        guess = "a heading, a note or a unit without data" if single else "headings, notes or units without data"
        yield Observation(
            "row_without_values",
            tuple(names),
            f"{join_names(names, 10)} {'has' if single else 'have'} no values: {guess}",
            "question",
            f"without = [{_listed(names)}] in [data] leaves {'it' if single else 'them'} out",
        )


def _without_name(table: _Rows) -> Iterator[Observation]:
    """Yield the rows that have values and no name."""
    valued = set(np.flatnonzero((~np.isnan(table.values)).any(axis=1)).tolist())
    rows = [row for row, name in enumerate(table.names) if not (name or "").strip() and row in valued]
    if not rows:
        return
    evidence = _arithmetic(table, rows[0], _others(table, rows[0], set(rows)))
    unit = table.roles.unit
    which = f"row {rows[0] + 1} of the data" if len(rows) == 1 else f"{len(rows)} rows"
    verb = "has values and no name" if len(rows) == 1 else "have values and no name"
    total = f", and may be a total: {evidence.text}" if evidence and evidence.likely else ""
    last = rows == list(range(rows[0], len(table.names)))
    remedy = (
        f"footer_rows = {len(rows)} in [data] (--set data.footer_rows={len(rows)}) leaves the last rows out; or "
        if last
        else ""
    )
    sentence = f"{unit}: {which} {verb}{total}"
    yield Observation("row_without_name", (unit,), sentence, "question", f"{remedy}write the name in the table")


def _totals(table: _Rows, noted: set[str]) -> Iterator[Observation]:
    """Yield the rows that are totals, aggregates or statistics of the others."""
    kinds = table.kinds
    named = [row for row, kind in enumerate(kinds) if kind in ("total", "aggregate")]
    regions = [row for row in named if kinds[row] == "aggregate"]
    about_regions = len(regions) > _SHARE_OF_AGGREGATES * len(kinds)
    by_name = set(named) - (set(regions) if about_regions else set())
    last = range(max(0, len(kinds) - _LAST_ROWS), len(kinds))
    statistics = {row for row in last if kinds[row] == "statistic"}
    if statistics != set(range(min(statistics, default=0), len(kinds))) or len(statistics) < 2:
        # a single name such as "SD" may be a code
        statistics = {row for row in statistics if _is_statistic(table, row, by_name)}
    if len(by_name) + len(statistics) >= len(kinds):
        return
    headings = _headings(table) or (_blocks(table, by_name | statistics) if table.is_complete else {})
    grouped = {row: column for row, column in table.group_of.items() if row not in by_name}
    no_units = by_name | statistics | headings.keys() | grouped.keys()
    left_out: list[tuple[int, str]] = []
    for row in sorted(by_name):
        kind = "a total" if kinds[row] == "total" else "an aggregate of units"
        evidence = _evidence_for(table, row, no_units) if len(by_name) <= _MOST_EXPLAINED else None
        left_out.append((row, f"its name is that of {kind}{f', and {evidence.text}' if evidence else ''}"))
    left_out += [
        (row, "its name is that of a statistic of the other rows, a summary row") for row in sorted(statistics)
    ]
    left_out += _groups(table, grouped, no_units)
    settled = {row for row, _ in left_out}
    left_out += [(row, reason) for row, reason in headings.items() if row not in settled]
    settled |= headings.keys()
    for row in _suspects(table, settled) if table.is_complete else ():
        evidence = _arithmetic(table, row, _others(table, row, settled | {row}))
        if evidence and evidence.certain:
            left_out.append((row, f"{evidence.text}: it is a total"))
        elif evidence and evidence.likely:
            yield _question(table, row, evidence.text)
        elif _is_country_of(table, row, settled):
            yield _question(table, row, "its name is that of a country, and no other row has such a name")
    first_rows: dict[str | None, tuple[int, str]] = {}
    for row, reason in left_out:
        if table.names[row] and table.names[row] not in noted:
            first_rows.setdefault(table.names[row], (row, reason))
    yield from _observations(table, list(first_rows.values()))


def _question(table: _Rows, row: int, reason: str) -> Observation:
    name = table.names[row] or ""
    sentence = f"{table.shown(row)} may be a total: {reason}"
    remedy = f"without = [{_listed([name])}] in [data] leaves it out"
    return Observation("total_row", (name,), sentence, "question", remedy)


def _is_country_of(table: _Rows, row: int, no_units: set[int]) -> bool:
    """Return True for the first or last row, if it has the name of a country among regions."""
    others = [name for other, name in enumerate(table.names) if name and other != row and other not in no_units]
    if row not in (0, len(table.names) - 1) or len(others) < _LAST_ROWS:
        return False
    countries = word_lists("rows")["country"]
    return countries.matches(table.names[row] or "") and not any(countries.matches(name) for name in others)


def _observations(table: _Rows, left_out: Sequence[tuple[int, str]]) -> Iterator[Observation]:
    """Yield an observation for each row, or for all rows of a reason if there are many."""
    reasons = [reason.partition(", and ")[0] for _, reason in left_out]
    many = len(left_out) > _LAST_ROWS
    done: set[str] = set()
    for (row, reason), short in zip(left_out, reasons, strict=True):
        same = [other for (other, _), its in zip(left_out, reasons, strict=True) if its == short]
        names = tuple(table.names[other] or "" for other in same) if many else (table.names[row] or "",)
        if many and len(same) > 1:
            if short in done:
                continue
            done.add(short)
            shown = join_names([table.shown(other) for other in same], 100)
            sentence = f"{shown} are left out: {short.replace('its name is that of', 'each has the name of', 1)}"
        else:
            names, sentence = (table.names[row] or "",), f"{table.shown(row)} is left out: {reason}"
        yield Observation("total_row", names, sentence, "left_out", _keep(names))


def _keep(names: Sequence[str]) -> str:
    if len(names) == 1:
        return "without = [] in [data] keeps it (--set data.without=[])"
    return "a name that is removed from without = […] in [data] is kept"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names[:5]) + (", …" if len(names) > 5 else "")


def _others(table: _Rows, row: int, no_units: set[int]) -> list[int]:
    return [other for other in range(len(table.names)) if other != row and other not in no_units]


def _evidence_for(table: _Rows, row: int, no_units: set[int]) -> _Evidence | None:
    """Return the indicators in which a row is the sum or the mean of its group, or else of all other rows."""
    others = _others(table, row, no_units)
    in_group = [_arithmetic(table, row, members) for members in _same_group(table, row, others)]
    return next((each for each in in_group if each and each.certain), _arithmetic(table, row, others))


def _same_group(table: _Rows, row: int, others: Sequence[int]) -> Iterator[list[int]]:
    """Yield the other rows of each group of a row."""
    for group in table.roles.groups:
        values = table.frame[group].to_list()
        if values[row] is not None:
            yield [other for other in others if values[other] == values[row]]


def _is_statistic(table: _Rows, row: int, by_name: set[int]) -> bool:
    """Return True if the values of a row are a statistic of the other rows in most indicators."""
    statistic = [other for other in range(len(table.names)) if table.kinds[other] == "statistic"]
    others = _others(table, row, by_name | set(statistic))
    if len(others) < _FEWEST_ROWS:
        return False
    block, own = table.values[others], table.values[row]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without values has no statistics
        computed = np.vstack(
            [
                *(function(block, axis=0) for function in (np.nanmin, np.nanmax, np.nanmedian, np.nanstd)),
                np.nanstd(block, axis=0, ddof=1),
                np.nanvar(block, axis=0, ddof=1),
                np.nanstd(block, axis=0, ddof=1) / np.nanmean(block, axis=0),
                np.nanmax(block, axis=0) - np.nanmin(block, axis=0),
                *np.nanquantile(block, [0.25, 0.75], axis=0),
                (~np.isnan(block)).sum(axis=0),
            ]
        )
    agree = (np.abs(computed - own) <= 0.01 * np.abs(computed) + 1e-9).any(axis=0)
    present = ~np.isnan(own)
    return bool(agree[present].sum() >= 2 and agree[present].mean() > 0.5)


def _blocks(table: _Rows, no_units: set[int]) -> dict[int, str]:
    """Return the rows that are the sums of the rows below them, or above them, in all columns that can be summed.

    A table of such blocks consists of them for the most part; a single sum may be an accident.
    """
    rows = [row for row in range(len(table.names)) if row not in no_units]
    values = table.values[rows]
    usable = [column for column in range(values.shape[1]) if _may_be_summed(values[:, column])]
    if len(usable) < 2 or not _FEWEST_ROWS < len(rows) <= _MOST_ROWS_OF_BLOCKS:
        return {}
    best: dict[int, str] = {}
    for place, order in (("below", range(len(rows))), ("above", range(len(rows) - 1, -1, -1))):
        sums_of_blocks: dict[int, str] = {}
        covered = 0
        ordered = values[list(order)][:, usable]
        totals = np.vstack([np.zeros(len(usable)), ordered.cumsum(axis=0)])
        for position in range(len(rows) - 2):
            own = ordered[position]
            # the sums of the next rows rise, so that the row at which they reach the total is found at once
            sums = totals[position + 1 :] - totals[position + 1]
            end = int(np.searchsorted(sums[:, 0], own[0] * (1 - 1e-6)))
            if not 2 <= end < len(sums):
                continue
            larger = own > ordered[position + 1 : position + end + 1].max(axis=0)
            agree = larger & np.isclose(sums[end], own, rtol=1e-6, atol=0)
            if agree.sum() >= 2 and agree.sum() == larger.sum():
                names = [table.roles.indicators[usable[column]] for column in np.flatnonzero(agree)]
                text = f"{join_names(names, 3)} are the sum of the {end} rows {place} it: a subtotal, not a unit"
                sums_of_blocks[rows[order[position]]] = text
                covered += end + 1
        if len(sums_of_blocks) > 1 and covered > len(rows) / 2:
            best = max(best, sums_of_blocks, key=len)
    return best


def _may_be_summed(values: npt.NDArray[np.float64]) -> bool:
    # yes and no, or a few marks, add up by accident
    return bool((values > 0).all()) and len(np.unique(values)) > len(values) / 2


def _headings(table: _Rows) -> dict[int, str]:
    """Return the rows of a region above its indented units, with the reason."""
    indents = [len(name) - len(name.lstrip()) if name else 0 for name in table.names]
    if not any(indents) or all(indents):
        return {}
    headings = {}
    for row, indent in enumerate(indents):
        below = next((other for other in range(row + 1, len(indents)) if indents[other] <= indent), len(indents))
        if below - row - 1 >= 2:
            text = f"the names of the {below - row - 1} rows below it are indented"
            evidence = _arithmetic(table, row, list(range(row + 1, below)))
            headings[row] = (
                f"it is the total or heading of other rows: {text}{f', and {evidence.text}' if evidence else ''}"
            )
    # a few stray blanks before names make no hierarchy
    return headings if sum(indent > 0 for indent in indents) >= len(indents) / 2 else {}


def _groups(table: _Rows, grouped: dict[int, str], no_units: set[int]) -> list[tuple[int, str]]:
    """Return the rows that bear the name of a group and stand for it, with the reason."""
    by_sum: list[tuple[int, str]] = []
    by_place: list[tuple[int, str]] = []
    for row, column in grouped.items():
        values = table.frame[column].cast(pl.String).to_list()
        own = {plain_words(name) for name in (table.names[row], table.labels[row]) if name}
        members = [
            other
            for other, value in enumerate(values)
            if value and plain_words(value) in own and other != row and other not in no_units
        ]
        if len(members) < 2:
            continue
        evidence = _arithmetic(table, row, members)
        if evidence and (evidence.certain or evidence.likely or (evidence.means and not evidence.against)):
            reason = f"it has the name of the {column} of {len(members)} rows, and {evidence.text}: a subtotal"
            by_sum.append((row, reason))
        elif row < members[0] or row > members[-1]:
            by_place.append((row, f"it has the name of the {column} of the {len(members)} rows beside it: a subtotal"))
    # a city may bear the name of its province, but a first or last row for most groups is a pattern
    groups = {value for column in set(grouped.values()) for value in table.frame[column].drop_nulls().unique()}
    return by_sum + (by_place if len(by_sum + by_place) > max(1, len(groups) / 2) else [])


@dataclass(frozen=True)
class _Evidence:
    """The indicators in which a row is the sum or the mean of other rows."""

    sums: tuple[str, ...]
    means: tuple[str, ...]
    against: int
    rows: int

    @property
    def text(self) -> str:
        of = f"the {self.rows} other rows" if self.rows > 9 else "the other rows"
        parts = [
            f"{join_names(names, 3)} {'is' if len(names) == 1 else 'are'} the {kind} of {of}"
            for names, kind in ((self.sums, "sum"), (self.means, "mean"))
            if names
        ]
        return ", and ".join(parts)

    @property
    def certain(self) -> bool:
        """True if all indicators with a sum or a mean agree."""
        if self.against or self.rows < _FEWEST_ROWS:
            return False
        # one sum, or means of small numbers, may be an accident
        agreeing = len(self.sums) + len(self.means)
        return (bool(self.sums) and (agreeing >= 2 or self.rows >= 8)) or (agreeing >= 3 and self.rows >= 8)

    @property
    def likely(self) -> bool:
        """True if most indicators agree."""
        agreeing = len(self.sums) + len(self.means)
        return bool(self.sums) and agreeing >= 2 and agreeing > self.against and self.rows >= _FEWEST_ROWS


def _arithmetic(table: _Rows, row: int, others: Sequence[int]) -> _Evidence | None:
    """Return the indicators in which a row is the sum or the mean of other rows; None without any."""
    if len(others) < 2:
        return None
    block, own = table.values[list(others)], table.values[row]
    sums: list[str] = []
    means: list[str] = []
    weights: list[npt.NDArray[np.float64]] = []
    open_columns: list[int] = []
    against = 0
    for column, name in enumerate(table.roles.indicators):
        values, value = block[:, column], own[column]
        present = values[~np.isnan(values)]
        if np.isnan(value) or len(present) < max(2, len(values) / 2) or present.min() == present.max():
            continue
        if abs(value - present.sum()) <= _AGREE * abs(present.sum()) and abs(value) > np.abs(present).max():
            sums.append(name)
            weights.append(values)
        else:
            open_columns.append(column)
    for column in open_columns:
        values, value = block[:, column], own[column]
        if any(_agrees(value, values, weight) for weight in (np.ones(len(values)), *weights)):
            means.append(table.roles.indicators[column])
        elif not _lies_among(value, values) or not weights:
            against += 1
    return _Evidence(tuple(sums), tuple(means), against, len(others)) if sums or means else None


def _agrees(value: float, values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> bool:
    present = ~np.isnan(values) & ~np.isnan(weights)
    total = weights[present].sum()
    if not total:
        return False
    mean = float((values[present] * weights[present]).sum() / total)
    decimals = _decimals(value)
    return abs(value - mean) <= max(_MEAN_AGREES * abs(mean), 0.51 * 10.0**-decimals if decimals else 0.0)


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def _lies_among(value: float, values: npt.NDArray[np.float64]) -> bool:
    return bool(np.nanmin(values) <= value <= np.nanmax(values))


def _suspects(table: _Rows, no_units: set[int]) -> list[int]:
    """Return the first and last rows, and the rows with the largest values."""
    rows = len(table.names)
    candidates = {0, 1, rows - 3, rows - 2, rows - 1}
    values = np.where(np.isnan(table.values), -np.inf, table.values)
    if len(no_units) < rows:
        values[list(no_units)] = -np.inf
        candidates |= set(values.argmax(axis=0).tolist())
    return sorted(row for row in candidates if 0 <= row < rows and row not in no_units and table.names[row])
