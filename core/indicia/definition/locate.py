"""The line of a setting in a TOML text, which the parser of Python does not report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY = r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'"
_PATH = rf"(?:{_KEY})(?:\s*\.\s*(?:{_KEY}))*"
_HEADER = re.compile(rf"^\[{{1,2}}\s*({_PATH})\s*\]{{1,2}}\s*(?:#.*)?$")
_SETTING = re.compile(rf"^({_PATH})\s*=")


def locate(toml: str, path: Sequence[object]) -> tuple[int, str] | None:
    """Return the number and text of the line that sets a path of keys, or the longest beginning of the path.

    A number in the path counts the tables of one name in double brackets; in other lists it is passed over.

    >>> locate('[indicators]\\ngdp = { direction = "up" }', ["indicators", "gdp", "direction"])
    (2, 'gdp = { direction = "up" }')
    >>> locate('[[waivers]]\\ncode = "D01"\\n[[waivers]]\\ncode = "D02"', ["waivers", 1, "code"])
    (4, 'code = "D02"')
    """
    keys = [key if isinstance(key, int) else str(key) for key in path]
    table: list[str | int] = []
    counts: dict[tuple[str | int, ...], int] = {}
    longest: tuple[int, int, str] | None = None
    for number, text in enumerate(toml.splitlines(), start=1):
        line = text.strip()
        if header := _HEADER.match(line):
            table = line_keys = _numbered(_keys(header[1]), line.startswith("[["), counts)
        elif setting := _SETTING.match(line):
            line_keys = [*table, *_keys(setting[1])]
        else:
            continue
        if _begins(line_keys, keys) and (longest is None or len(line_keys) > longest[0]):
            longest = len(line_keys), number, line
    return longest[1:] if longest else None


def _numbered(names: list[str], is_one_of_several: bool, counts: dict[tuple[str | int, ...], int]) -> list[str | int]:
    """Return the path of a table, with the number of each table in double brackets; count a new one."""
    path: list[str | int] = []
    for place, name in enumerate(names, start=1):
        path.append(name)
        if is_one_of_several and place == len(names):
            counts[tuple(path)] = counts.get(tuple(path), -1) + 1
        if tuple(path) in counts:
            path.append(counts[tuple(path)])
    return path


def _begins(line_keys: list[str | int], path: list[str | int]) -> bool:
    """Return whether the path of a line is the beginning of a path; a path without a number means the first table."""
    rest = list(line_keys)
    for key in path:
        if isinstance(key, str) and rest and rest[0] == 0:
            rest.pop(0)
        if not rest:
            return True
        if key == rest[0]:
            rest.pop(0)
        elif isinstance(key, str) or isinstance(rest[0], int):
            return False
    return not any(rest)


def _keys(dotted: str) -> list[str]:
    return [key.strip("\"'") for key in re.findall(_KEY, dotted)]
