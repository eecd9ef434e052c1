r"""The formula of a method in LaTeX: the one that its parameters choose, or all that there are.

A formula may leave a piece to a parameter: `<form>` stands for the piece that `variants["form"]` has for its value.
A parameter that decides at several places has several pieces: `<form.weight>`. The key `...` is any other value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.methods.contract import Method

_PIECE = re.compile(r"<([a-z_]\w*(?:\.\w+)?)>")


def formula_of_run(method: Method, template: str) -> str:
    """Return the formula that the parameters of a method choose.

    Raises
    ------
    KeyError
        If the variants have no piece for the value of a parameter.
    """
    return _filled(template, method.variants, method.settings)


def all_formulas(method: type[Method], template: str) -> Iterator[tuple[str, str]]:
    """Yield the formula by the defaults, then what other values of parameters change in it.

    Each comes with its condition, such as "form = shifted"; the first has none. Of the others only the clauses that
    differ are given, clauses being what stands between wide spaces.
    """
    values = _defaults(method)
    usual = _filled(template, method.variants, values)
    yield "", usual
    clauses = set(_clauses(usual))
    for name in dict.fromkeys(place.partition(".")[0] for place in method.variants):
        places = [pieces for place, pieces in method.variants.items() if place.partition(".")[0] == name]
        keys = list(dict.fromkeys(key for pieces in places for key in pieces))
        for key in keys:
            if key == values[name] or (key is ... and values[name] not in keys):
                continue
            other = _filled(template, method.variants, _changed(method, values, name, key))
            if changed := [clause for clause in _clauses(other) if clause not in clauses]:
                yield _condition(name, key, values[name]), r", \quad ".join(changed)


def names_symbol(formula: str, symbol: str) -> bool:
    r"""Tell whether a formula holds a symbol, and not merely its letters within another one.

    >>> names_symbol(r"l + (u - l) x", "l"), names_symbol(r"\lambda x", "l"), names_symbol(r"\ln x", "l")
    (True, False, False)
    """
    bare = re.sub(r"\\(?:text|operatorname|mathrm)\{[^}]*\}", " ", formula)
    start = r"(?<![A-Za-z\\])" if symbol[0].isalpha() else ""
    end = r"(?![A-Za-z])" if symbol[-1].isalpha() else ""
    without = re.sub(r"\\[A-Za-z]+", " ", bare) if not symbol.startswith("\\") else bare
    adjoining = symbol[0].isalpha() and len(symbol) == 1
    return re.search(re.escape(symbol) if adjoining else start + re.escape(symbol) + end, without) is not None


def _filled(template: str, variants: Mapping[str, Mapping[Any, str]], values: Mapping[str, Any]) -> str:
    def piece(found: re.Match[str]) -> str:
        place = found[1]
        if place not in variants:
            return found[0]
        name = place.partition(".")[0]
        if (chosen := _chosen(variants[place], values[name])) is None:
            raise KeyError(f"{name} = {values[name]!r:.40}")
        return _filled(chosen, variants, values)

    return _PIECE.sub(piece, template)


def _chosen(pieces: Mapping[Any, str], value: Any) -> str | None:
    """Return the piece of a value; of a list or a table of values, those of each."""
    several = list(value.values()) if isinstance(value, Mapping) else value
    if isinstance(several, (list, tuple)):
        distinct = list(dict.fromkeys(str(one) for one in several))
        if all(one in pieces for one in distinct) and distinct:
            if len(distinct) == 1:
                return pieces[distinct[0]]
            return r"; \; ".join(rf"\text{{{one.replace('_', ' ')}: }} {pieces[one]}" for one in distinct)
    for key, piece in pieces.items():
        if key is not ... and isinstance(key, bool) == isinstance(value, bool) and key == value:
            return piece
    return pieces.get(...)


def _defaults(method: type[Method]) -> dict[str, Any]:
    """Return the values of the parameters by default; `...` where there is none."""
    if all(field.default is not MISSING or field.default_factory is not MISSING for field in fields(method)):
        try:
            return method().settings
        except ValueError:
            pass
    return {field.name: ... if field.default is MISSING else field.default for field in fields(method)}


def _changed(method: type[Method], values: dict[str, Any], name: str, key: object) -> dict[str, Any]:
    """Return the values with another one of a parameter, and what it brings about in the others."""
    try:
        return values | {name: key} if key is ... else method(**{name: key}).settings
    except (TypeError, ValueError):
        return values | {name: key}


def _condition(name: str, key: object, usual: object) -> str:
    if key is ...:
        return f"{'with' if usual is None else 'another'} {name}"
    if key is None:
        return f"without {name}"
    return f"{name} = {str(key).lower() if isinstance(key, bool) else f'{key:g}' if isinstance(key, float) else key}"


def _clauses(formula: str) -> list[str]:
    """Part a formula at its wide spaces outside of braces."""
    parts, depth = [""], 0
    for token in re.findall(r"\\[A-Za-z]+|\\.|.", formula, flags=re.DOTALL):
        depth += (token in ("{", "\\left")) - (token in ("}", "\\right"))
        if token == "\\quad" and not depth:
            parts.append("")
        else:
            parts[-1] += token
    return [stripped for part in parts if (stripped := part.strip(" ,;"))]
