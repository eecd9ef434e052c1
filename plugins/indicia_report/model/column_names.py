"""The names for readers of the columns of units and groups, and the columns that name the same groups in a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.messages import plural_form
from indicia_report.charts.nouns import noun_of_units
from indicia_report.markup import by_language
from indicia_report.model.texts import compact
from indicia_report.words import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.definition import Data
    from indicia_report.model.types import Text


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
