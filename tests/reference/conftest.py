"""The reference folder: figures that others computed or published, and what it takes to compare with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from reference_folder import ABSENT, FOLDER

from indicia.catalogue import installed
from indicia.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from indicia.result import Result


def pytest_runtest_setup() -> None:
    """Skip the tests of this folder where there is nothing to compare with."""
    if not FOLDER.is_dir():
        pytest.skip(ABSENT)


@pytest.fixture(scope="session")
def reference() -> Path:
    """Return the reference folder."""
    return FOLDER


@pytest.fixture(scope="session")
def score() -> Callable[[Mapping[str, Any], pl.DataFrame], Result]:
    """Return a function that scores a table by a definition, with the installed methods."""
    catalogue = installed()
    return lambda definition, table: Index(definition, catalogue).score(table)


@pytest.fixture(scope="session")
def assert_equal() -> Callable[..., None]:
    """Return a function that compares the columns of two tables, row by row of a key.

    The precision is relative to the largest value of a column, or `absolute` where figures are printed with so many
    decimals.
    """

    def compare(
        found: pl.DataFrame, wanted: pl.DataFrame, *key: str, precision: float = 1e-9, absolute: bool = False
    ) -> None:
        columns = [column for column in wanted.columns if column not in key]
        assert columns
        assert found.height == wanted.height
        rows = pl.col(key).cast(pl.String)
        for column in columns:
            value = pl.col(column).cast(pl.Float64)
            theirs, ours = wanted.select(rows, theirs=value), found.select(rows, ours=value)
            pair = theirs.join(ours, on=key, how="left", validate="1:1")
            size = pl.lit(1.0) if absolute else pl.col("theirs").abs().max()
            near = ((pl.col("ours") - pl.col("theirs")).abs() <= precision * size) & pl.col("theirs").is_not_nan()
            both_missing = pl.all_horizontal(pl.col("ours", "theirs").is_null())
            differing = pair.filter(~(near.fill_null(value=False) | both_missing))
            assert differing.is_empty(), f"{column}: {differing.to_dicts()}"

    return compare
