r"""The formula of a method in LaTeX, with the pieces that depend on its parameters.

`<form>` in a formula is replaced by the piece in `variants["form"]` for the value of the parameter `form`. A parameter
with pieces at several places has one key for each: `<form.weight>`. The key `...` is any other value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PIECE = re.compile(r"<([a-z_]\w*(?:\.\w+)?)>")


def fill_template(template: str, variants: Mapping[str, Mapping[Any, str]], values: Mapping[str, Any]) -> str:
    """Return a formula with the pieces for these values of the parameters.

    Raises
    ------
    KeyError
        If the variants have no piece for the value of a parameter.
    """

    def piece(match: re.Match[str]) -> str:
        place = match[1]
        if place not in variants:
            return match[0]
        name = place.partition(".")[0]
        if (text := _piece_for(variants[place], values[name])) is None:
            raise KeyError(f"{name} = {values[name]!r:.40}")
        return fill_template(text, variants, values)

    return _PIECE.sub(piece, template)


def names_symbol(formula: str, symbol: str) -> bool:
    r"""Return True if a formula contains a symbol; letters inside another symbol do not count.

    >>> names_symbol(r"l + (u - l) x", "l"), names_symbol(r"\lambda x", "l"), names_symbol(r"\ln x", "l")
    (True, False, False)
    """
    bare = re.sub(r"\\(?:text|operatorname|mathrm)\{[^}]*\}", " ", formula)
    start = r"(?<![A-Za-z\\])" if symbol[0].isalpha() else ""
    end = r"(?![A-Za-z])" if symbol[-1].isalpha() else ""
    without = re.sub(r"\\[A-Za-z]+", " ", bare) if not symbol.startswith("\\") else bare
    adjoining = symbol[0].isalpha() and len(symbol) == 1
    return re.search(re.escape(symbol) if adjoining else start + re.escape(symbol) + end, without) is not None


def _piece_for(pieces: Mapping[Any, str], value: Any) -> str | None:
    """Return the piece for a value; for a list or a table of values, the pieces of all values."""
    values = list(value.values()) if isinstance(value, Mapping) else value
    if isinstance(values, (list, tuple)):
        keys = list(dict.fromkeys(map(str, values)))
        if keys and all(key in pieces for key in keys):
            if len(keys) == 1:
                return pieces[keys[0]]
            return r"; \; ".join(rf"\text{{{key.replace('_', ' ')}: }} {pieces[key]}" for key in keys)
    for key, piece in pieces.items():
        if key is not ... and isinstance(key, bool) == isinstance(value, bool) and key == value:
            return piece
    return pieces.get(...)
