"""Numbers in sentences."""

from __future__ import annotations

from indicia.checks import Sentence

_THOUSAND = 999.5
_MILLION = 999_999.5
_LARGEST = 1e15
"""Above this number, digits before the point are no longer exact."""


def percent(share: float) -> str:
    """Return a share in percent, without decimals unless it is close to 0 or 100 %.

    >>> percent(0.4), percent(0.9996), percent(0.004)
    ('40 %', '99.96 %', '0.4 %')
    """
    value = 100 * share
    text = f"{value:.0f}" if 1 <= value <= 99 or value in (0.0, 100.0) else f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{text} %"


def number(value: float) -> str:
    """Return a number with at most six digits; a number of seven to fifteen digits before the point has them all.

    >>> number(17098242.0), number(0.5), number(1.5e20)
    ('17,098,242', '0.5', '1.5e+20')
    """
    return f"{value:,.0f}" if _MILLION <= abs(value) < _LARGEST else f"{value:.6g}"


def rounded(value: float) -> str:
    """Return a positive number with three digits, and all digits before the point.

    >>> rounded(0.96429), rounded(1118.2)
    ('0.964', '1,118')
    """
    return f"{value:.3g}" if value < _THOUSAND else f"{value:,.0f}"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "unit"), counted(1200, "row")
    ('1 unit', '1,200 rows')
    """
    return Sentence(f"{{number:,}} {noun}" if number == 1 else f"{{number:,}} {noun}s", number=number)
