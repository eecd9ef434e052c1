"""The fingerprint of a table: the same for the same table however it is stored, and another for another table."""

from __future__ import annotations

import datetime as dt
import json
from hashlib import sha256
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.data import fingerprint

Row = tuple[str | None, float | None, int | None, bool | None, dt.date | None]
CELLS = st.tuples(
    st.none() | st.text(max_size=20),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.booleans(),
    st.none() | st.dates(),
)
SCHEMA = {"unit": pl.String, "x": pl.Float64, "n": pl.Int64, "member": pl.Boolean, "since": pl.Date}
ROWS = st.lists(CELLS, min_size=1, max_size=40)


def table(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_the_fingerprint_does_not_see_the_chunks() -> None:
    whole = pl.DataFrame({"unit": ["a", None, ""], "x": [1.0, None, 3.0]})
    assert fingerprint(pl.concat([whole[:1], whole[1:]], rechunk=False)) == fingerprint(whole)


@pytest.mark.parametrize(
    "other",
    [
        pl.DataFrame({"y": ["a", "bc"]}),
        pl.DataFrame({"x": ["ab", "c"]}),
        pl.DataFrame({"x": ["a", None]}),
        pl.DataFrame({"x": ["bc", "a"]}),
        pl.DataFrame({"x": [b"a", b"bc"]}),
        pl.DataFrame({"x": [["a"], ["bc"]]}),
    ],
)
def test_the_fingerprint_sees_names_types_and_values(other: pl.DataFrame) -> None:
    assert fingerprint(other) != fingerprint(pl.DataFrame({"x": ["a", "bc"]}))


def test_the_fingerprint_tells_a_gap_from_a_zero_and_from_an_empty_text() -> None:
    assert fingerprint(pl.DataFrame({"x": [0.0]})) != fingerprint(pl.DataFrame({"x": [None]}, schema={"x": pl.Float64}))
    assert fingerprint(pl.DataFrame({"x": [""]})) != fingerprint(pl.DataFrame({"x": [None]}, schema={"x": pl.String}))


def test_the_fingerprint_is_the_same_on_every_machine() -> None:
    frame = pl.DataFrame({"city": ["Lima", "广州"], "x": [0.1, None], "n": [1, 2]})
    assert fingerprint(frame) == "c6b4b8aa53ad7d4f1c003c65fba11752e820c0c9f4d696d1bf8cfe322ca08484"


@given(st.lists(st.tuples(st.text(), st.none() | st.floats(allow_nan=False)), min_size=1), st.integers(0, 20))
def test_a_frame_cut_anywhere_has_one_fingerprint(rows: list[tuple[str, float | None]], cut: int) -> None:
    frame = pl.DataFrame(rows, schema={"unit": pl.String, "x": pl.Float64}, orient="row")
    assert fingerprint(pl.concat([frame[:cut], frame[cut:]], rechunk=False)) == fingerprint(frame)


def test_whole_numbers_of_128_bits_have_a_fingerprint() -> None:
    frame, other = (pl.DataFrame({"x": pl.Series([10**30, last], dtype=pl.Int128)}) for last in (2, 3))
    assert fingerprint(frame) == fingerprint(frame.clone())
    assert fingerprint(frame) != fingerprint(other)


@given(ROWS, st.integers(0, 40), st.integers(0, 40))
def test_a_table_cut_out_of_a_longer_one_has_the_fingerprint_of_its_rows(rows: list[Row], cut: int, end: int) -> None:
    """A slice begins within a byte of the buffers of validity and of true and false."""
    frame = table(rows)
    longer = pl.concat([frame[:cut], frame, frame[:end]])
    assert fingerprint(longer[cut : cut + len(frame)] if cut < len(frame) else frame) == fingerprint(frame)


@given(ROWS, st.floats(allow_nan=True), st.text(max_size=5))
def test_values_under_nulls_do_not_count(rows: list[Row], hidden: float, text: str) -> None:
    frame = table(rows)
    filled = frame.with_columns(pl.col("x").fill_null(hidden), pl.col("unit").fill_null(text), pl.col("n").fill_null(9))
    kept = [pl.when(frame[name].is_not_null()).then(pl.col(name)).alias(name) for name in ("x", "unit", "n")]
    assert fingerprint(filled.with_columns(kept)) == fingerprint(frame)


def test_numbers_under_nulls_of_a_foreign_buffer_do_not_count() -> None:
    pa = pytest.importorskip("pyarrow", exc_type=ImportError)
    validity, numbers = pa.py_buffer(bytes([0b11111101])), [np.array([1.0, hidden, 3.0]) for hidden in (7.0, np.nan)]
    one, other = (
        pl.from_arrow(pa.Array.from_buffers(pa.float64(), 3, [validity, pa.py_buffer(values)])).to_frame("x")
        for values in numbers
    )
    assert fingerprint(one) == fingerprint(other) == fingerprint(pl.DataFrame({"x": [1.0, None, 3.0]}))


@given(st.lists(st.none() | st.sampled_from(["Lima", "", "广州"]), min_size=1))
def test_text_as_categories_has_the_fingerprint_of_the_strings(cells: list[str | None]) -> None:
    strings = pl.Series("unit", cells, pl.String)
    for dtype in (pl.Categorical, pl.Enum(["广州", "Lima", ""])):
        assert fingerprint(strings.cast(dtype).to_frame()) == fingerprint(strings.to_frame())


@given(ROWS, ROWS)
def test_two_tables_have_one_fingerprint_only_if_they_are_equal(one: list[Row], other: list[Row]) -> None:
    def written(rows: list[Row]) -> str:
        return repr(rows)  # which tells -0.0 from 0.0

    assert (fingerprint(table(one)) == fingerprint(table(other))) == (written(one) == written(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([0.0], [-0.0]),
        ([1], [1.0]),
        ([True], [1]),
        (["1"], [1]),
        ([dt.date(1970, 1, 2)], [1]),
        ([dt.datetime(1970, 1, 1)], [dt.date(1970, 1, 1)]),
        ([None, 1.0], [1.0, None]),
        (["a", None], ["a", ""]),
        ([False, None], [False, False]),
        ([[1.0]], [["1.0"]]),
    ],
)
def test_what_is_not_the_same_value_has_another_fingerprint(one: list[Any], other: list[Any]) -> None:
    assert fingerprint(pl.DataFrame({"x": one})) != fingerprint(pl.DataFrame({"x": other}))


def test_the_cells_of_two_columns_do_not_run_into_each_other() -> None:
    one, other = pl.DataFrame({"a": ["xy"], "b": [""]}), pl.DataFrame({"a": ["x"], "b": ["y"]})
    assert fingerprint(one) != fingerprint(other)


def test_a_long_table_that_threads_hash_has_the_fingerprint_of_its_definition() -> None:
    """As the docstring says it, without polars."""
    rows = 100_003
    x, present = np.arange(rows) / 7, np.arange(rows) % 5 > 0
    units = [f"unit {row}" for row in range(rows)]
    frame = pl.DataFrame(
        {"unit": units, "x": [float(one) if there else None for one, there in zip(x, present, strict=True)]}
    )
    text = sha256(json.dumps(["unit", "String", rows, 0]).encode())
    text.update(b"".join(len(unit).to_bytes(4, "little") for unit in units) + "".join(units).encode())
    numbers = sha256(json.dumps(["x", "Float64", rows, int((~present).sum())]).encode())
    numbers.update(np.packbits(present, bitorder="little").tobytes())
    numbers.update(np.where(present, x, 0).astype("<f8").tobytes())
    assert fingerprint(frame) == sha256(text.digest() + numbers.digest()).hexdigest()
    cut = pl.concat([frame[:9], frame[9:70_001], frame[70_001:]], rechunk=False)
    assert fingerprint(cut) == fingerprint(frame)
