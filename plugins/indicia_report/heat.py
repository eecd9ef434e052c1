"""The heat map of units and parts, and the map of correlations between indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition import Leaf
from indicia_report.imputed import legend, with_mark
from indicia_report.markup import Html, paragraph, rank_text, row, section, table

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


def _shape(columns: int) -> str:
    """Return the classes of a map; a map that does not fit on paper is printed small."""
    return "heat wide" if columns > _PAPER_COLUMNS else "heat"
