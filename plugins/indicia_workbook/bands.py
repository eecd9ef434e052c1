"""The bands of the units as formulas: numbers from 1, the band of the lowest figures."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data import numbers
from indicia.definition import RANK, ROOT, SCORE, Bands, text
from indicia.errors import strip_controls
from indicia.run import figures_of, numbers_of_bands
from indicia_workbook.contents import MAX_ROWS, Contents, group_of
from indicia_workbook.sheets import Group
from indicia_workbook.text import LIMIT, Column, word
from indicia_workbook.trace import WITHHELD

if TYPE_CHECKING:
    from indicia_workbook.text import Values


_SHARE = "1E-9"
"""The rounding error of a share of the units."""
_CHOICES = 254
"""The most names that CHOOSE takes."""
_LETTERS = 255
"""The most letters of a text in a formula."""


def add_bands(contents: Contents) -> None:
    """Add the number of each unit's band to the sheet of the index, a column for each classification."""
    result, layout = contents.result, contents.layout
    for name, bands in result.definition.bands.items():
        title = text(bands.name, contents.language, name)
        title = word("band_number", contents.language, name=title) if bands.has_names else title
        expected = numbers_of_bands(result.bands_of_rows[name], bands)
        source = _source(contents, name, bands)
        if isinstance(source, str):
            contents.not_live[name] = source
            contents.bands[name] = layout.add("level 0", title, expected, why=source)
        else:
            formula = _by_limits(bands, source) if bands.shares is None else _by_shares(contents, name, bands, source)
            contents.bands[name] = layout.add("level 0", title, expected, formula)


def _source(contents: Contents, name: str, bands: Bands) -> Column | str:
    """Return the column of the figures that are classified, or the reason why the bands have no formula."""
    if bands.shares is not None and contents.layout.rows > MAX_ROWS:
        return f"many rows: {MAX_ROWS}"
    scored = contents.result.scored
    if bands.of == RANK:
        return contents.ranks["rank"]
    part = ROOT if bands.of == SCORE else bands.of
    column = contents.scores.get(part)
    if column is None:
        column = contents.data.get(part)
        if not contents.result.definition.publishes_raw_values:
            return WITHHELD
        if column is None or not scored.prepared[part].equals(scored.raw.values[part], null_equal=True):
            return "before_treatment"
    if bands.decimals is None:
        return column
    rounded = f'IF({column.here}="","",FLOOR({column.here}*1E{bands.decimals}+0.500000001,1)/1E{bands.decimals})'
    return contents.layout.add("steps", f"{name} · 0", numbers(figures_of(scored, name, bands)), rounded)


def _by_limits(bands: Bands, source: Column) -> str:
    """Return the formula that counts the limits that a figure has reached, or has passed."""
    comparison = ">=" if bands.closed == "lower" else ">"
    sign = "-" if bands.closed == "lower" else "+"
    noise = 1e-12 * max(abs(limit) for limit in bands.limits)
    reached = "".join(f"+({source.here}{comparison}{limit!r}{sign}{noise:.0E})" for limit in bands.limits)
    return f'IF({source.here}="","",1{reached})'


def _by_shares(contents: Contents, name: str, bands: Bands, source: Column) -> str:
    """Return the formula of the band from the place of a unit among the eligible units of its period and group."""
    layout, definition = contents.layout, contents.result.definition
    period = definition.data.period
    key = [column for column in (period, *bands.within) if column]
    figures = numbers(figures_of(contents.result.scored, name, bands))
    if bands.of != RANK and contents.takes_part is not None:
        formula = f'IF({contents.takes_part.here}=1,{source.here},"")'
        figures = np.where(contents.values(contents.takes_part) == 1, figures, np.nan)
        source = layout.add("steps", f"{name} · 1", figures, formula)
    peers = f'({source.all}<>"")'
    if key:
        units = contents.result.scored.units
        complete = (
            units.select(pl.all_horizontal(pl.col(column).is_not_null() for column in key)).to_series().to_numpy()
        )
        group = group_of(units, key)
        code = layout.code(Group(group.key, np.where(complete, group.included, 0), group.used, group.labels))
        peers += f"*({code.all}={code.here})"
    place = source.here
    if bands.of != RANK or bands.within:
        ties = definition.methodology.ties if bands.of == RANK else "min"
        place = f"({_place(source, peers, figures, ties)})"
    share = f"{place}/SUMPRODUCT({peers})"
    if isinstance(bands.shares, int):
        band = f"ROUNDUP({bands.shares}*{share}-{_SHARE},0)"
    else:
        ends = list(accumulate((bands.shares or ())[:-1]))
        band = "1" + "".join(f"+({share}>{end!r}+{_SHARE})" for end in ends)
    return f'IF({source.here}="","",{band})'


def _place(source: Column, peers: str, figures: Values, ties: str) -> str:
    """Return the formula of the place of a figure, the lowest first, beyond rounding noise."""
    noise = f"{1e-12 * float(np.nanmax(np.abs(figures), initial=0.0)):.3E}"
    below = f"SUMPRODUCT({peers}*({source.all}<{source.here}-{noise}))"
    up_to = f"SUMPRODUCT({peers}*({source.all}<={source.here}+{noise}))"
    return {"min": f"1+{below}", "max": up_to, "average": f"(1+{below}+{up_to})/2"}[ties]


def band_name(contents: Contents, name: str, number: str) -> str:
    """Return the formula of the name of a band, for the formula of its number."""
    bands = contents.result.definition.bands[name]
    if not bands.has_names:
        return number
    labels = [strip_controls(label).replace('"', '""') for label in bands.labels(contents.language)]
    quoted = ",".join(f'"{label}"' for label in labels)
    formula = f"CHOOSE({number},{quoted})"
    has_room = len(labels) <= _CHOICES and max(map(len, labels)) <= _LETTERS and len(formula) < LIMIT // 2
    return formula if has_room else number
