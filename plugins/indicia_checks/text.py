"""Numbers in sentences."""

from __future__ import annotations


def percent(share: float) -> str:
    """Return a share in percent, without decimals unless it is close to 0 or 100 %.

    >>> percent(0.4), percent(0.9996), percent(0.004)
    ('40 %', '99.96 %', '0.4 %')
    """
    value = 100 * share
    text = f"{value:.0f}" if 1 <= value <= 99 or value in (0.0, 100.0) else f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{text} %"


def number(value: float) -> str:
    """Return a number with at most six digits.

    >>> number(1234567.0), number(0.5)
    ('1.23457e+06', '0.5')
    """
    return f"{value:.6g}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "unit"), counted(1200, "row")
    ('1 unit', '1,200 rows')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
