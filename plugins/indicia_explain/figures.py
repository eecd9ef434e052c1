"""Scores and their parts with the digits that a sentence needs."""

from __future__ import annotations

from math import ceil, log10
from typing import TYPE_CHECKING

from indicia.methods.noise import NOISE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.result import Result


def decimals_of(result: Result) -> int:
    """Return the decimals of scores and of their parts: those of printed scores, or enough for three digits.

    Scores that are rounded to whole numbers would leave parts without a digit.
    """
    size = max((abs(float(score)) for score in result.scores["score"].drop_nulls()), default=0.0)
    return max(result.shown_decimals, _decimals(size) if size else 0)


def rounding_of(parts: Iterable[float | None], total: float, digits: int) -> float:
    """Return what the parts, as shown with these digits, leave of their total as shown; 0.0 if they add up to it.

    >>> rounding_of([0.0136, -0.0043, -0.0097, -0.0002], -0.0006, 3), rounding_of([1.25, 2.5], 3.75, 2)
    (-0.001, 0.0)
    """
    added = sum(round(part, digits) for part in parts if part is not None)
    return round(round(total, digits) - added, digits) + 0.0


def distinct_figures(first: float, second: float, size: float, least: int = 0) -> tuple[str, str]:
    """Write two scores as `figure` does, with more decimals if they would look alike.

    >>> distinct_figures(11.112, 11.1, 40.0), distinct_figures(45.92, 40.0, 76.5)
    (('11.11', '11.10'), ('45.9', '40.0'))
    """
    for decimals in range(least, 9):
        texts = figure(first, size, least=decimals), figure(second, size, least=decimals)
        if texts[0] != texts[1]:
            return texts
    return figure(first, size, least=least), figure(second, size, least=least)


def figure(value: float, size: float, *, signed: bool = False, least: int = 0) -> str:
    """Write a number with about three digits of the scale; a smaller number that is not zero with two digits.

    Parameters
    ----------
    value
        A score, or a part of one.
    size
        The largest score of the scale; 0 if all are zero.
    signed
        True for a sign before positive numbers too.
    least
        The least number of decimals.

    Returns
    -------
    str
        The number, with a minus sign (−) if it is below zero.

    Examples
    --------
    >>> figure(45.92, 76.5), figure(0.96652, 0.967), figure(-3.1, 76.5, signed=True), figure(0.00041, 0.967)
    ('45.9', '0.967', '−3.1', '0.00041')
    >>> figure(12_345.6, 20_000), figure(0.0, 1.0, signed=True), figure(2.04, 76.5, signed=True)
    ('12,346', '0.000', '+2.0')
    >>> figure(5.78, 100.0), figure(5.78, 100.0000000000002)
    ('5.8', '5.8')
    """
    if size == 0:
        return "0"
    decimals = max(least, _decimals(size))
    text = f"{abs(value):,.{decimals}f}"
    if value != 0 and float(text.replace(",", "")) == 0:
        text = f"{abs(value):.2g}"
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return f"{sign}{text}"


def _decimals(size: float) -> int:
    """Return the decimals of three digits of a scale; what its largest score has by rounding errors costs none."""
    return 3 - ceil(log10(size * (1 - NOISE)))
