"""The chart of a ranking whose bars have the colours of bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.errors import IndiciaError, suggest
from indicia.run import ends_of_ranks
from indicia_report.bands import bands_of, rule_of_bands
from indicia_report.charts.figures import number
from indicia_report.charts.highlights import highlighted_rows, shown_rows
from indicia_report.charts.rankings import FADED, WIDTH, marked_below, title_of_ranking
from indicia_report.charts.style import altair, chart_data, distinct_names, sources
from indicia_report.imputed import with_mark
from indicia_report.markup import Texts, clean, rank_text

if TYPE_CHECKING:
    from indicia_report.bands import BandsView
    from indicia_report.charts.style import ChartStyle
    from indicia_report.period_view import PeriodView

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
