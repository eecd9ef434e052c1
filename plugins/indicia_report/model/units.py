"""The units, groups and periods of the page, and its rows: one for each unit and period."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data.cell_text import cell_text
from indicia.definition import Data, text
from indicia.messages.catalogue import plural_form
from indicia.tables.table import reader_names
from indicia_report.charts.nouns import noun_of_units
from indicia_report.markup import by_language
from indicia_report.model.texts import compact, compact_lists
from indicia_report.words import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt

    from indicia.result import Result
    from indicia_report.model.types import Group, Rows, Text, Units

_CODES = re.compile(r"(?:^|_)(?:iso|id|code|key|fips)\d*(?:_|$)|code$", re.IGNORECASE)
"""The names of columns of codes, which are no words for readers."""


@dataclass(frozen=True)
class UnitRows:
    """The rows of a result by unit and period; units stand in the order of the data, periods in their own."""

    result: Result
    languages: Sequence[str]

    @property
    def _frame(self) -> pl.DataFrame:
        return self.result.scored.units

    @cached_property
    def _id_of_row(self) -> pl.Series:
        return self._frame[self.result.unit].cast(pl.String).fill_null("")

    @cached_property
    def ids(self) -> list[str]:
        """The units."""
        return self._id_of_row.unique(maintain_order=True).to_list()

    @cached_property
    def unit_of_row(self) -> npt.NDArray[np.int64]:
        """The number of the unit of each row."""
        return _places(self._id_of_row, self.ids)

    @cached_property
    def last_row(self) -> npt.NDArray[np.int64]:
        """The last row of each unit, which has its name and its groups."""
        rows = np.zeros(len(self.ids), np.int64)
        rows[self.unit_of_row] = np.arange(len(self.unit_of_row))
        return rows

    @cached_property
    def _period_of_row(self) -> pl.Series | None:
        column = self.result.definition.data.period
        return None if column is None else self._frame.select(cell_text(column, self._frame.schema[column])).to_series()

    @cached_property
    def periods(self) -> list[str]:
        """The periods, in order; none if the data have no periods."""
        names = self._period_of_row
        if names is None:
            return []
        order = self._frame[str(self.result.definition.data.period)].arg_sort()
        return names.gather(order).drop_nulls().unique(maintain_order=True).to_list()

    @cached_property
    def period_of_row(self) -> npt.NDArray[np.int64] | None:
        """The number of the period of each row, -1 for none; None if the data have no periods."""
        return None if self._period_of_row is None else _places(self._period_of_row, self.periods)

    @cached_property
    def eligible(self) -> npt.NDArray[np.bool_]:
        """True for the rows of units that the index file allows to be ranked."""
        eligible = self.result.definition.eligible
        ids = self._id_of_row
        allowed = ~ids.is_in(list(eligible.without))
        if eligible.only is not None:
            allowed &= ids.is_in(list(eligible.only))
        flags: npt.NDArray[np.bool_] = allowed.to_numpy()
        return flags

    def units(self) -> Units:
        """Return the units with their names by language; without names, the page shows the ids."""
        data = self.result.definition.data
        rows = pl.Series(self.last_row)
        names = {
            language: reader_names(self._frame, data, language).gather(rows).to_list() for language in self.languages
        }
        has_names = any(listed != self.ids for listed in names.values())
        return {"ids": self.ids, "names": compact_lists(names) if has_names else {}}

    def noun(self) -> Text | None:
        """Return the word for a unit: the name of the column of labels or units; None for a column of codes."""
        data = self.result.definition.data
        columns = {language: text(data.label, language) or str(data.unit) for language in self.languages}
        if any(_CODES.search(column) for column in columns.values() if column not in data.column_names):
            return None
        return compact({language: name_of_column(column, data, language) for language, column in columns.items()})

    def rows(self) -> Rows:
        """Return the unit, the period and the eligibility of each row."""
        period = self.period_of_row
        is_in_order = np.array_equal(self.unit_of_row, np.arange(len(self.ids)))
        return {
            "unit": None if is_in_order else self.unit_of_row.tolist(),
            "period": None if period is None else period.tolist(),
            "eligible": None if self.eligible.all() else self.eligible.astype(int).tolist(),
        }

    def groups(self) -> list[Group]:
        """Return the groups of the units; in a panel, those of the last period."""
        data, last = self.result.definition.data, pl.Series(self.last_row)
        of_unit = {column: self._group_of_row(column).gather(last) for column in data.groups}
        used = {node.missing.within for node in self.result.scored.tree.nodes()}
        groups: list[Group] = []
        shown: set[str] = set()
        for column, group_of_unit in of_unit.items():
            if column in shown:
                continue
            others = translations(column, of_unit, self.languages)
            # what-if looks for the columns that means of groups use
            shown |= {other for other, _ in others.values() if other not in used}
            language = next((name for name in self.languages if name not in others), self.languages[0])
            labels = sorted(set(group_of_unit.drop_nulls()))
            entry: Group = {
                "id": column,
                "name": names_of_column(column, data, self.languages),
                "labels": [
                    compact({language: label} | {name: names[label] for name, (_, names) in others.items()})
                    for label in labels
                ],
                "of": _places(group_of_unit, labels).tolist(),
            }
            groups.append(entry)
        return groups

    def has_lasting_groups(self, column: str) -> bool:
        """Return whether each unit is in one group of a column of groups in all its rows."""
        if column not in self.result.definition.data.groups:
            return False
        of_row = self._group_of_row(column)
        return bool((of_row == of_row.gather(pl.Series(self.last_row[self.unit_of_row]))).fill_null(value=False).all())

    def _group_of_row(self, column: str) -> pl.Series:
        return self._frame.select(cell_text(column, self._frame.schema[column])).to_series()


def _places(values: pl.Series, names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the place of each text in a list of names; -1 for a text that is not in the list."""
    numbered = pl.DataFrame({"name": names, "place": range(len(names))}, schema={"name": pl.String, "place": pl.Int64})
    places = values.to_frame("name").join(numbered, on="name", how="left", maintain_order="left")["place"]
    numbers: npt.NDArray[np.int64] = places.fill_null(-1).to_numpy()
    return numbers


def name_of_column(column: str, data: Data, language: str) -> str:
    """Return the name of a column for readers: that of `[data] column_names`, or the column without underscores.

    A language at the end of the column is left out. In languages without a plural, the common nouns are translated.

    >>> from indicia.definition import Data
    >>> name_of_column("province_zh", Data(), "en"), name_of_column("province_zh", Data(), "zh")
    ('Province', '省份')
    >>> name_of_column("g", Data(column_names={"g": "Income group"}), "en"), name_of_column("iso_area", Data(), "en")
    ('Income group', 'Iso area')
    """
    if column in data.column_names:
        return by_language(data.column_names[column], (language,), column)[language]
    base = without_language(column, ("en", "zh", language))[0]
    noun = noun_of_units([base])
    if noun != "chart.noun_unit" and plural_form(language, 1) == "other":
        return message(noun, language)
    words = base.replace("_", " ").strip() or column
    return words[0].upper() + words[1:]


def names_of_column(column: str, data: Data, languages: Iterable[str]) -> Text:
    """Return the name of a column for readers by language."""
    return compact({language: name_of_column(column, data, language) for language in languages})


def without_language(column: str, languages: Iterable[str]) -> tuple[str, str | None]:
    """Split a column into its name and the language at its end.

    >>> without_language("province_zh", ["en", "zh"]), without_language("province", ["en", "zh"])
    (('province', 'zh'), ('province', None))
    """
    for language in languages:
        base = column.removesuffix(f"_{language}")
        if base not in (column, ""):
            return base, language
    return column, None


def translations(
    column: str, groups: Mapping[str, pl.Series], languages: Sequence[str]
) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the columns that name the groups of a column in other languages, with the names of each group there.

    A column is one if it differs only in the language at its end, and has one name for each group.

    Parameters
    ----------
    column
        The first of the columns of a name without language.
    groups
        The groups of each unit, by column.
    languages
        The languages of the page.

    Examples
    --------
    >>> groups = {"area": pl.Series(["North", "South", None]), "area_zh": pl.Series(["北方", "南方", None])}
    >>> translations("area", groups, ["en", "zh"])
    {'zh': ('area_zh', {'North': '北方', 'South': '南方'})}
    """
    base, own = without_language(column, languages)
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for other, labels in groups.items():
        other_base, language = without_language(other, languages)
        if other == column or other_base != base or language is None or language == own:
            continue
        pairs = pl.DataFrame({"label": groups[column], "other": labels}).drop_nulls("label").unique()
        if not pairs["other"].has_nulls() and not pairs["label"].is_duplicated().any():
            found[language] = other, dict(pairs.sort("label").iter_rows())
    return found
