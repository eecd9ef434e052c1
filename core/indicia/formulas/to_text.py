"""Write a formula as one line of text, for messages and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.formulas.node import CachedColumn, Column, FixedValue, Number, Operation, Statistic, Weight, postorder

if TYPE_CHECKING:
    from indicia.formulas.node import Node

_SIGNS = {
    "or": ("|", 2),
    "and": ("&", 3),
    "eq": ("==", 1),
    "ne": ("!=", 1),
    "lt": ("<", 1),
    "le": ("<=", 1),
    "gt": (">", 1),
    "ge": (">=", 1),
    "add": ("+", 4),
    "sub": ("-", 4),
    "mul": ("*", 5),
    "truediv": ("/", 5),
    "floordiv": ("//", 5),
    "mod": ("%", 5),
    "pow": ("**", 7),
}
"""The sign of each binary operation, and its strength, which decides where parentheses are needed."""

_PREFIXES = {"neg": ("-", 6), "invert": ("~", 6)}
_ATOM = 8
_ASSOCIATIVE = ("add", "mul", "and", "or")


def to_text(root: Node) -> str:
    """Return a formula as one line, with no more parentheses than it needs.

    >>> from indicia.formulas import column
    >>> x = column("x")
    >>> to_text((2 * (x - 1) ** 2 - (x - x.mean())).node)
    '2 * (x - 1) ** 2 - (x - mean(x))'
    """
    texts: dict[Node, tuple[str, int]] = {}
    for node in postorder([root]):
        texts[node] = _text(node, [texts[arg] for arg in node.args])
    return texts[root][0]


def _text(node: Node, args: list[tuple[str, int]]) -> tuple[str, int]:
    """Return the text and the strength of a node, given the texts and strengths of its arguments."""
    match node:
        case Column():
            return node.options[0].rpartition("\0")[2], _ATOM
        case Weight():
            return f"weight({node.options[-1]})", _ATOM
        case Number() | FixedValue():
            *_, value = node.options
            is_negative = isinstance(value, (int, float)) and str(value).startswith("-")
            return repr(value), _PREFIXES["neg"][1] if is_negative else _ATOM
        case Statistic() | CachedColumn():
            return args[0]
        case Operation(kind=kind) if kind in _SIGNS:
            sign, strength = _SIGNS[kind]
            # (a - b) - c needs no parentheses, but a - (b - c) does, and so do both sides of powers and comparisons
            left, right = strength + (kind == "pow" or strength == 1), strength + (kind not in _ASSOCIATIVE)
            return f"{_within(args[0], left)} {sign} {_within(args[1], right)}", strength
        case Operation(kind=kind) if kind in _PREFIXES:
            sign, strength = _PREFIXES[kind]
            return f"{sign}{_within(args[0], strength)}", strength
    options = [getattr(option, "__name__", None) or repr(option) for option in node.options]
    return f"{node.kind}({', '.join([text for text, _ in args] + options)})", _ATOM


def _within(part: tuple[str, int], strength: int) -> str:
    text, strength_of_part = part
    return text if strength_of_part >= strength else f"({text})"
