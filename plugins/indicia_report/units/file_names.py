"""Names of files for the pages of units, whatever the units are called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable

INDEX = "index"
_LONGEST = 80
"""The most bytes of a name; file systems allow 255 with the ending."""
_OTHER = re.compile(r"[^\w]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)[\d¹²³])", re.IGNORECASE)
"""The names that Windows keeps for devices."""


def file_names(units: Iterable[str]) -> dict[str, str]:
    """Return a name of a file for each unit, without ending: letters, digits and hyphens.

    Names that differ in case only are one file on some systems, so that later units get a number.

    >>> file_names(["BRA", "São Paulo", "../etc/passwd", "bra", "", "con", "index"]) == {
    ...     "BRA": "BRA", "São Paulo": "São-Paulo", "../etc/passwd": "etc-passwd", "bra": "bra-2", "": "unit",
    ...     "con": "con-unit", "index": "index-2"
    ... }
    True
    """
    taken, names = {INDEX}, {}
    for unit in units:
        base = _base(unit)
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        names[unit] = name
    return names


def _base(unit: str) -> str:
    text = _OTHER.sub("-", normalize("NFC", unit.encode(errors="replace").decode())).strip("-_")
    short = text.encode()[:_LONGEST].decode(errors="ignore").strip("-_") or "unit"
    return f"{short}-unit" if _RESERVED.fullmatch(short) else short
