"""The line of a setting in a TOML text, which the parser of Python does not report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BARE = r"[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'"
_PATH = rf"(?:{_BARE})(?:\s*\.\s*(?:{_BARE}))*"
_HEADER = re.compile(rf"^\[{{1,2}}\s*({_PATH})\s*\]{{1,2}}\s*(?:#.*)?$")
_SETTING = re.compile(rf"^({_PATH})\s*=")


def locate(toml: str, path: Sequence[object]) -> tuple[int, str] | None:
    """Return number and text of the line of a path of keys, or of the longest part of the path that has a line.

    >>> locate('[indicators]\\ngdp = { direction = "up" }', ["indicators", "gdp", "direction"])
    (2, 'gdp = { direction = "up" }')
    """
    keys = [str(key) for key in path if not isinstance(key, int)]
    table: list[str] = []
    best: tuple[int, int, str] | None = None
    for number, text in enumerate(toml.splitlines(), start=1):
        line = text.strip()
        if header := _HEADER.match(line):
            table = stated = _keys(header[1])
        elif setting := _SETTING.match(line):
            stated = table + _keys(setting[1])
        else:
            continue
        if stated == keys[: len(stated)] and (best is None or len(stated) > best[0]):
            best = len(stated), number, line
    return best[1:] if best else None


def _keys(dotted: str) -> list[str]:
    return [key.strip("\"'") for key in re.findall(_BARE, dotted)]
