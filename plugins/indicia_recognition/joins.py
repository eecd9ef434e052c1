"""The columns by which a further table matches the first: the units, and the periods."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from indicia.data.joins import match_frames, match_text, match_texts, without_zeros
from indicia.data.table_format import Join, TableFormat
from indicia.errors import DataError, join_names, pluralise
from indicia_recognition.column_cells import TEXTS
from indicia_recognition.metadata import recognise_metadata
from indicia_recognition.observation import Observation
from indicia_recognition.sample import sample_rows
from indicia_recognition.words import plain_words, rank_of, split_part

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST_SHARED = 0.5
"""The least share of the names of a column that the other table has too."""
_LEAST_SHARED_BY_NAME = 0.1
"""The same if the columns have the same name."""
_LEAST_SHARED_BY_CODE = 0.9
"""The same for codes such as 08 in one table, and numbers such as 8 in the other."""
_EXAMPLES = 3


def recognise_join(main: pl.DataFrame, other: pl.DataFrame, path: str) -> tuple[Join, list[Observation]]:
    """Return the join of another table to the first, and the observations that it follows from.

    Columns match by their names and by the names of units in them. A table without such columns is an error.

    >>> cities = pl.DataFrame({"city": ["Lima", "Oslo"], "year": [2020, 2020], "gdp": [1.0, 2.0]})
    >>> people = pl.DataFrame({"City": ["Oslo", "Lima"], "Year": [2020, 2020], "people": [0.7, 10.0]})
    >>> join, (observation,) = recognise_join(cities, people, "people.csv")
    >>> join.on
    (('city', 'City'), ('year', 'Year'))
    >>> observation.sentence
    'people.csv is joined by city = City and year = Year: it adds people to 2 of 2 rows'
    """
    pairs = _Pairs(main, other)
    on = pairs.key()
    if not on:
        raise _no_key(main, other, path)
    mine, theirs = [name for name, _ in on], [name for _, name in on]
    rows, matched = match_frames(main, other, on)
    if matched.drop_nulls().is_duplicated().any():
        raise _several_rows(other, theirs, main, path)
    numbered = matched.with_row_index("\0row").drop_nulls(matched.columns)
    partners = rows.join(numbered, on=rows.columns, how="left", maintain_order="left")["\0row"]
    without = [name for name in other.columns if name in main.columns and name not in theirs]
    periods = [name for name in other.columns if _is_period(other[name]) and name not in (*theirs, *without)]
    added = [name for name in other.columns if name not in (*theirs, *without, *periods)]
    if not added:
        raise DataError(
            f"{path} has no column that the first table lacks",
            where=f"columns: {', '.join(other.columns)}",
            remedy=f"leave out {path}",
        )
    columns = tuple(name for name in other.columns if name not in (*without, *periods))
    join = Join(path, on, TableFormat(columns=columns if without or periods else ()))
    observations = [_is_joined(join, added, partners)]
    observations += _left_out(main, other, partners, without, periods, path)
    observations += _without_partner(main, mine, partners, added, path)
    observations += _unused(matched, other, theirs, partners, path)
    return join, observations


@dataclass(frozen=True)
class _Pairs:
    """The columns of two tables in pairs, by the cells that they share."""

    main: pl.DataFrame
    other: pl.DataFrame

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """The pairs of columns that name units, the best first."""
        keys = [self._keys(frame) for frame in (self.main, self.other)]
        frames = sample_rows(self.main), self.other
        texts = [
            {name: match_text(frame[name]).drop_nulls().unique() for name in names}
            for frame, names in zip(frames, keys, strict=True)
        ]
        scored = []
        for mine, cells in texts[0].items():
            for theirs, found in texts[1].items():
                is_text = [frame[name].dtype in TEXTS for frame, name in ((self.main, mine), (self.other, theirs))]
                same = plain_words(mine) == plain_words(theirs)
                has_zeros = len({*is_text}) == 2 and _are_codes_with_zeros(cells if is_text[0] else found)
                if not len(cells) or not (all(is_text) or same or has_zeros or _are_codes(mine, theirs)):
                    continue  # whole numbers such as counts share values by chance
                if len({*is_text}) == 1:
                    shared = int(cells.is_in(found.implode()).sum())
                else:
                    shared = int(without_zeros(cells).is_in(without_zeros(found).implode()).sum())
                share = shared / len(cells)
                least = _LEAST_SHARED_BY_NAME if same else _LEAST_SHARED_BY_CODE if has_zeros else _LEAST_SHARED
                if share >= least:
                    unique = self.other[theirs].n_unique() == self.other.height
                    units = rank_of(mine, "units") is not None
                    score = (unique, len(cells) > 1, round(share, 1), len(cells), same, units, all(is_text))
                    scored.append((score, (mine, theirs)))
        # the first of equal columns: sorting is stable
        return [pair for _, pair in sorted(scored, key=lambda each: each[0], reverse=True)]

    def _keys(self, frame: pl.DataFrame) -> list[str]:
        """Return the columns that may name units: texts, and whole numbers that are no years."""
        return [
            name
            for name, dtype in frame.schema.items()
            if (dtype in TEXTS or dtype.is_integer()) and not _is_period(frame[name])
        ]

    @cached_property
    def periods(self) -> tuple[str, str] | None:
        """The columns of periods, if the tables have some in common."""
        mine, theirs = (
            [name for name in frame.columns if _is_period(frame[name])] for frame in (self.main, self.other)
        )
        for one in mine:
            cells = match_text(sample_rows(self.main)[one]).drop_nulls().unique()
            for another in theirs:
                if cells.is_in(match_text(self.other[another]).drop_nulls().unique().implode()).any():
                    return one, another
        return None

    def key(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of columns by which rows match."""
        if not self.names:
            return ()
        on = [self.names[0]]
        if self.periods:
            on.append(self.periods)
        for pair in self.names[1:]:
            if self._is_unique([name for _, name in on]):
                break
            if pair[0] not in [mine for mine, _ in on] and pair[1] not in [theirs for _, theirs in on]:
                on.append(pair)
        return tuple(on)

    def _is_unique(self, names: Sequence[str]) -> bool:
        rows = self.other.select(names).drop_nulls()
        return not rows.is_duplicated().any()


def _is_period(column: pl.Series) -> bool:
    """Return True for a column with the name of a period, and for dates."""
    if column.dtype.is_temporal():
        return True
    if rank_of(column.name, "periods") is None:
        return False
    return not column.dtype.is_numeric() or bool(column.drop_nulls().cast(pl.Float64).is_between(1500, 2200).all())


def _are_codes(mine: str, theirs: str) -> bool:
    return bool(split_part(mine)[1]) and bool(split_part(theirs)[1])


def _are_codes_with_zeros(cells: pl.Series) -> bool:
    """Return True for texts of digits, some of them with a zero in front, as in codes that a spreadsheet shortens."""
    return bool(cells.str.contains(r"^\d+$").all() and cells.str.contains(r"^0\d").any())


def _examples(frame: pl.DataFrame, names: Sequence[str]) -> str:
    rows = frame.select(names).drop_nulls().unique(maintain_order=True)
    return join_names((" ".join(map(str, row)) for row in rows.rows()), _EXAMPLES)


def _no_key(main: pl.DataFrame, other: pl.DataFrame, path: str) -> DataError:
    def texts(frame: pl.DataFrame) -> str:
        names = [name for name, dtype in frame.schema.items() if dtype in TEXTS] or frame.columns
        return "; ".join(f"{name} ({_examples(frame, [name])})" for name in names[:_EXAMPLES])

    if recognise_metadata(main, other.columns):
        return DataError(
            f"the first table describes the columns of {path}", remedy=f"name {path} first, and the description second"
        )
    return DataError(
        f"no column of {path} holds the names of units of the first table, so that the two cannot be joined",
        where=f"the first table: {texts(main)}\n{path}: {texts(other)}",
        remedy='join them in an index file: [[data.joins]], path = "…", on = { COLUMN = "COLUMN OF THIS TABLE" }',
    )


def _several_rows(other: pl.DataFrame, theirs: Sequence[str], main: pl.DataFrame, path: str) -> DataError:
    matched = other.select(match_text(other[name]).alias(name) for name in theirs)
    twice = other.filter(matched.is_duplicated() & ~matched.select(pl.any_horizontal(pl.all().is_null())).to_series())
    periods = [name for name in other.columns if _is_period(other[name]) and name not in theirs]
    further = (
        f" ({periods[0]}: {_examples(other, periods[:1])}), and the first table has no such column" if periods else ""
    )
    first = twice.filter(_equal_to_first(twice, theirs)).drop(theirs)
    reason = "give it one row for each unit"
    if periods:
        reason = "keep the rows of one period there, or add the period to the first table"
    elif rest := [name for name in first.columns if first[name].dtype in TEXTS and first[name].n_unique() > 1]:
        reason += f", such as those of one value of {rest[0]}"
    return DataError(
        f"{path} has several rows for one {' and '.join(theirs)}, such as {_examples(twice, theirs)}{further}",
        where=f"columns of the first table: {', '.join(main.columns)}",
        remedy=f"{reason}; or name the columns to match, on = … in [[data.joins]]",
    )


def _equal_to_first(frame: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    """Return True for the rows that are equal to the first in the columns."""
    return frame.select(pl.all_horizontal(pl.col(name).eq_missing(frame[name][0]) for name in names)).to_series()


def _is_joined(join: Join, added: Sequence[str], partners: pl.Series) -> Observation:
    by = " and ".join(f"{mine} = {theirs}" for mine, theirs in join.on)
    count = len(partners) - partners.null_count()
    sentence = (
        f"{join.path} is joined by {by}: it adds {join_names(added)} to {count} of {pluralise(len(partners), 'row')}"
    )
    names = tuple(dict.fromkeys([name for pair in join.on for name in pair] + [join.path]))
    return Observation("join", names, sentence, "format", "on = { … } in [[data.joins]] names the columns to match")


def _left_out(
    main: pl.DataFrame,
    other: pl.DataFrame,
    partners: pl.Series,
    without: Sequence[str],
    periods: Sequence[str],
    path: str,
) -> list[Observation]:
    """Return the observations on columns of the other table that are not read."""
    remedy = "columns = [...] in [[data.joins]] names the columns to read"
    observations = []
    for name in without:
        mine, theirs = match_texts(main[name], other[name].gather(partners))
        both = pl.DataFrame([mine.alias("mine"), theirs.alias("theirs")])
        differing = int(both.select((pl.col("mine") != pl.col("theirs")).sum()).item())
        if differing:
            sentence = (
                f"{name} of {path} is left out, since the first table has a column of this name; the two differ in "
            )
            sentence += pluralise(differing, "row")
            observations.append(Observation("join_same_column", (name,), sentence, "question", remedy))
        else:
            sentence = f"{name} of {path} is left out: the first table has it already"
            observations.append(Observation("join_same_column", (name,), sentence, "left_out", remedy))
    for name in periods:
        values = _examples(other, [name])
        sentence = (
            f"{name} of {path} ({values}) is left out: the first table has no such period, and its rows get the values "
            "of this one"
        )
        observations.append(Observation("join_other_period", (name,), sentence, "question", remedy))
    return observations


def _without_partner(
    main: pl.DataFrame, mine: Sequence[str], partners: pl.Series, added: Sequence[str], path: str
) -> list[Observation]:
    alone = main.filter(partners.is_null())
    if alone.is_empty():
        return []
    names = tuple(alone[mine[0]].cast(pl.String).drop_nulls().unique(maintain_order=True))
    rows = alone.select(mine).unique(maintain_order=True).rows()
    verb = "is" if len(added) == 1 else "are"
    units = join_names(" ".join(map(str, row)) for row in rows)
    sentence = f"{path} has no row for {units}: {join_names(added)} {verb} missing there"
    return [Observation("join_without_partner", names, sentence, "question", f"write the names as in {path}")]


def _unused(
    matched: pl.DataFrame, other: pl.DataFrame, theirs: Sequence[str], partners: pl.Series, path: str
) -> list[Observation]:
    used = partners.drop_nulls().unique()
    present = other.filter(~matched.select(pl.any_horizontal(pl.all().is_null())).to_series())
    unused = present.with_row_index("\0row").filter(~pl.col("\0row").is_in(used.implode()))
    if unused.is_empty():
        return []
    names = tuple(unused[theirs[0]].cast(pl.String).unique(maintain_order=True))
    verbs = ("matches", "is") if unused.height == 1 else ("match", "are")
    sentence = (
        f"{pluralise(unused.height, 'row')} of {path} {verbs[0]} no row of the first table, and {verbs[1]} left out: "
        f"{_examples(unused, theirs)}"
    )
    return [Observation("join_unused_rows", names, sentence, "left_out", "name the table with these rows first")]
