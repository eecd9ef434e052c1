"""The values of statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import polars as pl

    from indicia.formulas import Question

Value: TypeAlias = "float | list[float] | pl.DataFrame | None"
"""A number or a list of numbers; within a key, a frame with the columns of the key and a last column `VALUE`."""

StatisticValues: TypeAlias = "dict[Question, Value]"

VALUE = "\0value"
"""The column of values in such a frame; no column of the data has this name."""
