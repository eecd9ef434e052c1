"""The columns of the page: a browser reads from them exactly the numbers of the engine."""

from __future__ import annotations

import numpy as np
import pytest

from indicia_report.model.columns import decode, decode_line, encode, encode_line

NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "kind", "decimals"),
    [
        ([1.0, 2.0, NAN], "i2", 0),
        ([0.1, 0.25, -3.5], "i2", 2),
        ([32766.0, -32766.0], "i2", 0),
        ([32767.0], "i4", 0),  # the next smaller type has no such number
        ([81.25, 123456.125], "i4", 3),
        ([0.0, -0.0], "i2", 0),
        ([NAN, NAN], "i2", 0),
        ([], "i2", 0),
        ([1 / 3], "f8", None),
        ([2.0**40], "f8", None),
        ([1e300, 1e-300], "f8", None),
        ([0.1 + 0.2], "f8", None),  # 0.30000000000000004 is not the nearest double of 0.3
        ([*np.arange(100.0), 1 / 3], "f8", None),  # beyond the first values that are tried
    ],
)
def test_a_column_holds_the_same_doubles_in_the_smallest_type(
    values: list[float], kind: str, decimals: int | None
) -> None:
    column = encode(values)
    assert (column["t"], column.get("d")) == (kind, decimals)
    assert np.array_equal(decode(column), np.array(values, float), equal_nan=True)


def test_values_of_one_decimal_are_tenths_of_whole_numbers() -> None:
    assert encode([0.1, 2.5, NAN]) == {"t": "i2", "d": 1, "v": "AQAZAACA"}


def test_a_line_gives_normalised_values_and_missing_values() -> None:
    x = np.array([3.0, 8.25, NAN, 11.5])
    z = 1 + 99 * (x - 3) / (11.5 - 3)
    line = encode_line(x, z)
    assert line is not None
    assert "clip" not in line
    assert decode_line(line, x) == pytest.approx(z, abs=4e-13, nan_ok=True)


def test_a_line_is_cut_where_bounds_or_a_treatment_cut_the_values() -> None:
    x = np.array([0.0, 2.0, 5.0, 9.0, 30.0])
    z = np.clip(100 * (x - 1) / (10 - 1), 0, 100)
    line = encode_line(x, z)
    assert line is not None
    assert line["clip"] == (0.0, 100.0)
    assert decode_line(line, x).tolist() == pytest.approx(z.tolist(), abs=4e-13)


@pytest.mark.parametrize(
    ("x", "z"),
    [
        ([1.0, 2.0, 4.0], [0.0, 50.0, 100.0]),  # no line
        ([1.0, 2.0, 3.0], [0.0, 50.0, 100.0 + 1e-9]),
        ([1.0, 2.0, NAN], [0.0, 50.0, 100.0]),  # a value that the raw values do not have
        ([1.0, 1.0, 1.0], [0.0, 50.0, 100.0]),
        ([1.0, 2.0, 3.0], [5.0, 5.0, 5.0]),
        ([NAN], [NAN]),
        ([1.0, 2.0, 10.0**9], [1e-9, 1e-9 * (1 + 1e-12), 1.0]),  # too coarse for a logarithm
    ],
)
def test_values_that_are_no_line_keep_their_doubles(x: list[float], z: list[float]) -> None:
    assert encode_line(np.array(x), np.array(z)) is None
