"""The heat map of units and parts, and the map of correlations between indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition import Leaf
from indicia_report.imputed import legend, with_mark
from indicia_report.markup import Html, number, paragraph, rank_text, row, section, table

if TYPE_CHECKING:
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

_PAPER_COLUMNS = 24
"""The most columns that fit on paper in the normal size."""


def heat_map(view: PeriodView, texts: Texts) -> str:
    """Return the section with the position of each unit in every dimension and indicator, in ten shades."""
    headings = [texts.html("rank"), texts.html("unit")]
    headings += [
        Html(f'<span class="up{"" if isinstance(part, Leaf) else " d"}">{texts.name(view.name_of(part.id))}</span>')
        for part in view.descendants
    ]
    values = (view.positions * 100).tolist()
    rows = []
    for at in view.listed_rows:
        cells = "".join(
            "<td>–" if value != value else f"<td class=h{min(9, int(value / 10))}>{with_mark(f'{value:.0f}', imputed)}"
            for value, imputed in zip(values[at], view.imputed[at], strict=True)
        )
        rows.append(row([rank_text(view.ranks[at]), texts.name(view.names[at])], head=1) + cells)
    shape = _shape(len(view.descendants))
    cells_table = table("t-heat", headings, rows, caption=texts.html("heat_map"), numbers=(1,), classes=shape)
    intro = paragraph(texts.html("heat_says")) + legend(view, texts)
    return section("heat-map", texts.html("heat_map"), intro, cells_table)


def correlation_map(view: PeriodView, texts: Texts) -> str:
    """Return the section with the correlations of the indicators with each other and with the score."""
    correlations = view.correlations
    count = len(view.leaves)
    numbers = [Html(str(place + 1)) for place in range(count)]
    headings = [Html("#"), texts.html("indicator"), texts.html("with_score"), *numbers]
    rows = []
    for place, leaf in enumerate(view.leaves):
        values = [correlations[place, count], *correlations[place, :count]]
        cells = "".join(_correlation(value, itself=column == place + 1) for column, value in enumerate(values))
        rows.append(row([str(place + 1), texts.name(view.name_of(leaf.id))], head=1) + cells)
    correlation_table = table(
        "t-correlation",
        headings,
        rows,
        caption=texts.html("correlation"),
        numbers=(1,),
        classes=_shape(count),
        search=False,
    )
    return section(
        "correlation", texts.html("correlation"), paragraph(texts.html("correlation_says")), correlation_table
    )


def _shape(columns: int) -> str:
    """Return the classes of a map; a map that does not fit on paper is printed small."""
    return "heat wide" if columns > _PAPER_COLUMNS else "heat"


def _correlation(value: float, *, itself: bool) -> str:
    if itself:
        return "<td>1"
    if value != value:
        return "<td>–"
    digits = number(value).replace("0.", ".", 1) if abs(value) < 0.995 else f"{value:.0f}"
    return f"<td class=c{min(8, int((value + 1) * 4.5))}>{digits}"
