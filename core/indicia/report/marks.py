"""Marks of the parts of an index in bars and legends: a colour, and beyond eight parts a colour with stripes.

Eight colours are as many as can be told apart by the colour-blind. The ninth part takes the first colour again, with
stripes, so that no two of the first 32 parts have the same mark; in a bar, parts stand in the order of the legend.
"""

from __future__ import annotations

COLOURS = 8
STRIPES: tuple[tuple[float, float], ...] = ((1, 0), (2, 1), (5, 1.5), (1, 1))
"""Pixels that are drawn and left free, along a bar: plain, then three kinds of stripes."""
MARKS = COLOURS * len(STRIPES)
"""Parts beyond so many take the marks of the first again, which a page or chart then says."""


def mark(place: int) -> tuple[int, int]:
    """Return the colour and the stripes of a part, by its place in the index.

    >>> mark(0), mark(9), mark(32)
    ((0, 0), (1, 1), (0, 0))
    """
    stripes, colour = divmod(place % MARKS, COLOURS)
    return colour, stripes


def mark_class(place: int) -> str:
    """Return the attribute of an element that is drawn with the mark of a part.

    >>> mark_class(3), mark_class(16)
    ('class=k3', 'class="k0 s2"')
    """
    colour, stripes = mark(place)
    return f'class="k{colour} s{stripes}"' if stripes else f"class=k{colour}"
