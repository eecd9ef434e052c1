"""A call that states units, indicators and directions is not questioned, and has the same scores as one that is."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import indicia
from indicia_recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("income", "health", "air")
STATED = {"income": "benefit", "health": {"direction": "benefit", "weight": 2}, "air": "cost"}


class Asked(Exception):
    """Recognition was asked."""


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise Asked

    monkeypatch.setattr(recognise, "recognise", refuse)


def frame(rows: int = 8, seed: int = 1) -> pl.DataFrame:
    values = np.random.default_rng(seed).uniform(1, 9, (rows, len(NAMES)))
    return pl.DataFrame({"town": [f"t{row}" for row in range(rows)]}).hstack(pl.DataFrame(values, schema=NAMES))


@given(st.integers(2, 40), st.integers(0, 2**32), st.sampled_from(["equal", "entropy", "given"]))
@settings(max_examples=20, deadline=None)
def test_scores_are_those_of_a_table_that_is_recognised(rows: int, seed: int, weighting: str) -> None:
    table = frame(rows, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stated, asked = (
            indicia.score(source, unit="town", indicators=STATED, weighting=weighting)
            for source in (table, table.to_dict(as_series=False))
        )
    assert stated.scores.equals(asked.scores)
    assert stated.weights.equals(asked.weights)
    assert stated.methodology == asked.methodology


@pytest.mark.usefixtures("refused")
def test_nothing_is_recognised_where_all_is_stated() -> None:
    assert len(indicia.score(frame(), unit="town", indicators=STATED).ranking) == 8
    panel = pl.concat([frame().with_columns(year=pl.lit(year)) for year in (2020, 2021)])
    assert len(indicia.score(panel, unit="town", period="year", indicators=STATED).ranking) == 16
    whole = frame().with_columns(pl.col(NAMES).cast(pl.Int32))
    assert len(indicia.score(whole, unit="town", indicators=STATED, settings={"name": "Towns"}).ranking) == 8


PARTLY: dict[str, Callable[[], Any]] = {
    "no column of units": lambda: indicia.score(frame(), indicators=STATED),
    "a direction is missing": lambda: indicia.score(frame(), unit="town", indicators={**STATED, "air": {"weight": 1}}),
    "names of indicators alone": lambda: indicia.score(frame(), unit="town", indicators=[*NAMES]),
    "numbers as texts": lambda: indicia.score(
        frame().with_columns(pl.col("air").cast(pl.String)), unit="town", indicators=STATED
    ),
    "rows of several periods": lambda: indicia.score(pl.concat([frame(), frame()]), unit="town", indicators=STATED),
    "words on how the table is read": lambda: indicia.score(
        frame(), unit="town", indicators=STATED, settings={"data.without": ["t1"]}
    ),
    "costs": lambda: indicia.score(frame(), unit="town", indicators=STATED, costs=["air"]),
}


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("case", PARTLY)
def test_what_is_stated_in_part_is_recognised(case: str) -> None:
    with pytest.raises(Asked):
        PARTLY[case]()


def test_an_unknown_column_is_refused_by_name() -> None:
    with pytest.raises(indicia.IndiciaError, match="wealth"):
        indicia.score(frame(), unit="town", indicators={**STATED, "wealth": "benefit"})
    with pytest.raises(indicia.IndiciaError, match="city"):
        indicia.score(frame(), unit="city", indicators=STATED)
    with pytest.raises(indicia.IndiciaError, match="yeer"):
        indicia.score(frame(), unit="town", period="yeer", indicators=STATED)
