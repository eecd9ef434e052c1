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

    >>> locate('[indicators]\\ngdp = { direction = "up" }', ["indicators", "gdp", "direction"])
    (2, 'gdp = { direction = "up" }')
    """
    keys = [str(key) for key in path if not isinstance(key, int)]
    table: list[str] = []
    longest: tuple[int, int, str] | None = None
    for number, text in enumerate(toml.splitlines(), start=1):
        line = text.strip()
        if header := _HEADER.match(line):
            table = line_keys = _keys(header[1])
        elif setting := _SETTING.match(line):
            line_keys = table + _keys(setting[1])
        else:
            continue
        if line_keys == keys[: len(line_keys)] and (longest is None or len(line_keys) > longest[0]):
            longest = len(line_keys), number, line
    return longest[1:] if longest else None


def _keys(dotted: str) -> list[str]:
    return [key.strip("\"'") for key in re.findall(_KEY, dotted)]
