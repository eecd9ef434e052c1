"""Marks of the parts of an index in bars and legends: a colour, and beyond eight parts a colour with stripes.

Colour-blind readers distinguish no more than eight colours. The ninth part has the first colour again, with stripes, so
that no two of the first 32 parts have the same mark. The parts of a bar are in the order of the legend.
"""

from __future__ import annotations

COLOURS = 8
STRIPES: tuple[tuple[float, float], ...] = ((1, 0), (2, 1), (5, 1.5), (1, 1))
"""Pixels drawn and pixels left free, along a bar: no stripes, then three kinds of stripes."""
MARKS = COLOURS * len(STRIPES)
"""The number of different marks. Further parts have the marks of the first again, and a note says so."""


def mark(place: int) -> tuple[int, int]:
    """Return the colour and the stripes of a part, by its place in the index.

    >>> mark(0), mark(9), mark(32)
    ((0, 0), (1, 1), (0, 0))
    """
    stripes, colour = divmod(place % MARKS, COLOURS)
    return colour, stripes


def mark_class(place: int) -> str:
    """Return the class attribute of an element that has the mark of a part.

    >>> mark_class(3), mark_class(16)
    ('class=k3', 'class="k0 s2"')
    """
    colour, stripes = mark(place)
    return f'class="k{colour} s{stripes}"' if stripes else f"class=k{colour}"
