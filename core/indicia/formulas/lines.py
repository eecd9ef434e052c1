"""Formulas that are straight lines of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.formulas.node import Column, FixedValue, Number, Operation, Statistic, postorder

if TYPE_CHECKING:
    from indicia.formulas.node import Node


def is_line(root: Node, column: str) -> bool:
    """Return True if a formula is a + b x for certain, where x is the column, and a and b are the same in all rows.

    Statistics are the same in all rows if their scope has no key.

    >>> from indicia.formulas import column
    >>> x = column("x")
    >>> is_line(((x - 1) / 2).node, "x"), is_line((1 / x).node, "x"), is_line((x * x).node, "x")
    (True, False, False)
    """
    degrees: dict[Node, int] = {}
    for node in postorder([root]):
        degree = _degree(node, column, [degrees.get(arg) for arg in node.args])
        if degree is not None:
            degrees[node] = degree
    return degrees.get(root) == 1


def _degree(node: Node, column: str, of_args: list[int | None]) -> int | None:
    """Return 0 for a value that is the same in all rows, 1 for a line, and None for anything else."""
    match node:
        case Column():
            return 1 if node.options == (column,) else None
        case Number() | FixedValue() | Statistic():
            return 0
        case Operation():
            known = [degree for degree in of_args if degree is not None]
            if len(known) < len(of_args):
                return None
            if not any(known):
                return 0
            is_line = {
                "neg": True,
                "add": True,
                "sub": True,
                "mul": sum(known) == 1,
                "truediv": known[-1] == 0,
                "clip": all(limit.options == (None,) for limit in node.args[1:]),
            }
            return 1 if is_line.get(node.kind, False) else None
    return None
