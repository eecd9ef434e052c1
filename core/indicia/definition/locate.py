"""Find the line of a TOML text where a setting stands, since the parser does not say."""

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
    """Return number and text of the line that comes nearest to a path of keys.

    >>> locate('[indicators]\\ngdp = { direction = "up" }', ["indicators", "gdp", "direction"])
    (2, 'gdp = { direction = "up" }')
    """
    wanted = [str(part) for part in path if not isinstance(part, int)]
    table: list[str] = []
    best: tuple[int, int, str] | None = None
    for number, raw in enumerate(toml.splitlines(), start=1):
        line = raw.strip()
        if header := _HEADER.match(line):
            table = found = _keys(header[1])
        elif setting := _SETTING.match(line):
            found = table + _keys(setting[1])
        else:
            continue
        if found == wanted[: len(found)] and (best is None or len(found) > best[0]):
            best = len(found), number, line
    return best[1:] if best else None


def _keys(dotted: str) -> list[str]:
    return [key.strip("\"'") for key in re.findall(_BARE, dotted)]
