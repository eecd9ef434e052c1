"""The names by which readers know units: labels, with the unit beside a label that several units have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import text
from indicia.notes import Count

if TYPE_CHECKING:
    from indicia.definition import Data


def reader_names(units: pl.DataFrame, data: Data, language: str | None = None) -> pl.Series:
    """Return the name of the unit of each row: its label in a language, or the unit itself where it has no label.

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
    beside = pl.concat_str(name, pl.lit(" ("), unit, pl.lit(")"))
    return units.select(pl.when(shared).then(beside).otherwise(name)).to_series()


def parted(name: str) -> tuple[str, str]:
    """Return a name without the brackets at its end, and these brackets, which stay where a name is cut.

    >>> parted("Sao Tome and Principe (STP)"), parted("Peru")
    (('Sao Tome and Principe', ' (STP)'), ('Peru', ''))
    """
    found = re.fullmatch(r"(.*\S)( \([^()]*\))", name, re.DOTALL)
    return (found[1], found[2]) if found else (name, "")


def shared_labels(units: pl.DataFrame, data: Data) -> dict[str, list[str]]:
    """Return the labels that several units have, with these units.

    >>> from indicia.definition import Data
    >>> units = pl.DataFrame({"code": ["PRI", "STP", "PER"], "name": ["Sao Tome", "Sao Tome", "Peru"]})
    >>> shared_labels(units, Data(unit="code", label="name"))
    {'Sao Tome': ['PRI', 'STP']}
    """
    found: dict[str, list[str]] = {}
    unit = pl.col(str(data.unit)).cast(pl.String)
    for column in data.labels():
        if column == data.unit or column not in units.columns:
            continue
        pairs = units.select(pl.col(column).cast(pl.String).alias("label"), unit.alias("unit")).drop_nulls("label")
        several = pairs.unique(maintain_order=True).filter(pl.col("label").is_duplicated())
        for label, name in several.iter_rows():
            members = found.setdefault(label, [])
            if name not in members:
                members.append(name)
    return found


def row_names(frame: pl.DataFrame, before: str) -> list[str]:
    """Return the units of a frame, in a panel each with its period, once each: the columns before a column."""
    about = pl.col(frame.columns[: frame.columns.index(before)]).cast(pl.String)
    return frame.select(pl.concat_str(about, separator=" ")).to_series().unique(maintain_order=True).to_list()


def count_of(frame: pl.DataFrame, names: list[str], before: str) -> Count:
    """Return the number of the names of `row_names`: of units, or in a panel of rows."""
    return Count(len(names), "row" if frame.columns.index(before) > 1 else "unit")
