"""The chart of the present, changed and imputed values of each indicator."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from indicia_report.charts.style import altair, chart_data, distinct_names, sources

if TYPE_CHECKING:
    from indicia_report.charts.style import ChartStyle
    from indicia_report.period_view import PeriodView


def coverage(view: PeriodView, style: ChartStyle) -> Any:
    """Draw a bar per indicator with the numbers of unchanged, changed, imputed and missing values."""
    alt = altair()
    result = view.result
    names = distinct_names(
        [style.name(view.label_of(leaf.id)) for leaf in view.leaves], [leaf.id for leaf in view.leaves]
    )
    cells = result.cells
    period = result.definition.data.period
    key = [result.unit, *([period] if period else []), "indicator"]
    first = cells.unique(key, keep="first", maintain_order=True)
    changed = Counter((name, before is None) for name, before in first.select("indicator", "before").iter_rows())
    raw = result.scored.raw.values
    kinds = [style.text(key) for key in ("as_measured", "changed", "filled_in", "missing")]
    data = []
    for name, leaf in zip(names, view.leaves, strict=True):
        gaps = raw[leaf.id].null_count()
        filled, altered = changed[leaf.id, True], changed[leaf.id, False]
        counts = (len(raw) - gaps - altered, altered, filled, gaps - filled)
        data += [
            {"indicator": name, "kind": kind, "values": count, "order": order}
            for order, (kind, count) in enumerate(zip(kinds, counts, strict=True))
        ]
    colours = [style.colours[0], style.colours[1], style.palette(5)[4], style["line"]]
    row = style.row_height(len(names), 4)
    chart = (
        alt.Chart(chart_data(data))
        .mark_bar(height=0.72 * row)
        .encode(
            y=alt.Y("indicator:N", sort=names, title=None),
            x=alt.X("values:Q", title=style.text("present"), stack="zero", scale=alt.Scale(domain=[0, len(raw)])),
            color=alt.Color(
                "kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=style.top_legend(kinds)
            ),
            order="order:Q",
            tooltip=["indicator:N", "kind:N", "values:Q"],
        )
        .properties(width=460, height=row * len(names))
    )
    gaps_sentence = f"{style.text('missing')}: {sum(raw[leaf.id].null_count() for leaf in view.leaves)}"
    return style.finish(
        chart,
        title=style.heading("chart.title_coverage", n=len(names)),
        subtitle=style.text("coverage_says"),
        description=f"{style.text('coverage_says')} {gaps_sentence}. {style.text('cells_says', n=len(cells))}",
        definition=view.result.definition,
        source=sources(view.result.definition, style.language),
    )
