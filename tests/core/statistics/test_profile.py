"""Profiles are the same for a few rows, computed by column, and for many rows, computed in one query."""

from __future__ import annotations

import math

import polars as pl
import pytest

from indicia.methods import profile as module
from indicia.methods.profile import profile

COLUMNS = [
    [1.0, None, 3.0],
    [None, None, None],
    [math.nan, 1.0, None],
    [math.nan, math.nan, math.nan],
    [math.inf, -math.inf, 0.0],
    [math.inf, 1.0, math.nan],
    [1.7e308, 1.7e308, 1.7e308],
    [-1.7e308, -1.7e308, None],
    [5e-324, -0.0, 0.0],
    [2, None, 7],
]


@pytest.mark.parametrize("cells", COLUMNS, ids=str)
def test_few_rows_have_the_same_profile_as_many_rows(
    cells: list[float | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = pl.Int64 if all(isinstance(cell, int | None) for cell in cells) and any(cells) else pl.Float64
    frame = pl.DataFrame({"x": pl.Series(cells, dtype=kind), "y": [1.0, 2.0, 4.0]})
    few = profile(frame, ["x", "y"])
    monkeypatch.setattr(module, "_MANY", 0)
    assert repr(few) == repr(profile(frame, ["x", "y"]))


def test_a_column_without_rows_has_no_range() -> None:
    (seen,) = profile(pl.DataFrame({"x": []}, schema={"x": pl.Float64}), ["x"]).values()
    assert (seen.missing, seen.invalid, seen.lowest, seen.highest) == (0, False, None, None)
    assert seen.finite
