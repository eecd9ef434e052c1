"""Tables in JSON that are an object: columns, rows by name, or records below a key."""

from __future__ import annotations

import json
from typing import Any

_ROWS = "name"
"""The column of the names of rows."""


def json_records(content: bytes) -> bytes | None:
    """Return an object of JSON as a list of records; None if it is none of the known shapes, such as a single record.

    Pandas writes a dict of columns, `{"gdp": {"0": 1.5}}`, rows by name, `{"Lima": {"gdp": 1.5}}`, or names, rows and
    values apart, `{"columns": ["gdp"], "data": [[1.5]]}`. Services put the records below a key, `{"data": [{…}]}`.

    >>> json_records(b'{"city": {"0": "Lima", "1": "Oslo"}, "gdp": {"0": 1.5, "1": 2}}')
    b'[{"city": "Lima", "gdp": 1.5}, {"city": "Oslo", "gdp": 2}]'
    >>> json_records(b'{"city": "Lima", "gdp": 1.5}') is None
    True
    """
    first, _, others = content.partition(b"\n")
    if first.rstrip().endswith(b"}") and others.lstrip().startswith(b"{"):
        return None  # one record per line
    try:
        source = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(source, dict):
        return None
    records = _apart(source) or _below_a_key(source) or _of_lists(source) or _of_objects(source)
    return None if records is None else json.dumps(records, ensure_ascii=False).encode()


def _apart(source: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the records of names, rows and values apart."""
    names, rows, index = source.get("columns"), source.get("data"), source.get("index")
    if not (isinstance(names, list) and isinstance(rows, list) and rows and all(isinstance(row, list) for row in rows)):
        return None
    if any(len(row) != len(names) for row in rows):
        return None
    named = isinstance(index, list) and len(index) == len(rows) and all(isinstance(name, str) for name in index)
    first = [{_ROWS: name} for name in index] if named and index else [{} for _ in rows]
    return [{**name, **dict(zip(map(str, names), row, strict=True))} for name, row in zip(first, rows, strict=True)]


def _below_a_key(source: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the records of the only list of records."""
    lists = [
        values
        for values in source.values()
        if isinstance(values, list) and values and all(isinstance(record, dict) for record in values)
    ]
    return lists[0] if len(lists) == 1 else None


def _of_lists(source: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the records of lists of one length, one for each column."""
    columns = list(source.values())
    if not columns or not all(isinstance(column, list) for column in columns):
        return None
    if len({len(column) for column in columns}) > 1 or not columns[0]:
        return None
    return [dict(zip(source, row, strict=True)) for row in zip(*columns, strict=True)]


def _of_objects(source: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the records of objects with equal keys: columns of rows, or rows of columns."""
    inner = list(source.values())
    if len(inner) < 2 or not all(isinstance(each, dict) for each in inner):
        return None
    keys = list(dict.fromkeys(key for each in inner for key in each))
    if not keys or any(isinstance(value, (dict, list)) for each in inner for value in each.values()):
        return None
    are_numbered = all(key.isdigit() for key in keys)
    is_mixed = any(len({isinstance(value, str) for value in each.values()}) > 1 for each in inner)
    if not are_numbered and (is_mixed or len(source) > len(keys)):
        if all(name.isdigit() for name in source):
            return list(inner)
        return [{_ROWS: name, **row} for name, row in source.items()]
    rows: list[dict[str, Any]] = []
    for key in keys:
        row = {} if are_numbered else {_ROWS: key}
        rows.append(row | {name: column.get(key) for name, column in source.items()})
    return rows
