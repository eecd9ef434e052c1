"""Marks of the parts of an index in bars and legends: a colour, and beyond eight parts a colour with stripes.

Colour-blind readers distinguish no more than eight colours. The ninth part has the first colour with stripes; the first
32 parts have different marks. The parts of a bar are in the order of the legend.
"""

from __future__ import annotations

COLOURS = 8
STRIPES: tuple[tuple[float, float], ...] = ((1, 0), (2, 1), (5, 1.5), (1, 1))
"""The pixels of a stripe and of the gap after it, along a bar: no stripes, then three kinds of stripes."""
MARKS = COLOURS * len(STRIPES)
"""The number of different marks. The marks begin again for further parts, and a note tells the reader."""


def mark(place: int) -> tuple[int, int]:
    """Return the colour and the stripes of a part, by its place in the index.

    >>> mark(0), mark(9), mark(32)
    ((0, 0), (1, 1), (0, 0))
    """
    stripes, colour = divmod(place % MARKS, COLOURS)
    return colour, stripes
