"""The ranking, with the contribution of each part to the score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.notes import Names, percentage
from indicia_report.bands import bands_of
from indicia_report.imputed import legend, with_mark
from indicia_report.marks import COLOURS, MARKS, mark_class
from indicia_report.markup import Html, escape, isolate, number, paragraph, rank_text, row, section, table
from indicia_report.period_view import LISTED

if TYPE_CHECKING:
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

WIDTH = 150
"""The width of a bar in pixels."""
GAP = 0.7
"""The gap between the parts of a bar in pixels."""
_MAX_LEVEL = 12
"""The most parts of a ranking with level headings; with more parts, headings are upright and names do not scroll."""


def ranking(view: PeriodView, texts: Texts) -> str:
    """Return the section with ranks, scores and contributions."""
    many = len(view.parts) > _MAX_LEVEL
    additive = view.contributions is not None
    stacked = additive and len(view.parts) <= MARKS
    headings = [heading(view, texts, place, upright=many, with_swatch=stacked) for place in range(len(view.parts))]
    group, shares, classifications = view.group, bool(view.imputed_scores.any()), bands_of(view)
    fixed = [texts.html("rank"), texts.html("unit"), *([texts.html("group")] if group else []), texts.html("score")]
    score_column = len(fixed)
    fixed += [texts.name(classification.name) for classification in classifications]
    fixed += [texts.html("imputed_share")] if shares else []
    headings = [*fixed, texts.html("contribution" if stacked else "score_bar"), *headings]
    drawn_bars = bars(view, stacked=stacked)
    groups = view.labels[group].to_list() if group else []
    digits = max(0, view.digits - 1) if many else view.digits
    rows = []
    for at in view.listed_rows:
        cells = [
            rank_text(view.ranks[at]),
            texts.name(view.names[at]),
            *([Html(f"<bdi>{escape(groups[at] or '–')}</bdi>")] if group else []),
            with_mark(number(view.scores[at], view.digits), view.imputed_scores[at]),
            *(classification.chip(at, texts) for classification in classifications),
            *([percentage(float(np.nan_to_num(view.imputed_share[at])))] if shares else []),
            drawn_bars[at],
            *(
                with_mark(number(value, digits), imputed)
                for value, imputed in zip(view.part_scores[at], view.imputed_parts[at], strict=True)
            ),
        ]
        rows.append(row(cells, head=1))
    bar = len(fixed)
    numbers = (1, score_column, *([bar] if shares else []), *range(bar + 2, bar + 2 + len(view.parts)))
    by = view.tree.rescaling or view.tree.aggregation
    intro = texts.html("ranking_says") if stacked else texts.html("ranking_plain", method=str(by))
    if stacked and not view.tree.aggregation.additive:
        intro = texts.html("ranking_mean", method=str(by))
    intro = texts.html("ranking_many", n=len(view.parts)) if additive and not stacked else intro
    colours = part_legend(view, texts) if stacked else Html("")
    shape = "ranking many" if many else "ranking"
    ranking_table = table("t-ranking", headings, rows, caption=texts.html("ranking"), numbers=numbers, classes=shape)
    omission = (
        paragraph(texts.html("rows_some", shown=f"{LISTED:,}", n=f"{len(view.units):,}"))
        if len(view.units) > LISTED
        else ""
    )
    paragraphs = [paragraph(intro), _unranked(view, texts), omission, legend(view, texts, shares=True), colours]
    return section("ranking", texts.html("ranking"), *paragraphs, ranking_table)


def _unranked(view: PeriodView, texts: Texts) -> str:
    """List the units that the index file excludes from the ranking."""
    names = [view.names[at] for at in view.order if not view.eligible[at]]
    if not names:
        return ""
    units = {code: Names.of(isolate(name[code]) for name in names).in_language(code, {}) for code in texts.languages}
    return paragraph(texts.html("unranked", units=units))


def heading(view: PeriodView, texts: Texts, place: int, *, upright: bool, with_swatch: bool) -> Html:
    """Return the heading of the scores of a part; with many parts, it has the number of the part in the legend."""
    name = texts.name(view.name_of(view.parts[place].id))
    if not upright:
        return Html(f"{place + 1} {name}") if len(view.parts) > COLOURS else name
    return Html(f'<span class="up">{name}</span><br>{f"{swatch(place)}<br>" if with_swatch else ""}{place + 1}')


def part_legend(view: PeriodView, texts: Texts) -> Html:
    """Return the legend in the order of the bars; parts have numbers if there are more parts than colours."""
    many = len(view.parts) > COLOURS
    items = "".join(
        f"<li>{swatch(place)} {f'{place + 1} ' if many else ''}{texts.name(view.name_of(part.id))}"
        for place, part in enumerate(view.parts)
    )
    return Html(f'<ul class="legend">{items}</ul>')


def swatch(place: int) -> str:
    """Return a small square with the mark of a part."""
    path = f'<path {mark_class(place)} d="M0 6h12"/>'
    return f'<svg class="bar" width="12" height="12" aria-hidden="true">{path}</svg>'


def bars(view: PeriodView, *, stacked: bool) -> list[Html]:
    """Return a bar per unit: the parts stacked, with negative parts to the left, or the score."""
    contributions = view.contributions
    if contributions is None or not stacked:
        contributions = np.nan_to_num(view.scores)[:, None]
    right = float(np.clip(contributions, 0, None).sum(axis=1).max(initial=0.0))
    left = float(np.clip(contributions, None, 0).sum(axis=1).min(initial=0.0))
    scale = WIDTH / ((right - left) or 1.0)
    zero = -left * scale
    return [_bar(values, zero, scale) for values in contributions.tolist()]


def _bar(values: list[float], zero: float, scale: float) -> Html:
    """Draw the parts of a bar as thick lines, which need few bytes; invisibly short parts are left out."""
    paths, ends = [], {True: zero, False: zero}
    for place, value in enumerate(values):
        start = ends[value > 0]
        ends[value > 0] = end = start + value * scale
        low, length = round(min(start, end), 1), round(abs(end - start) - GAP, 1)
        if length > 0:
            paths.append(f'<path {mark_class(place)} d="M{low:g} 6h{length:g}"/>')
    axis = f'<path class=axis d="M{zero:.1f} 0v12"/>' if zero else ""
    return Html(f"<svg class=bar width={WIDTH} height=12 aria-hidden=true>{''.join(paths)}{axis}</svg>")
