"""The charts with a line or a mark for each unit on one scale, and by band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.errors import IndiciaError, suggest
from indicia.run import ends_of_ranks
from indicia_report.bands import BandsView, bands_of, rule_of_bands
from indicia_report.charts.highlights import highlighted_rows, number, shown_rows
from indicia_report.charts.measures import Measure, measure_of
from indicia_report.charts.rankings import FADED, WIDTH, marked_below, title_of_ranking
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names, sources
from indicia_report.imputed import with_mark
from indicia_report.markup import Texts, clean, rank_text

if TYPE_CHECKING:
    from indicia_report.period_view import PeriodView

_ROW = 40
_SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross")


def strip(view: PeriodView, style: ChartStyle, part: str | None) -> Any:
    """Draw a line for each unit at its score, in a row for the index and each part, with the median of all."""
    alt = altair()
    measures = _measures(view, part)
    marked = highlighted_rows(view, style.highlight)
    rows = distinct_names(
        [style.name(view.label_of(measure.id)) for measure in measures], [measure.id for measure in measures]
    )
    names = distinct_names([style.name(name) for name in view.names], [clean(unit) for unit in view.units])
    values = [measure.values for measure in measures]
    data = [
        {"row": row, "unit": names[at], "value": float(value)}
        for row, of_row in zip(rows, values, strict=True)
        for at, value in enumerate(of_row)
        if not np.isnan(value)
    ]
    medians = [{"row": row, "value": float(np.nanmedian(of_row))} for row, of_row in zip(rows, values, strict=True)
               if not np.isnan(of_row).all()]  # fmt: skip
    coloured = [
        {"row": row, "unit": names[at], "value": float(of_row[at]), "label": number(float(of_row[at]), measure.digits)}
        for row, of_row, measure in zip(rows, values, measures, strict=True)
        for at in marked
        if not np.isnan(of_row[at])
    ]
    row = style.row_height(len(rows), 6) if style.size[1] else _ROW
    x = alt.X("value:Q", title=measures[0].words(style) if len(measures) == 1 else style.text("score"),
              scale=alt.Scale(zero=False, nice=True))  # fmt: skip
    y = alt.Y("row:N", sort=rows, title=None, scale=alt.Scale(domain=rows), axis=style.unit_axis(rows[:1]))
    tooltip = ["unit:N", alt.Tooltip("value:Q", format=".4~g")]
    base = alt.Chart(chart_data(data)).encode(x=x, y=y, tooltip=tooltip)
    ticks = base.mark_tick(thickness=1.2, size=0.5 * row, color=style["soft"], opacity=0.5)
    middle = alt.Chart(chart_data(medians)).encode(x=x, y=y)
    layers = ticks + middle.mark_tick(thickness=2.4, size=0.75 * row, color=style["ink"])
    if coloured:
        domain = [names[at] for at in marked]
        shapes = [_SHAPES[at % len(_SHAPES)] for at in range(len(marked))]
        legend = style.top_legend(domain)
        layers += alt.Chart(chart_data(coloured)).mark_point(
            filled=True, size=85, opacity=1, stroke=style["paper"], strokeWidth=1
        ).encode(
            x=x, y=y, tooltip=["unit:N", "label:N"],
            color=alt.Color("unit:N", title=None, legend=legend,
                            scale=alt.Scale(domain=domain, range=style.highlights(len(marked)))),
            shape=alt.Shape("unit:N", title=None, legend=legend, scale=alt.Scale(domain=domain, range=shapes)),
        )  # fmt: skip
    else:
        layers += _extremes(view, style, measures[0], rows[0], names, x, y)
    present = int((~np.isnan(values[0])).sum())
    definition = view.result.definition
    units = style.units(definition, present, len(view.units), first=False)
    key = "chart.title_ranking" if measures[0].is_index else "chart.title_ranking_of"
    listed = coloured or medians
    said = ", ".join(f"{entry.get('unit', '')} {entry['row']} {number(float(str(entry['value'])), 2)}".strip()
                     for entry in listed[:8])  # fmt: skip
    return style.finish(
        layers.properties(width=520, height=row * len(rows)),
        title=style.heading(key, units=units, part=rows[0], at=style.at(view.period)),
        subtitle=style.text("chart.strip_chart_says", noun=style.noun(definition)),
        description=f"{style.text('median')}: {said}" if not coloured else said,
        definition=definition,
        source=sources(definition, style.language),
    )


def _measures(view: PeriodView, part: str | None) -> list[Measure]:
    """Return the index and its parts if their scores have one scale, else the index alone; or the one part."""
    first = measure_of(view, part)
    has_scale = view.tree.aggregation.power is not None and view.tree.rescaling is None
    if part is not None or not has_scale:
        return [first]
    return [first, *(measure_of(view, part.id) for part in view.parts)]


def _extremes(view: PeriodView, style: ChartStyle, measure: Measure, row: str, names: list[str], x: Any, y: Any) -> Any:
    """Name the units with the lowest and the highest score."""
    alt = altair()
    values = measure.values
    present = np.flatnonzero(~np.isnan(values))
    if not len(present):
        return alt.Chart(chart_data([])).mark_text()
    ends = {"right": int(present[values[present].argmin()]), "left": int(present[values[present].argmax()])}
    marks = [
        {"row": row, "value": float(values[at]), "name": f"{names[at]} {number(float(values[at]), measure.digits)}",
         "side": side}
        for side, at in ends.items()
    ]  # fmt: skip
    base = alt.Chart(chart_data(marks)).encode(x=x, y=y, text="name:N")
    layers = None
    for side, align in (("right", "left"), ("left", "right")):
        named = style.labels(base.transform_filter(f"datum.side == '{side}'"), align=align, dy=-15)
        layers = named if layers is None else layers + named
    return layers


_SHADES = {
    "light": ("#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#8bc834"),
    "dark": ("#9a72c9", "#7c82d6", "#5fa0d0", "#46b5b5", "#4fcf95", "#8fe06a", "#fde725"),
}
"""The colours of the worst band to the best, without the shades that the background of the theme would hide."""


def ranking_by_band(view: PeriodView, style: ChartStyle, top: int, by: str) -> Any:
    """Draw a bar per unit in the colour of its band; the legend lists the bands from the best."""
    alt, classification = altair(), _classification(view, by)
    marked = highlighted_rows(view, style.highlight)
    order = shown_rows(view.order, top, marked)
    names = distinct_names([style.name(view.names[at]) for at in order], [clean(view.units[at]) for at in order])
    labels = [style.name(label) for label in classification.labels]
    figures = [with_mark(number(float(view.scores[at]), view.digits), view.imputed_scores[at]) for at in order]
    numbers = [classification.numbers[at] for at in order]
    data = [
        {
            "unit": name,
            "band": style.text("no_band") if band is None else labels[band - 1],
            "value": float(np.nan_to_num(view.scores[at])),
            "opacity": FADED if marked and at not in marked else 1,
            "label": " \u00b7 ".join(part for part in (rank_text(float(view.ranks[at])), figure) if part != "\u2013"),
        }
        for name, at, figure, band in zip(names, order, figures, numbers, strict=True)
    ]
    colours = _colours(classification, style)
    if None in numbers:
        colours[style.text("no_band")] = style["half"]
    rule = style.name(rule_of_bands(classification, view, Texts.of(style.language)))
    lines = [
        " \u00b7 ".join(filter(None, (view.result.methodology, view.period))),
        *style.sentences(ends_of_ranks(view.result.definition, view.tree)),
        rule,
        *style.legend(bool(view.imputed_scores[order].any())),
        *marked_below(view, style, order, top),
    ]
    row = style.row_height(len(names), len(lines) + 3)
    bold = [name for name, at in zip(names, order, strict=True) if at in marked]
    base = alt.Chart(chart_data(data)).encode(
        y=alt.Y("unit:N", sort=names, title=None, scale=alt.Scale(domain=names), axis=style.unit_axis(bold)),
        x=alt.X("value:Q", title=style.text("score"), axis=alt.Axis(grid=False)),
        tooltip=["unit:N", "band:N", "label:N"],
    )
    bars = base.mark_bar(height=0.72 * row).encode(
        color=alt.Color(
            "band:N",
            title=style.name(classification.name),
            scale=alt.Scale(domain=list(colours), range=list(colours.values())),
            legend=style.top_legend(colours),
        ),
        opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
    )
    labelled = style.labels(base.encode(text="label:N"), align="left", dx=4)
    first = ", ".join(f"{entry['unit']} {entry['label']} {entry['band']}" for entry in data[:3])
    return style.finish(
        (bars + labelled).properties(width=WIDTH, height=row * len(names)),
        title=title_of_ranking(view, style, top),
        subtitle="\n".join(lines),
        description=f"{style.text('ranking')}: {first}",
        definition=view.result.definition,
        source=sources(view.result.definition, style.language),
    )


def _colours(classification: BandsView, style: ChartStyle) -> dict[str, str]:
    """Return the colour of each band by its name, from the best band to the worst."""
    shades, colours = _SHADES[style.theme], {}
    for band in sorted(range(1, len(classification.labels) + 1), key=classification.position, reverse=True):
        shade = round(classification.position(band) * (len(shades) - 1))
        colours[style.name(classification.labels[band - 1])] = shades[shade]
    return colours


def _classification(view: PeriodView, by: str) -> BandsView:
    """Return a classification by name."""
    classifications = {classification.id: classification for classification in bands_of(view)}
    if by not in classifications:
        raise IndiciaError(
            f'the index has no bands "{by}"',
            remedy=suggest(by, classifications) or f"write [bands.{by}] in the index file",
        )
    return classifications[by]
