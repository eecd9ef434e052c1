"""The facts of normalised columns that follow from those of the columns before, so that no partition computes them.

A normalisation that is a straight line takes the ends to the ends, and the mean to the mean.
"""

from __future__ import annotations

from math import isfinite, nan
from typing import TYPE_CHECKING

import polars as pl

from indicia.formulas.node import Column, FixedValue, Number, Operation, Statistic, postorder
from indicia.partitions.profiles import ColumnFacts, PartitionProfile
from indicia.tables.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.formulas.node import Node
    from indicia.statistics.profile import Profile
    from indicia.tables.evaluate import Evaluation

_MOST_LOST = 300
"""The factor by which rounding errors of a mean may grow; beyond it, the mean is computed from the values."""


def facts_of_lines(evaluation: Evaluation, profiles: Mapping[str, Profile]) -> dict[str, ColumnFacts]:
    """Return the facts of all rows of computed columns that are straight lines of columns with known facts.

    Parameters
    ----------
    evaluation
        The computed columns, with statistics of all rows.
    profiles
        The profiles of the columns before, under the same names.
    """
    before = {
        name: facts
        for name, formula in evaluation.formulas.items()
        if (facts := _known(profiles[name])) is not None and is_line(formula.root, name)
    }
    if not before:
        return {}
    points = pl.DataFrame(
        {name: [facts.lowest, facts.highest, facts.statistic("mean")] for name, facts in before.items()}
    )
    formulas = {name: evaluation.formulas[name] for name in before}
    images = evaluate(points, formulas, fitted=evaluation.statistics).frame
    return {
        name: image for name, facts in before.items() if (image := _image(facts, images[name].to_list())) is not None
    }


def _known(profile: Profile) -> ColumnFacts | None:
    """Return the facts of all rows if they are known, with a mean."""
    facts = profile.facts() if isinstance(profile, PartitionProfile) else None
    return None if facts is None or facts.statistic("mean") is None else facts


def _image(before: ColumnFacts, points: list[float | None]) -> ColumnFacts | None:
    """Return the facts, given the images of the ends and of the mean; None if an image is not finite."""
    numbers = [point for point in points if point is not None and isfinite(point)]
    if len(numbers) < len(points) or before.lowest == before.highest:
        return None
    *ends, mean = numbers
    assert before.lowest is not None
    assert before.highest is not None
    # values far from 0 with a small range lose digits, as do means close to 0
    slope = (max(ends) - min(ends)) / (before.highest - before.lowest)
    error = slope * max(abs(before.lowest), abs(before.highest)) + max(map(abs, ends))
    has_digits = error < _MOST_LOST * abs(mean)
    return before._replace(lowest=min(ends), highest=max(ends), total=mean * before.present if has_digits else nan)


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
