"""Plain values in a file that runs no code where it is read: JSON, arrays of NumPy and frames of Arrow in a zip.

A value is read back with the same type and the same bits: None, true and false, whole numbers, floats with their bits,
texts, dates and times, decimals, tuples, lists, dicts, arrays and scalars of NumPy, frames and series of polars.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from polars.exceptions import PanicException, PolarsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_VALUES = "values.json"
_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of the members of a zip, so that equal values give equal bytes."""


class Damaged(Exception):
    """A file does not hold plain values."""


def pack(values: Mapping[str, Any]) -> bytes:
    """Return the bytes of values, by key.

    Raises
    ------
    TypeError
        A value is not plain.

    Examples
    --------
    >>> unpack(pack({"range of gdp": (0.1, float("inf")), "units": 3}))
    {'range of gdp': (0.1, inf), 'units': 3}
    """
    members: list[bytes] = []
    texts = {}
    for key, value in values.items():
        try:
            texts[key] = _packed(value, members)
        except TypeError as error:
            raise TypeError(f"the answer of {key} cannot be kept: {error}") from error
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for number, member in enumerate(members):
            file.writestr(zipfile.ZipInfo(str(number), _DATE), member)
        file.writestr(zipfile.ZipInfo(_VALUES, _DATE), json.dumps(texts).encode())
    return content.getvalue()


def unpack(content: bytes) -> dict[str, Any]:
    """Return the values of `pack`.

    Raises
    ------
    Damaged
        The bytes are not those of `pack`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            texts = json.loads(file.read(_VALUES))
            return {
                str(key): _unpacked(value, lambda number: file.read(str(int(number)))) for key, value in texts.items()
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise Damaged("no whole zip file") from error
    except (KeyError, IndexError, ValueError, TypeError, AttributeError, struct.error) as error:
        raise Damaged("values of another form") from error
    except (PolarsError, PanicException, OSError, MemoryError) as error:
        raise Damaged("a frame that cannot be read") from error


def _packed(value: Any, members: list[bytes]) -> Any:
    """Return a value in JSON: null, true, false, whole numbers and texts as they are, others with the type."""
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return ["float", struct.pack(">d", value).hex()]
    if type(value) in (tuple, list):
        return [type(value).__name__, [_packed(element, members) for element in value]]
    if type(value) is dict:
        return ["dict", [[_packed(key, members), _packed(element, members)] for key, element in value.items()]]
    content = io.BytesIO()
    if (type(value) is np.ndarray or isinstance(value, np.generic)) and not value.dtype.hasobject:
        kind = "array" if isinstance(value, np.ndarray) else "scalar"
        np.save(content, value, allow_pickle=False)
    elif isinstance(value, pl.DataFrame | pl.Series):
        kind, frame = ("frame", value) if isinstance(value, pl.DataFrame) else ("series", value.to_frame())
        if pl.Object in frame.dtypes:
            raise TypeError("it holds a frame of Python objects")
        frame.write_ipc(content)
    elif isinstance(value, date | time | timedelta | Decimal):  # a datetime is a date, too
        kind = "value"
        pl.DataFrame({"": [value]}).write_ipc(content)
    else:
        raise TypeError(f"it holds a value of the type {type(value).__name__}")
    members.append(content.getvalue())
    return [kind, len(members) - 1]


def _unpacked(value: Any, member: Callable[[Any], bytes]) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    kind, content = value
    if kind == "float":
        return struct.unpack(">d", bytes.fromhex(content))[0]
    if kind in ("tuple", "list"):
        elements = [_unpacked(element, member) for element in content]
        return tuple(elements) if kind == "tuple" else elements
    if kind == "dict":
        return {_unpacked(key, member): _unpacked(element, member) for key, element in content}
    if kind in ("array", "scalar"):
        array = np.load(io.BytesIO(member(content)), allow_pickle=False)
        return array if kind == "array" else array[()]
    if kind in ("frame", "series", "value"):
        frame = pl.read_ipc(io.BytesIO(member(content)))
        if kind == "value":
            return frame.item()
        return frame if kind == "frame" else frame.to_series()
    raise ValueError(f"no kind of value: {kind}")
