"""The names of units for readers: labels; if several units share a label, the unit follows the label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import text
from indicia.notes import Count

if TYPE_CHECKING:
    from indicia.definition import Data


def reader_names(units: pl.DataFrame, data: Data, language: str | None = None) -> pl.Series:
    """Return the name of the unit of each row: its label in a language, or the unit itself where the label is empty.

    The unit follows in brackets where other units of the frame have the same label.

    >>> from indicia.definition import Data
    >>> units = pl.DataFrame({"code": ["PRI", "STP", "PER"], "name": ["Sao Tome", "Sao Tome", "Peru"]})
    >>> reader_names(units, Data(unit="code", label="name")).to_list()
    ['Sao Tome (PRI)', 'Sao Tome (STP)', 'Peru']
    """
    key = str(data.unit)
    column = text(data.label, language)
    unit = pl.col(key).cast(pl.String)
    label = pl.col(column).cast(pl.String) if column in units.columns else unit
    name = pl.when(label.is_null() | (label == "")).then(unit).otherwise(label)
    shared = (unit.n_unique().over(name) > 1) & (name != unit)
    with_unit = pl.concat_str(name, pl.lit(" ("), unit, pl.lit(")"))
    return units.select(pl.when(shared).then(with_unit).otherwise(name)).to_series()


def split_brackets(name: str) -> tuple[str, str]:
    """Split a name into its text and the brackets at its end, which are kept when a long name is cut.

    >>> split_brackets("Sao Tome and Principe (STP)"), split_brackets("Peru")
    (('Sao Tome and Principe', ' (STP)'), ('Peru', ''))
    """
    match = re.fullmatch(r"(.*\S)( \([^()]*\))", name, re.DOTALL)
    return (match[1], match[2]) if match else (name, "")


def shared_labels(units: pl.DataFrame, data: Data) -> dict[str, list[str]]:
    """Return the labels that several units share, with these units.

    >>> from indicia.definition import Data
    >>> units = pl.DataFrame({"code": ["PRI", "STP", "PER"], "name": ["Sao Tome", "Sao Tome", "Peru"]})
    >>> shared_labels(units, Data(unit="code", label="name"))
    {'Sao Tome': ['PRI', 'STP']}
    """
    units_by_label: dict[str, list[str]] = {}
    unit = pl.col(str(data.unit)).cast(pl.String)
    for column in data.labels():
        if column == data.unit or column not in units.columns:
            continue
        pairs = units.select(pl.col(column).cast(pl.String).alias("label"), unit.alias("unit")).drop_nulls("label")
        duplicates = pairs.unique(maintain_order=True).filter(pl.col("label").is_duplicated())
        for label, name in duplicates.iter_rows():
            members = units_by_label.setdefault(label, [])
            if name not in members:
                members.append(name)
    return units_by_label


def row_names(frame: pl.DataFrame, before: str) -> list[str]:
    """Return the distinct names of the rows of a frame: the unit, and in a panel the period.

    The columns of the unit and the period are on the left of the column `before`.
    """
    key = pl.col(frame.columns[: frame.columns.index(before)]).cast(pl.String)
    return frame.select(pl.concat_str(key, separator=" ")).to_series().unique(maintain_order=True).to_list()


def count_of(frame: pl.DataFrame, names: list[str], before: str) -> Count:
    """Return the number of names from `row_names`, with the noun for them: unit, or in a panel row."""
    return Count(len(names), "row" if frame.columns.index(before) > 1 else "unit")
