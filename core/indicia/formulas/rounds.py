"""The order in which the questions of a formula can be answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.formulas.node import QUESTIONS, Node, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable


def rounds(roots: Iterable[Node]) -> list[list[Node]]:
    """Return the statistics, cached columns and look-ups of trees, by the round in which each can be answered.

    A question is answered in the round after the last of those that it rests on.

    >>> from indicia.formulas import column
    >>> from indicia.formulas.node import Statistic
    >>> x = column("x")
    >>> mean = Statistic("statistic", (x.mean().node,))
    >>> spread = Statistic("statistic", ((x - type(x)(mean)).abs().max().node,))
    >>> rounds([spread]) == [[mean], [spread]]
    True
    """
    depths: dict[Node, int] = {}
    by_round: list[list[Node]] = []
    for node in in_order(roots):
        depth = max((depths[arg] for arg in node.args), default=0)
        if isinstance(node, QUESTIONS):
            by_round += [[]] * (depth == len(by_round))
            by_round[depth] = [*by_round[depth], node]
            depth += 1
        depths[node] = depth
    return by_round
