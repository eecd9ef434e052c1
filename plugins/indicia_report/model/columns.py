"""Columns of numbers in few bytes, from which a browser reads exactly the same numbers."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array
    from indicia_report.model.types import Doubles, Line, Plain, Whole

_MOST_DECIMALS = 9
"""The decimals up to which a column is tried as whole numbers."""
_SAMPLE = 64
"""The number of values with which a number of decimals is tried first."""
_LARGEST = {np.dtype("<i2"): 2**15 - 2, np.dtype("<i4"): 2**31 - 2}
"""The largest whole number of each type; the least number of the type stands for a missing value."""
_LINE_ERROR = 4e-15
"""The largest difference of a straight line from a column, as a share of the largest absolute value."""
_RELATIVE_ERROR = 1e-14
"""The largest relative difference of a straight line from values above 0, of which a mean takes logarithms or roots."""


def encode(values: npt.ArrayLike) -> Plain:
    """Return a column as whole numbers where these give exactly the values, and else as doubles; NaN is missing.

    >>> encode([0.1, 2.5, float("nan")])
    {'t': 'i2', 'd': 1, 'v': 'AQAZAACA'}
    """
    column = np.asarray(values, dtype=float)
    present = column[~np.isnan(column)]
    for decimals in range(_MOST_DECIMALS + 1):
        if _is_whole(present[:_SAMPLE], decimals) and _is_whole(present, decimals):
            return _encode_whole(column, decimals)
    return encode_doubles(column)


def encode_doubles(column: Array) -> Doubles:
    """Return a column as doubles."""
    return {"t": "f8", "v": base64_of(column.astype("<f8"))}


def decode(column: Plain) -> Array:
    """Return the values of a column, as the script of the page computes them.

    >>> decode(encode([0.1, 2.5])).tolist()
    [0.1, 2.5]
    """
    content = base64.b64decode(column["v"])
    if column["t"] == "f8":
        return np.frombuffer(content, "<f8").astype(float)
    whole = np.frombuffer(content, "<i2" if column["t"] == "i2" else "<i4")
    decoded: Array = np.where(whole == np.iinfo(whole.dtype).min, np.nan, whole / 10.0 ** column["d"])
    return decoded


def encode_line(values: Array, normalised: Array) -> Line | None:
    """Return normalised values as a straight line of the values before normalisation, cut at their own extremes.

    Returns None unless the line gives every value with the precision that the ranks of the page need.

    >>> encode_line(np.array([1.0, 2.0, 3.0]), np.array([0.0, 50.0, 100.0]))
    {'t': 'lin', 'x0': 1.0, 'x1': 3.0, 'z0': 0.0, 'z1': 100.0}
    """
    present = ~np.isnan(normalised)
    if not np.array_equal(present, ~np.isnan(values)) or not present.any():
        return None
    x, z = values[present], normalised[present]
    lowest, highest = float(z.min()), float(z.max())
    limits: tuple[tuple[float, float] | None, ...] = (None, (lowest, highest))
    for clip in limits:
        line = _line_through(x, z, clip)
        if line is not None and _is_close(decode_line(line, x), z):
            return line
    return None


def decode_line(line: Line, values: Array) -> Array:
    """Return the values of a line, with the operations of the script of the page in their order."""
    x0, x1, z0, z1 = line["x0"], line["x1"], line["z0"], line["z1"]
    z = z0 + ((z1 - z0) * (values - x0)) / (x1 - x0)
    clipped: Array = np.clip(z, *line["clip"]) if "clip" in line else z
    return clipped


def base64_of(numbers: npt.NDArray[np.generic]) -> str:
    """Return the bytes of numbers in base64."""
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode()


def _line_through(x: Array, z: Array, clip: tuple[float, float] | None) -> Line | None:
    """Return the line through the first and the last value, or with `clip` through those that are not cut."""
    if clip is not None:
        inside = (z > clip[0]) & (z < clip[1])
        x, z = x[inside], z[inside]
    if not len(x):
        return None
    ends = int(x.argmin()), int(x.argmax())
    first, last = sorted(ends, key=lambda end: abs(z[end]))  # values near 0 are exact if the line begins there
    x0, x1, z0, z1 = float(x[first]), float(x[last]), float(z[first]), float(z[last])
    if x0 == x1 or z0 == z1:
        return None
    line: Line = {"t": "lin", "x0": x0, "x1": x1, "z0": z0, "z1": z1}
    return line if clip is None else {**line, "clip": clip}


def _is_close(line: Array, z: Array) -> bool:
    error, size = np.abs(line - z), np.abs(z)
    is_close = bool(error.max() <= _LINE_ERROR * size.max())
    return is_close and (z.min() < 0 or bool((error <= _RELATIVE_ERROR * size).all()))


def _is_whole(values: Array, decimals: int) -> bool:
    scale = 10.0**decimals
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = np.rint(values * scale)
        return bool(np.abs(numbers).max(initial=0.0) <= _LARGEST[np.dtype("<i4")] and (numbers / scale == values).all())


def _encode_whole(column: Array, decimals: int) -> Whole:
    missing = np.isnan(column)
    numbers = np.rint(np.where(missing, 0.0, column) * 10.0**decimals)
    is_small = np.abs(numbers).max(initial=0.0) <= _LARGEST[np.dtype("<i2")]
    kind = np.dtype("<i2" if is_small else "<i4")
    whole = numbers.astype(kind)
    whole[missing] = np.iinfo(kind).min
    return {"t": "i2" if is_small else "i4", "d": decimals, "v": base64_of(whole)}
