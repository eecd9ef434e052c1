"""Lines on the attributes of values, for an inspection of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.errors import join_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition import Data
    from indicia.run import CellAttributes

_MOST_NAMES = 8
"""The largest number of indicators that a line names."""


def about_attributes(attributes: CellAttributes, data: Data) -> Iterator[str]:
    """Yield a line on each attribute: its indicators, and the number of values that have it."""
    for attribute, frame in attributes.frames.items():
        values = attributes.values.select(frame.columns)
        has_both = sum(int((frame[name].is_not_null() & values[name].is_not_null()).sum()) for name in frame.columns)
        present = sum(values[name].count() for name in frame.columns)
        without = [name for name in attributes.values.columns if name not in frame.columns]
        others = f"; none for {join_names(without, _MOST_NAMES)}" if without else ""
        noun = attribute.replace("_", " ")
        names = join_names(frame.columns, _MOST_NAMES)
        yield f"{noun} of values: {has_both:,} of {present:,} values of {names}{others}"
    if data.flags and not (data.attributes and data.attributes.has_flags):
        remedy = '[data.attributes] status = "flags" keeps them'
        yield f"flags behind numbers ({join_names(data.flags)}) are not kept; {remedy}"
