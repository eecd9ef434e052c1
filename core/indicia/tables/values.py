"""The values of statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import polars as pl

    from indicia.formulas import Question

Value: TypeAlias = "float | list[float] | pl.DataFrame | None"
"""A number, or several; where statistics are taken within a key, a frame of the key and, last, `VALUE`."""

StatisticValues: TypeAlias = "dict[Question, Value]"

VALUE = "\0value"
"""The column of the values in a frame of a key; no column of a table is called so."""
