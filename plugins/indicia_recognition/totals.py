"""Rows of totals: sums and means of other rows."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import join_names
from indicia_recognition.observation import Observation
from indicia_recognition.row_table import KEEP_ROWS, RowTable, other_rows, quoted_names
from indicia_recognition.words import plain_words, word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt


_AGREE = 2e-3
"""A sum agrees with a total if they differ by no more than this share: totals are often rounded."""
_MEAN_AGREES = 5e-4
_SHARE_OF_SPREAD = 0.02
"""Values that hardly differ all agree with their mean; a mean is nearer to it than this share of their spread."""
_ROUNDED = 0.51
"""A rounded mean differs by no more than this share of its last digit."""
FEWEST_ROWS = 3
"""The rows that a total must have at least: with two, a sum may be an accident."""


@dataclass(frozen=True)
class SumsAndMeans:
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
        if self.against or self.rows < FEWEST_ROWS:
            return False
        # one sum, or means of small numbers, may be an accident
        agreeing = len(self.sums) + len(self.means)
        return (bool(self.sums) and (agreeing >= 2 or self.rows >= 8)) or (agreeing >= 3 and self.rows >= 8)

    @property
    def likely(self) -> bool:
        """True if most indicators agree."""
        agreeing = len(self.sums) + len(self.means)
        return bool(self.sums) and agreeing >= 2 and agreeing > self.against and self.rows >= FEWEST_ROWS


def sums_and_means(table: RowTable, row: int, others: Sequence[int]) -> SumsAndMeans | None:
    """Return the indicators in which a row is the sum or the mean of other rows; None without any."""
    if len(others) < 2:
        return None
    block, own = table.values[list(others)], table.values[row]
    present, names = ~np.isnan(block), table.roles.indicators
    counts = present.sum(axis=0)
    totals = np.where(present, block, 0.0).sum(axis=0)
    sizes = np.where(present, np.abs(block), 0.0).max(axis=0)
    least, most = np.where(present, block, np.inf).min(axis=0), np.where(present, block, -np.inf).max(axis=0)
    usable = ~np.isnan(own) & (counts >= np.maximum(2, len(others) / 2)) & (least < most)
    are_sums = usable & (np.abs(own - totals) <= _AGREE * np.abs(totals)) & (np.abs(own) > sizes)
    columns = np.flatnonzero(usable & ~are_sums).tolist()
    weights = [None, *(block[:, column] for column in np.flatnonzero(are_sums))]
    among = (least <= own) & (own <= most)
    # only a mean among its values, and near their plain mean unless there are weights, is worth a closer look
    plain = totals / np.maximum(counts, 1)
    near = np.abs(own - plain) <= np.minimum(
        np.maximum(_MEAN_AGREES * np.abs(plain), _ROUNDED), _SHARE_OF_SPREAD * (most - least)
    )
    may_be_means = among & (near | are_sums.any())
    are_means = [
        column
        for column in columns
        if may_be_means[column] and any(_agrees(float(own[column]), block[:, column], weight) for weight in weights)
    ]
    if not are_sums.any() and not are_means:
        return None
    against = sum(column not in are_means and (not among[column] or not are_sums.any()) for column in columns)
    sums = tuple(names[column] for column in np.flatnonzero(are_sums))
    return SumsAndMeans(sums, tuple(names[column] for column in are_means), against, len(others))


def _agrees(value: float, values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64] | None) -> bool:
    """Return True if a value is the mean of the others, plain or weighted."""
    if weights is None:
        weights = np.ones(len(values))
    present = ~np.isnan(values) & ~np.isnan(weights)
    total = weights[present].sum()
    if not total:
        return False
    mean = float((values[present] * weights[present]).sum() / total)
    decimals = _decimals(value)
    tolerance = max(_MEAN_AGREES * abs(mean), _ROUNDED * 10.0**-decimals if decimals else 0.0)
    return abs(value - mean) <= min(tolerance, _SHARE_OF_SPREAD * float(np.ptp(values[present])))


def _decimals(value: float) -> int:
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


_SHARE_OF_AGGREGATES = 1 / 3
"""Where more of the rows have the names of regions, the table is about regions."""
_LAST_ROWS = 8
_MOST_EXPLAINED = 100
"""The totals whose sums are computed; their names alone leave them out."""


def total_rows(table: RowTable, noted: set[str]) -> Iterator[Observation]:
    """Yield the rows that are totals, aggregates or statistics of the others."""
    kinds = table.kinds
    named = [row for row, kind in enumerate(kinds) if kind in ("total", "aggregate")]
    regions = [row for row in named if kinds[row] == "aggregate"]
    about_regions = len(regions) > _SHARE_OF_AGGREGATES * len(kinds)
    by_name = set(named) - (set(regions) if about_regions else set())
    statistics = _statistics(table, by_name)
    if len(by_name) + len(statistics) >= len(kinds):
        return
    totals = {row for row in by_name if kinds[row] == "total"}
    headings = headings_of_indents(table) or (heads_of_blocks(table, totals | statistics) if table.is_complete else {})
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
    left_out += rows_of_groups(table, grouped, no_units)
    settled = {row for row, _ in left_out}
    left_out += [(row, reason) for row, reason in headings.items() if row not in settled]
    settled |= headings.keys()
    suspects = _suspects(table, settled) if table.is_complete else []
    looked_at = may_be_totals(table, suspects, settled)
    for row in suspects:
        evidence = sums_and_means(table, row, other_rows(table, row, settled)) if row in looked_at else None
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


def _question(table: RowTable, row: int, reason: str) -> Observation:
    name = table.names[row] or ""
    sentence = f"{table.shown(row)} may be a total: {reason}"
    remedy = f"without = [{quoted_names([name])}] in [data] leaves it out"
    return Observation("total_row", (name,), sentence, "question", remedy)


def _is_country_of(table: RowTable, row: int, no_units: set[int]) -> bool:
    """Return True for the first or last unit, if it has the name of a country among regions."""
    name = table.names[row]
    if name not in table.ends:
        return False
    countries = word_lists("rows")["country"]
    if not any(countries.matches(text) for text in (name, table.labels[row]) if text):
        return False
    others = {other: None for at, other in enumerate(table.names) if other and other != name and at not in no_units}
    labels = {label for at, label in enumerate(table.labels) if label and table.names[at] != name}
    return len(others) >= _LAST_ROWS and not any(map(countries.matches, [*others, *labels]))


def _observations(table: RowTable, left_out: Sequence[tuple[int, str]]) -> Iterator[Observation]:
    """Yield an observation for each row, or for all rows of a reason if there are many."""
    reasons = [reason.partition(", and ")[0] for _, reason in left_out]
    many = len(left_out) > _LAST_ROWS
    reported: set[str] = set()
    for (row, reason), short in zip(left_out, reasons, strict=True):
        same = [other for (other, _), other_reason in zip(left_out, reasons, strict=True) if other_reason == short]
        names = tuple(table.names[other] or "" for other in same) if many else (table.names[row] or "",)
        if many and len(same) > 1:
            if short in reported:
                continue
            reported.add(short)
            shown = join_names([table.shown(other) for other in same], 100)
            sentence = f"{shown} are left out: {short.replace('its name is that of', 'each has the name of', 1)}"
        else:
            names, sentence = (table.names[row] or "",), f"{table.shown(row)} is left out: {reason}"
        yield Observation("total_row", names, sentence, "left_out", KEEP_ROWS)


def _evidence_for(table: RowTable, row: int, no_units: set[int]) -> SumsAndMeans | None:
    """Return the indicators in which a row is the sum or the mean of its group, or else of all other rows."""
    others = other_rows(table, row, no_units)
    in_group = [sums_and_means(table, row, members) for members in _same_group(table, row, others)]
    return next((each for each in in_group if each and each.certain), sums_and_means(table, row, others))


def _same_group(table: RowTable, row: int, others: Sequence[int]) -> Iterator[list[int]]:
    """Yield the other rows of each group of a row."""
    for group in table.roles.groups:
        values = table.frame[group].to_list()
        if values[row] is not None:
            yield [other for other in others if values[other] == values[row]]


def _statistics(table: RowTable, by_name: set[int]) -> set[int]:
    """Return the last rows that are statistics of the rows above them, by their names or by their values.

    Statistics are abbreviated in many ways, so that a name in a block of them may be of any kind.
    """
    last = [row for row in range(max(0, len(table.kinds) - _LAST_ROWS), len(table.kinds)) if row not in by_name]
    named = {row for row in last if table.kinds[row] == "statistic"}
    for position in range(len(last) if named else 0):
        block = set(last[position:])
        # a single name such as "SD" may be a code
        by_values = block - named if len(block & named) > 1 else block
        if block & named and all(_is_statistic(table, row, by_name | block) for row in by_values):
            return block
    return {row for row in named if _is_statistic(table, row, by_name | named)}


def _is_statistic(table: RowTable, row: int, no_units: set[int]) -> bool:
    """Return True if the values of a row are a statistic of the other rows in most indicators."""
    others = other_rows(table, row, no_units)
    if len(others) < FEWEST_ROWS:
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


def _suspects(table: RowTable, no_units: set[int]) -> list[int]:
    """Return the first and last rows, and the rows with the largest values."""
    rows = len(table.names)
    candidates = {0, 1, rows - 3, rows - 2, rows - 1}
    values = np.where(np.isnan(table.values), -np.inf, table.values)
    if len(no_units) < rows:
        values[list(no_units)] = -np.inf
        candidates |= set(values.argmax(axis=0).tolist())
    return sorted(row for row in candidates if 0 <= row < rows and row not in no_units and table.names[row])


def may_be_totals(table: RowTable, rows: Sequence[int], no_units: set[int]) -> set[int]:
    """Return the rows that are the sum of the other units in a column, or near their means in all columns.

    No other row can be a total. All rows are looked at together, since wide tables have many suspects.
    """
    block = table.values[other_rows(table, -1, no_units)]
    if len(block) < FEWEST_ROWS:
        return {*rows}
    own, present = table.values[list(rows)], ~np.isnan(block)
    error = 1e-9 * np.where(present, np.abs(block), 0.0).sum(axis=0)
    counts = present.sum(axis=0) - ~np.isnan(own)
    totals = np.where(present, block, 0.0).sum(axis=0) - np.where(np.isnan(own), 0.0, own)
    first, second = np.partition(np.where(present, block, np.inf), 1, axis=0)[:2]
    last, last_but_one = -np.partition(np.where(present, -block, np.inf), 1, axis=0)[:2]
    least, most = np.where(own == first, second, first), np.where(own == last, last_but_one, last)
    usable = ~np.isnan(own) & (counts >= np.maximum(2, (len(block) - 1) / 2)) & (least < most)
    are_sums = usable & (np.abs(own - totals) <= _AGREE * np.abs(totals) + error)
    plain = totals / np.maximum(counts, 1)
    with np.errstate(invalid="ignore"):  # a column without values has no spread
        spread = _SHARE_OF_SPREAD * (most - least)
    near = np.abs(own - plain) <= np.minimum(np.maximum(_MEAN_AGREES * np.abs(plain), _ROUNDED), spread) + error
    may_be = are_sums.any(axis=1) | (near | ~usable).all(axis=1)
    return {row for row, may in zip(rows, may_be.tolist(), strict=True) if may}


_MOST_ROWS_OF_BLOCKS = 2_000
_MOST_AMOUNTS = 3
"""The columns by which the blocks of a table are searched."""
_LARGE = 1_000
"""Whole numbers from here on add up to another by no accident."""


def heads_of_blocks(table: RowTable, no_units: set[int]) -> dict[int, str]:
    """Return the rows that are the sums of the rows below them, or above them, in all columns that can be summed.

    A table of such blocks consists of them for the most part; a single sum may be an accident.
    """
    rows = [row for row in range(len(table.names)) if row not in no_units]
    values = table.values[rows]
    usable = [column for column in range(values.shape[1]) if _may_be_summed(values[:, column])]
    if not usable or not FEWEST_ROWS < len(rows) <= _MOST_ROWS_OF_BLOCKS:
        return {}
    amounts = values[:, usable]
    by_size = np.argsort(-np.median(amounts, axis=0))
    best: dict[int, str] = {}
    for place, order in (("below", list(range(len(rows)))), ("above", list(range(len(rows) - 1, -1, -1)))):
        for column in by_size[:_MOST_AMOUNTS].tolist():
            heads: dict[int, str] = {}
            covered = 0
            for position, end, agreeing in _sums_of_next_rows(amounts[order], column):
                names = [table.roles.indicators[usable[each]] for each in agreeing]
                verb = "is" if len(names) == 1 else "are"
                text = f"{join_names(names, 3)} {verb} the sum of the {end} rows {place} it: a subtotal, not a unit"
                heads[rows[order[position]]] = text
                covered += end + 1
            if len(heads) > 1 and covered > len(rows) / 2:
                best = max(best, heads, key=len)
    return best


def _sums_of_next_rows(amounts: npt.NDArray[np.float64], column: int) -> Iterator[tuple[int, int, list[int]]]:
    """Yield the rows that are the sum of the next rows, with the number of these and the columns that agree.

    The column is summed until it reaches the total; the sums of the other columns are compared there.
    """
    totals = np.vstack([np.zeros(amounts.shape[1]), amounts.cumsum(axis=0)])
    is_whole = (amounts % 1 == 0).all(axis=0)
    # the sums of the next rows rise, so that the row at which they reach the total is found at once
    starts = np.arange(1, len(amounts) - 1)
    reached = np.searchsorted(totals[:, column], totals[starts, column] + amounts[starts - 1, column] * (1 - 1e-6))
    within = (reached - starts >= 2) & (reached < len(totals))
    sums = totals[np.where(within, reached, 0)] - totals[starts]
    close = np.isclose(sums, amounts[starts - 1], rtol=1e-6, atol=0)
    for start in starts[within & close[:, column]]:
        position, end = int(start) - 1, int(reached[start - 1] - start)
        own, block = amounts[position], amounts[start : start + end]
        larger = own > block.max(axis=0)
        agree = larger & close[position]
        # a single sum is an accident, unless it is that of large whole numbers beside rates of their size
        is_exact = agree[column] and is_whole[column] and own[column] >= _LARGE and (own >= block.min(axis=0)).all()
        if agree.sum() == larger.sum() and (agree.sum() >= 2 or is_exact):
            yield position, end, np.flatnonzero(agree).tolist()


def _may_be_summed(values: npt.NDArray[np.float64]) -> bool:
    # yes and no, or a few marks, add up by accident
    return bool((values > 0).all()) and len(np.unique(values)) > len(values) / 2


def headings_of_indents(table: RowTable) -> dict[int, str]:
    """Return the rows of a region above its indented units, with the reason."""
    indents = [len(name) - len(name.lstrip()) if name else 0 for name in table.names]
    if not any(indents) or all(indents):
        return {}
    headings = {}
    for row, indent in enumerate(indents):
        below = next((other for other in range(row + 1, len(indents)) if indents[other] <= indent), len(indents))
        if below - row - 1 >= 2:
            text = f"the names of the {below - row - 1} rows below it are indented"
            evidence = sums_and_means(table, row, list(range(row + 1, below)))
            headings[row] = (
                f"it is the total or heading of other rows: {text}{f', and {evidence.text}' if evidence else ''}"
            )
    # a few stray blanks before names make no hierarchy
    return headings if sum(indent > 0 for indent in indents) >= len(indents) / 2 else {}


def rows_of_groups(table: RowTable, grouped: dict[int, str], no_units: set[int]) -> list[tuple[int, str]]:
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
        evidence = sums_and_means(table, row, members)
        if evidence and (evidence.certain or evidence.likely or (evidence.means and not evidence.against)):
            reason = f"it has the name of the {column} of {len(members)} rows, and {evidence.text}: a subtotal"
            by_sum.append((row, reason))
        elif row < members[0] or row > members[-1]:
            by_place.append((row, f"it has the name of the {column} of the {len(members)} rows beside it: a subtotal"))
    # a city may bear the name of its province, but a first or last row for most groups is a pattern
    groups = {value for column in set(grouped.values()) for value in table.frame[column].drop_nulls().unique()}
    return by_sum + (by_place if len(by_sum + by_place) > max(1, len(groups) / 2) else [])
