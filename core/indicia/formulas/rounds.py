"""The order in which the questions of a formula can be answered."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.formulas.node import Node


def rounds(questions: Iterable[Node]) -> list[list[Node]]:
    """Group statistics, cached columns and look-ups by the round in which each can be answered.

    A question is answered in the round after the last question whose value it needs.

    >>> from indicia.formulas import column, record
    >>> x = column("x")
    >>> def formula(recorder):
    ...     distance = (x - recorder("x", x).mean).abs()
    ...     return distance / recorder("distance", distance).max
    >>> [[node] for node in record(formula).questions.values()] == rounds(record(formula).questions.values())
    True
    """
    depth = attrgetter("depth")
    return [list(of_round) for _, of_round in groupby(sorted(questions, key=depth), depth)]
