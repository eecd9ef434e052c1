"""The order of rows."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from indicia.data import sorted_rows

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["2020", "2021"]),
        st.one_of(st.none(), st.integers(1, 4)),
        st.one_of(st.none(), st.sampled_from([0.5, 1.0, 2.0])),
        st.integers(),
    ),
    unique_by=lambda row: row[3],
)
KEY = ("period", "rank", "score", "unit")


@given(ROWS)
def test_ties_are_ordered_as_if_all_rows_were_sorted_by_all_columns(rows: list[tuple[object, ...]]) -> None:
    schema = {"period": pl.String, "rank": pl.Int64, "score": pl.Float64, "unit": pl.String}
    frame = pl.DataFrame([(*row[:3], str(row[3])) for row in rows], schema=schema, orient="row")
    order = sorted_rows(frame, KEY[:2], [pl.col("score").neg(), "unit"])
    whole = frame.sort(*KEY[:2], pl.col("score").neg(), "unit", nulls_last=True)
    assert frame[order].equals(whole)


def test_rows_without_ties_are_in_the_order_of_the_first_columns() -> None:
    frame = pl.DataFrame({"rank": [3, None, 1, 2], "unit": ["a", "b", "c", "d"]})
    assert sorted_rows(frame, ["rank"], ["unit"]).to_list() == [2, 3, 0, 1]
