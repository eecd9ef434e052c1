"""Numbers in charts, with the minus sign of the axes."""

from __future__ import annotations

from indicia_report import markup


def number(value: float | None, digits: int = 2) -> str:
    """Format a number with U+2212 as its minus sign, which the axes of charts have too.

    >>> number(-0.5, 1), number(None)
    ('−0.5', '–')
    """
    return markup.number(value, digits).replace("-", "−")


def figure(value: float | None) -> str:
    """Format a figure of the data with four digits.

    >>> figure(-1234567.8), figure(0.5)
    ('−1,234,568', '0.5')
    """
    if value is None or value != value:
        return "–"
    text = f"{value:,.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:,.4g}"
    return text.replace("-", "−")
