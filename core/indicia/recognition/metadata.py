"""Tables that describe the indicators of another table: their directions, weights, units of measure and dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.recognition.coinr import read_coinr_list
from indicia.recognition.indicator_lists import read_indicator_list
from indicia.recognition.metadata_cells import cell_text
from indicia.recognition.words import plain_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from indicia.recognition.metadata_values import Metadata

_MOST_ROWS = 5_000


def recognise_metadata(
    frame: pl.DataFrame, columns: Sequence[str], main: pl.DataFrame | None = None
) -> Metadata | None:
    """Return the description of the columns of another table; None for a table that describes no columns.

    `columns` are the names of the columns that may be described, and `main` is their table: its columns of numbers that
    the description does not list are left out.

    >>> import polars as pl
    >>> table = pl.DataFrame({"code": ["gdp", "co2"], "direction": [1, -1], "pillar": ["economy", "nature"]})
    >>> metadata = recognise_metadata(table, ["city", "gdp", "co2"])
    >>> metadata.indicators["co2"]
    {'direction': 'cost', 'dimension': 'nature'}
    >>> list(metadata.dimensions)
    ['economy', 'nature']
    """
    if frame.height > _MOST_ROWS or frame.width < 2:
        return None
    table = {name: [cell_text(cell) for cell in frame[name]] for name in frame.columns}
    coinr = {plain_words(name).replace(" ", ""): name for name in table}
    if "icode" in coinr and {"type", "parent"} & set(coinr):
        return read_coinr_list({word: table[name] for word, name in coinr.items()}, columns, main)
    return read_indicator_list(table, columns, main)
