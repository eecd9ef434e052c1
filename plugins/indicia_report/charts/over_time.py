"""The charts of all periods: lines of scores, and bumps of ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.errors import IndiciaError
from indicia_report.charts.highlights import highlighted_rows, number
from indicia_report.charts.measures import Measure, Series, measure_of, series_of
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names, sources
from indicia_report.markup import clean, rank_text, truncate
from indicia_report.slopes import spread_labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia_report.period_view import PeriodView

_WIDTH, _HEIGHT = 560, 380
_STEP = 34
"""The least pixels between two periods of a chart of ranks."""
_LEAD = 14
"""The pixels from a dot to its label."""
_NAME = 190
"""The most pixels of a name beside a line."""
_CLOSER = 8
"""The most rows for all ranks after the first ones."""
_MOST_GREY = 400
"""The most units without a colour that a chart of lines draws."""


@dataclass(frozen=True)
class Track:
    """A unit over the periods."""

    unit: str
    name: str
    values: Mapping[str, float | None]
    """The value by period."""

    def ends(self, periods: Sequence[str]) -> tuple[str, str]:
        """Return the first and the last period with a value."""
        present = [period for period in periods if self.values.get(period) is not None]
        return present[0], present[-1]


def lines(view: PeriodView, style: ChartStyle, top: int, part: str | None) -> Any:
    """Draw the scores of all units as grey lines, and those of some units as coloured lines with names."""
    measure, series = _series(view, part, "lines")
    marked = highlighted_rows(view, style.highlight)
    chosen = marked or view.order[:top]
    tracks = _tracks(view, style, series, "value")
    named = [tracks[view.units[at]] for at in chosen if view.units[at] in tracks]
    units = {track.unit for track in named}
    grey = [track for unit, track in tracks.items() if unit not in units][:_MOST_GREY]
    present = [value for track in (*named, *grey) for value in track.values.values() if value is not None]
    low, high = min(present), max(present)
    margin = 0.03 * (high - low or abs(high) or 1.0)
    domain = (low - margin, high + margin)
    height = _plot_height(style, _HEIGHT)
    alt = altair()
    axis = alt.Axis(grid=True, tickCount=6)
    y = alt.Y("value:Q", title=measure.words(style), scale=alt.Scale(domain=domain, nice=False, zero=False), axis=axis)
    labels = _right_labels(named, series, domain, height, lambda value: number(value, measure.digits), style)
    background = alt.Chart(chart_data(_points(grey, series))).mark_line(
        color=style["soft"], opacity=0.22, strokeWidth=1
    ).encode(x=_x(series), y=y, detail="unit:N", tooltip=["name:N", "period:N", "value:Q"])  # fmt: skip
    layers = background + _coloured(named, series, y, style) + _labels(labels, series, domain, style)
    said = (
        style.text("chart.the_highlighted", noun=style.noun(view.result.definition))
        if marked
        else style.text("chart.the_first", n=len(named), last=view.period)
    )
    key = "chart.title_lines" if measure.is_index else "chart.title_lines_of"
    drawn = len(named) + len(grey)
    return style.finish(
        layers.properties(width=_WIDTH, height=height),
        title=style.heading(
            key,
            part=style.name(measure.name),
            units=style.units(view.result.definition, drawn, len(tracks), first=False),
            first=series.periods[0],
            last=series.periods[-1],
        ),
        subtitle=style.text("chart.lines_say", named=said),
        description=_described(named, series, lambda value: number(value, measure.digits)),
        definition=view.result.definition,
        reflows=False,
        source=sources(view.result.definition, style.language),
    )


def bump(view: PeriodView, style: ChartStyle, top: int) -> Any:
    """Draw the ranks of the first units of the period over all periods, and those of highlighted units."""
    _, series = _series(view, None, "bump")
    marked = highlighted_rows(view, style.highlight)
    tracks = _tracks(view, style, series, "rank")
    rows = dict.fromkeys([*(at for at in view.order[:top]), *marked])
    shown = [tracks[view.units[at]] for at in rows if view.units[at] in tracks]
    bold = {view.units[at] for at in marked}
    first = float(max(1, min(top, len(tracks))))
    ranks = [rank for track in shown for rank in track.values.values() if rank is not None]
    heights = _Heights(first, max([first, *ranks]))
    domain = (heights.last + 0.6, 0.4)
    height = style.row_height(max(8, round(heights.last)), 5) * max(8.0, heights.last)
    alt = altair()
    y = alt.Y("height:Q", title=style.text("rank"), scale=alt.Scale(domain=domain, nice=False), axis=None)
    coloured = [track for track in shown if track.unit in bold] or shown
    grey = [track for track in shown if bold and track.unit not in bold]
    layers = _coloured(coloured, series, y, style, heights)
    if grey:
        layers = alt.Chart(chart_data(_points(grey, series, heights))).mark_line(
            color=style["soft"], opacity=0.5, strokeWidth=1.2, interpolate="monotone", point={"size": 16,
            "color": style["soft"]},
        ).encode(x=_x(series), y=y, detail="unit:N", tooltip=["name:N", "period:N", "value:Q"]) + layers  # fmt: skip
    for side in ("left", "right"):
        labels = _bump_labels(shown, series, heights, height, side, style)
        layers += _labels(labels, series, domain, style, side=side)
    width = max(_WIDTH - 100, min(1400, _STEP * len(series.periods)))
    units = style.units(view.result.definition, len(shown), len(tracks), first=len(shown) == len(view.order[:top]))
    return style.finish(
        layers.properties(width=width, height=height),
        title=style.heading("chart.title_bump", units=units, first=series.periods[0], last=series.periods[-1]),
        subtitle=style.text(
            "chart.bump_says" if heights.last == heights.lowest else "chart.bump_closer", n=f"{first:.0f}"
        ),
        description=_described(shown[:8], series, rank_text),
        definition=view.result.definition,
        reflows=False,
        source=sources(view.result.definition, style.language),
    )


@dataclass(frozen=True)
class _Heights:
    """The heights of ranks in a chart: ranks after the first ones are closer together."""

    first: float
    """The number of ranks that are as far apart as labels."""
    lowest: float
    """The last rank."""

    @property
    def last(self) -> float:
        """The height of the last rank, in rows."""
        return self.first + min(self.lowest - self.first, _CLOSER)

    def of(self, rank: float | None) -> float | None:
        """Return the height of a rank, in rows from 1."""
        if rank is None or rank <= self.first:
            return rank
        return self.first + (rank - self.first) * (self.last - self.first) / (self.lowest - self.first)


def _series(view: PeriodView, part: str | None, chart: str) -> tuple[Measure, Series]:
    measure = measure_of(view, part)
    series = series_of(measure)
    if series is None:
        raise IndiciaError(
            f"{chart} shows all periods, and this result has one period",
            remedy='period = "year" in [data] of the index file names the column of periods',
        )
    return measure, series


def _tracks(view: PeriodView, style: ChartStyle, series: Series, column: str) -> dict[str, Track]:
    """Return the units with a value in some period; those of the shown period have their names for readers."""
    values: dict[str, dict[str, float | None]] = {}
    for unit, period, value in series.frame.select("unit", "period", column).iter_rows():
        values.setdefault(unit, {})[period] = value
    names = dict(zip(view.units, (style.name(name) for name in view.names), strict=True))
    keys = [unit for unit, of_unit in values.items() if any(value is not None for value in of_unit.values())]
    labels = distinct_names([names.get(unit, clean(unit)) for unit in keys], map(clean, keys))
    return {unit: Track(unit, label, values[unit]) for unit, label in zip(keys, labels, strict=True)}


def _x(series: Series, name: str = "period") -> Any:
    alt = altair()
    if series.are_years:
        years = [int(period) for period in series.periods]
        return alt.X(
            f"{name}:Q", title=None, scale=alt.Scale(domain=[min(years), max(years)], nice=False),
            axis=alt.Axis(format="d", grid=False, tickMinStep=1, values=_years(years), labelFlush=False),
        )  # fmt: skip
    axis = alt.Axis(labelAngle=0, grid=False, labelOverlap=True)
    return alt.X(f"{name}:O", sort=list(series.periods), title=None, axis=axis, scale=alt.Scale(type="point"))


def _years(years: Sequence[int]) -> list[int]:
    """Return about ten of the years, the first and the last among them.

    >>> _years(range(2000, 2034))
    [2000, 2003, 2006, 2009, 2012, 2015, 2018, 2021, 2024, 2027, 2030, 2033]
    """
    step = max(1, round(len(years) / 11))
    chosen = list(years[::step])
    if chosen[-1] != years[-1]:
        chosen[-1 if years[-1] - chosen[-1] < step * (years[1] - years[0]) else len(chosen) :] = [years[-1]]
    return chosen


def _points(tracks: Sequence[Track], series: Series, heights: _Heights | None = None) -> list[dict[str, object]]:
    """Return a row for each unit and period; a period without a value breaks the line."""
    return [
        {"unit": track.unit, "name": track.name, "period": int(at) if series.are_years else at,
         "value": track.values.get(at), **({"height": heights.of(track.values.get(at))} if heights else {})}
        for track in tracks
        for at in series.periods
    ]  # fmt: skip


def _coloured(
    tracks: Sequence[Track], series: Series, y: Any, style: ChartStyle, heights: _Heights | None = None
) -> Any:
    alt = altair()
    names = [track.name for track in tracks]
    colours = style.highlights(len(names)) if style.highlight else style.palette(len(names))
    mark = {"interpolate": "monotone", "point": {"size": 34}} if heights else {"point": {"size": 14}}
    return (
        alt.Chart(chart_data(_points(tracks, series, heights)))
        .mark_line(strokeWidth=2.4, **mark)
        .encode(
            x=_x(series),
            y=y,
            detail="unit:N",
            color=alt.Color("name:N", scale=alt.Scale(domain=names, range=colours), legend=None),
            tooltip=["name:N", "period:N", "value:Q"],
        )
    )


def _plot_height(style: ChartStyle, default: float) -> float:
    return default if style.size[1] is None else max(60.0, style.size[1] - 150)


def _right_labels(
    tracks: Sequence[Track], series: Series, domain: tuple[float, float], height: float, shown: Any, style: ChartStyle
) -> list[dict[str, object]]:
    """Return the labels at the last values, moved apart where they would overlap."""
    row = style.text_size + 3
    lines = height / row
    low, high = domain
    places, ends = [], []
    for track in tracks:
        _, last = track.ends(series.periods)
        value = track.values[last]
        assert value is not None
        ends.append((track, last, value))
        places.append((high - value) / (high - low) * lines - 0.5)
    spread = spread_labels(places, max(lines - 1, len(tracks) - 1))
    return [
        {
            "period": int(last) if series.are_years else last,
            "name": track.name,
            "value": value,
            "free": high - (place + 0.5) / lines * (high - low),
            "label": f"{truncate(track.name, _NAME, style.text_size)} {shown(value)}",
        }
        for (track, last, value), place in zip(ends, spread, strict=True)
    ]


def _bump_labels(
    tracks: Sequence[Track], series: Series, heights: _Heights, height: float, side: str, style: ChartStyle
) -> list[dict[str, object]]:
    """Return the labels of the units that have a rank in the first or in the last period."""
    at = series.periods[0 if side == "left" else -1]
    present = [(track, value) for track in tracks if (value := track.values.get(at)) is not None]
    rows = heights.last + 0.2
    row = (style.text_size + 3) * rows / height  # the height of a label, in rows
    wanted = [heights.of(value) or 0.0 for _, value in present]
    places = spread_labels([(rank - 0.4) / row - 0.5 for rank in wanted], max(rows / row, len(present)) - 1)
    labels: list[dict[str, object]] = []
    for (track, value), rank, place in zip(present, wanted, places, strict=True):
        name, shown = truncate(track.name, _NAME, style.text_size), rank_text(value)
        labels.append(
            {
                "period": int(at) if series.are_years else at,
                "name": track.name,
                "value": rank,
                "free": 0.4 + (place + 0.5) * row,
                "label": f"{name} · {shown}" if side == "left" else f"{shown} · {name}",
            }
        )
    return labels


def _labels(
    labels: list[dict[str, object]], series: Series, domain: tuple[float, float], style: ChartStyle, side: str = "right"
) -> Any:
    """Draw labels beside the first or the last values, and lines from dots to labels that were moved."""
    alt, sign = altair(), 1 if side == "right" else -1
    scale = alt.Scale(domain=domain, nice=False, zero=False)
    base = alt.Chart(chart_data(labels)).encode(x=_x(series))
    leads = base.mark_rule(color=style["soft"], opacity=0.5, xOffset=4 * sign, x2Offset=_LEAD * sign).encode(
        x2="period:Q" if series.are_years else "period:O", y=alt.Y("value:Q", scale=scale), y2="free:Q"
    )
    names = base.encode(y=alt.Y("free:Q", scale=scale), text="label:N").mark_text(
        align="left" if side == "right" else "right", dx=(_LEAD + 3) * sign, fontSize=style.text_size
    )
    return leads + names


def _described(tracks: Sequence[Track], series: Series, shown: Any) -> str:
    sentences = []
    for track in tracks:
        first, last = track.ends(series.periods)
        sentences.append(f"{track.name}: {shown(track.values[first])} ({first}), {shown(track.values[last])} ({last})")
    return "; ".join(sentences)
