"""The charts of rank draws: the interval of each unit, and the share of draws in each rank."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.tables.table import reader_names
from indicia_report.charts.highlights import UnitNames, between, is_dark, shown_rows
from indicia_report.charts.rankings import FADED
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names, legible, sources
from indicia_report.intervals import varied
from indicia_report.markup import Texts, clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from indicia_robustness import Robust

_LEAST_SHARE = 0.005
"""The least share of draws that a cell shows."""
_LABELLED = 0.1
"""The least share of draws that stands in the cell as a number."""
_CELL = 22
"""The width of a cell in pixels."""


class DrawnRanks:
    """The units of an analysis of robustness that have ranks, with their names."""

    def __init__(self, robust: Robust, style: ChartStyle) -> None:
        self.robust, self.style = robust, style
        self.unit = str(robust.definition.data.unit)
        names = reader_names(robust.units, robust.definition.data, style.language)
        self._names = dict(zip(robust.units[self.unit], names, strict=True))
        self.ranked = robust.units.drop_nulls("median")
        self.unranked = robust.units.filter(pl.col("median").is_null())

    def first(self, top: int) -> tuple[pl.DataFrame, list[int], list[int]]:
        """Return the first units with the highlighted ones below, their rows, and the highlighted rows."""
        keys = [str(key) for key in self.ranked[self.unit]]
        names = UnitNames(keys, [[str(self._names[key])] for key in self.ranked[self.unit]], {}, self.unit)
        marked = names.rows(self.style.highlight)
        rows = shown_rows(range(len(keys)), top, marked)
        return self.ranked[rows], rows, marked

    def labels(self, units: pl.DataFrame) -> list[str]:
        """Return the names of units for readers."""
        keys = units[self.unit]
        return distinct_names([clean(self._names[key]) for key in keys], [clean(key) for key in keys])

    @property
    def settings(self) -> dict[str, object]:
        """The number of draws, the seed, and what varies."""
        choices = varied(self.robust, Texts.of(self.style.language))[self.style.language]
        return {"draws": f"{self.robust.draws:,}", "seed": self.robust.seed, "varied": choices}

    def title(self, key: str, top: int) -> str:
        """Return the title with the number of units and of draws."""
        definition = self.robust.definition
        units = self.style.units(definition, min(top, len(self.ranked)), len(self.ranked))
        at = self.style.at(self.robust.period)
        return self.style.heading(key, units=units, draws=f"{self.robust.draws:,}", at=at)

    def left_out(self, below: Sequence[str]) -> list[str]:
        """Return the sentences on highlighted units, redrawn values, units without a rank, and draws that failed."""
        style, failed, runs = self.style, int(self.robust.failed.sum()), len(self.robust.failed)
        lines = [style.text("chart.highlighted_below", units=style.list_names(below))] if below else []
        if self.robust.redraws_values:
            lines.append(style.text("redrawn"))
        if len(self.unranked):
            lines.append(style.text("not_drawn", units=style.list_names(self.labels(self.unranked))))
        if failed:
            lines.append(style.text("draws_left_out", failed=f"{failed:,}", runs=f"{runs:,}"))
        return lines


def intervals(robust: Robust, style: ChartStyle, top: int) -> Any:
    """Draw the middle 90 % of the ranks of each unit, their median, and the rank in the index."""
    alt, drawn = altair(), DrawnRanks(robust, style)
    frame, rows, marked = drawn.first(top)
    names = drawn.labels(frame)
    data = [
        {
            "unit": name,
            **{key: row[key] for key in ("rank", "lower", "median", "upper")},
            "opacity": FADED if marked and at not in marked else 1,
        }
        for name, at, row in zip(names, rows, frame.iter_rows(named=True), strict=True)
    ]
    bold = [name for name, at in zip(names, rows, strict=True) if at in marked]
    lines = [
        style.text("draws", **drawn.settings),
        style.text("strip_says"),
        *drawn.left_out(names[top:]),
    ]
    row = style.row_height(len(names), len(lines) + 2)
    y = alt.Y("unit:N", sort=names, title=None, axis=style.unit_axis(bold))
    base = alt.Chart(chart_data(data)).encode(
        y=y,
        opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
        tooltip=["unit:N", "rank:Q", "lower:Q", "median:Q", "upper:Q"],
    )
    last = max((int(interval["upper"]) for interval in data), default=1)
    axis = alt.Axis(values=ticks_of_ranks(last))
    x = alt.X("lower:Q", title=style.text("rank"), axis=axis, scale=alt.Scale(domain=[0.5, last + 0.5], nice=False))
    line = base.mark_rule(strokeWidth=4, color=style.positive).encode(x=x, x2="upper:Q")
    tick = base.mark_tick(thickness=2, size=0.76 * row, color=style["ink"]).encode(x="rank:Q")
    dot = base.mark_circle(size=42, color=style["ink"]).encode(x="median:Q")
    return style.finish(
        (line + tick + dot).properties(width=520, height=row * len(names)),
        title=drawn.title("chart.title_intervals", top),
        subtitle="\n".join(lines),
        description=style.text("intervals_says", **drawn.settings),
        definition=robust.definition,
        source=sources(robust.definition, style.language),
    )


def acceptability(robust: Robust, style: ChartStyle, top: int) -> Any:
    """Draw a cell per unit and rank, as dark as the share of the draws in which the unit has this rank."""
    alt, drawn = altair(), DrawnRanks(robust, style)
    frame, rows, marked = drawn.first(top)
    names = drawn.labels(frame)
    shares = frame.select(drawn.unit).join(robust.acceptability, on=drawn.unit, how="left", maintain_order="left")
    of_rank = [column for column in shares.columns if column.isdigit()]
    strongest = style.palette(5)[4] if style.theme == "dark" else style.positive
    colours = [style["paper"], style.house.sequential[-1] if style.house.sequential else strongest]
    data = [
        {
            "unit": name,
            "rank": int(rank),
            "share": share,
            "label": f"{100 * share:.0f}" if share >= _LABELLED else "",
            "on": "#ffffff" if is_dark(between(colours, share**0.5)) else "#000000",
        }
        for name, cells in zip(names, shares.iter_rows(named=True), strict=True)
        for rank in of_rank
        if (share := cells[rank]) is not None and share >= _LEAST_SHARE
    ]
    first, last = min((cell["rank"] for cell in data), default=1), max((cell["rank"] for cell in data), default=1)
    bold = [name for name, at in zip(names, rows, strict=True) if at in marked]
    lines = [
        style.text("draws", **drawn.settings),
        style.text("chart.acceptability_cells"),
        *drawn.left_out(names[top:]),
    ]
    row = style.row_height(len(names), len(lines) + 3)
    ranks = _without_gaps(range(first, last + 1), {int(str(cell["rank"])) for cell in data})
    labels = alt.Axis(
        orient="top", labelAngle=0, grid=False, labelExpr="datum.value < 0 ? '…' : datum.label",
        values=[rank for rank in ranks if rank < 0 or _is_labelled(rank, ranks)],
    )  # fmt: skip
    base = alt.Chart(chart_data(data)).encode(
        x=alt.X("rank:O", title=style.text("rank"), scale=alt.Scale(domain=ranks), axis=labels),
        y=alt.Y("unit:N", sort=names, title=None, scale=alt.Scale(domain=names), axis=style.unit_axis(bold)),
        tooltip=["unit:N", "rank:O", alt.Tooltip("share:Q", format=".1%")],
    )
    cells = base.mark_rect(stroke=style["paper"], strokeWidth=0.5).encode(
        color=alt.Color(
            "share:Q", scale=alt.Scale(type="sqrt", domain=[0, 1], range=colours, interpolate="rgb"), legend=None
        )
    )
    layers = cells
    width = max(12, min(_CELL, 900 // len(ranks)))
    if (style.size[0] or width * len(ranks)) / len(ranks) >= 17:
        layers = cells + base.mark_text(fontSize=style.text_size - 2).encode(text="label:N", color=legible())
    certain = [f"{cell['unit']}: {cell['rank']} ({100 * float(str(cell['share'])):.0f} %)" for cell in data[:400]
               if float(str(cell["share"])) >= 0.5][:5]  # fmt: skip
    return style.finish(
        layers.properties(width=max(200, width * len(ranks)), height=row * len(names)),
        title=drawn.title("chart.title_acceptability", top),
        subtitle="\n".join(lines),
        description=f"{style.text('chart.acceptability_cells')} {', '.join(certain)}",
        definition=robust.definition,
        reflows=False,
        source=sources(robust.definition, style.language),
    )


def ticks_of_ranks(last: int) -> list[int]:
    """Return the ranks that an axis names: the first, and about ten more.

    >>> ticks_of_ranks(12), ticks_of_ranks(193)[:3]
    ([1, 5, 10], [1, 15, 30])
    """
    return [1, *range(step := 5 * max(1, last // 50), last + 1, step)]


def _without_gaps(ranks: Iterable[int], taken: Collection[int]) -> list[int]:
    """Return the ranks that some unit has; a number below 0 stands for several ranks in a row that no unit has.

    >>> _without_gaps(range(1, 10), {1, 2, 4, 8, 9})
    [1, 2, 3, 4, -5, 8, 9]
    """
    kept: list[int] = []
    for is_taken, group in groupby(ranks, key=lambda rank: rank in taken):
        members = list(group)
        kept += members if is_taken or len(members) == 1 else [-members[0]]
    return kept


def _is_labelled(rank: int, ranks: Sequence[int]) -> bool:
    step = max(1, round(len(ranks) / 30))
    return step == 1 or rank == 1 or rank % (5 * max(1, round(step / 5))) == 0
