"""The ranking, with what each part adds to the score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.notes import Names, percentage
from indicia.report.imputed import legend, marked
from indicia.report.marks import COLOURS, MARKS, mark_class
from indicia.report.markup import Html, inert, number, paragraph, row, section, table, text, whole
from indicia.report.subject import LISTED

if TYPE_CHECKING:
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject

WIDTH = 150
"""Of the bars, in pixels."""
GAP = 0.7
"""Between the parts of a bar."""
_COLUMNS = 12
"""In a ranking with more parts, headings stand upright, and the names of the units stay in sight."""


def ranking(subject: Subject, voice: Voice) -> str:
    """Return the table of ranks, scores and contributions."""
    many = len(subject.parts) > _COLUMNS
    additive = subject.contributions is not None
    stacked = additive and len(subject.parts) <= MARKS
    headings = [heading(subject, voice, place, upright=many, with_mark=stacked) for place in range(len(subject.parts))]
    group, shares = subject.group, bool(subject.imputed_scores.any())
    before = [voice.say("rank"), voice.say("unit"), *([voice.say("group")] if group else []), voice.say("score")]
    before += [voice.say("imputed_share")] if shares else []
    headings = [*before, voice.say("contribution" if stacked else "score_bar"), *headings]
    drawn = bars(subject, stacked=stacked)
    groups = subject.about[group].to_list() if group else []
    digits = max(0, subject.digits - 1) if many else subject.digits
    rows = []
    for at in subject.listed:
        cells = [
            whole(subject.ranks[at]),
            voice.name(subject.names[at]),
            *([Html(f"<bdi>{text(groups[at] or '–')}</bdi>")] if group else []),
            marked(number(subject.scores[at], subject.digits), subject.imputed_scores[at]),
            *([percentage(float(np.nan_to_num(subject.imputed_share[at])))] if shares else []),
            drawn[at],
            *(
                marked(number(value, digits), imputed)
                for value, imputed in zip(subject.components[at], subject.imputed_parts[at], strict=True)
            ),
        ]
        rows.append(row(cells, head=1))
    bar = len(before)
    numbers = (1, *range(4 if group else 3, bar + 1), *range(bar + 2, bar + 2 + len(subject.parts)))
    by = subject.tree.rescaling or subject.tree.aggregation
    how = voice.say("ranking_says") if stacked else voice.say("ranking_plain", method=str(by))
    how = voice.say("ranking_many", n=len(subject.parts)) if additive and not stacked else how
    colours = legend_of(subject, voice) if stacked else Html("")
    shape = "ranking many" if many else "ranking"
    drawn_table = table("t-ranking", headings, rows, caption=voice.say("ranking"), numbers=numbers, classes=shape)
    some = (
        paragraph(voice.say("rows_some", shown=f"{LISTED:,}", n=f"{len(subject.units):,}"))
        if len(subject.units) > LISTED
        else ""
    )
    says = [paragraph(how), _unranked(subject, voice), some, legend(subject, voice, shares=True), colours]
    return section("ranking", voice.say("ranking"), *says, drawn_table)


def _unranked(subject: Subject, voice: Voice) -> str:
    """Say which units the rules of the index keep out of the ranking."""
    left = [subject.names[at] for at in subject.order if not subject.eligible[at]]
    if not left:
        return ""
    names = {one: Names.of(inert(name[one]) for name in left) for one in voice.languages}
    return paragraph(voice.say("unranked", units={one: named.said(one, {}) for one, named in names.items()}))


def heading(subject: Subject, voice: Voice, place: int, *, upright: bool, with_mark: bool) -> Html:
    """Return the heading of a part's scores; where colours are used up, with the number that the legend gives it."""
    name = voice.name(subject.called(subject.parts[place].id))
    if not upright:
        return Html(f"{place + 1} {name}") if len(subject.parts) > COLOURS else name
    return Html(f'<span class="up">{name}</span><br>{f"{patch(place)}<br>" if with_mark else ""}{place + 1}')


def legend_of(subject: Subject, voice: Voice) -> Html:
    """Return the marks of the parts, in the order in which they are stacked, with numbers where colours are used up."""
    many = len(subject.parts) > COLOURS
    items = "".join(
        f"<li>{patch(place)} {f'{place + 1} ' if many else ''}{voice.name(subject.called(part.id))}"
        for place, part in enumerate(subject.parts)
    )
    return Html(f'<ul class="legend">{items}</ul>')


def patch(place: int) -> str:
    """Return the mark of a part."""
    path = f'<path {mark_class(place)} d="M0 6h12"/>'
    return f'<svg class="bar" width="12" height="12" aria-hidden="true">{path}</svg>'


def bars(subject: Subject, *, stacked: bool) -> list[Html]:
    """Return a bar per unit: its parts stacked, those below zero to the left, or the score as a whole."""
    added = subject.contributions
    if added is None or not stacked:
        added = np.nan_to_num(subject.scores)[:, None]
    right = float(np.clip(added, 0, None).sum(axis=1).max(initial=0.0))
    left = float(np.clip(added, None, 0).sum(axis=1).min(initial=0.0))
    scale = WIDTH / ((right - left) or 1.0)
    zero = -left * scale
    return [_bar(values, zero, scale) for values in added.tolist()]


def _bar(values: list[float], zero: float, scale: float) -> Html:
    """Draw parts as thick lines, which take few bytes; what is too short to be seen is left out."""
    paths, ends = [], {True: zero, False: zero}
    for place, value in enumerate(values):
        start = ends[value > 0]
        ends[value > 0] = end = start + value * scale
        low, length = round(min(start, end), 1), round(abs(end - start) - GAP, 1)
        if length > 0:
            paths.append(f'<path {mark_class(place)} d="M{low:g} 6h{length:g}"/>')
    axis = f'<path class=axis d="M{zero:.1f} 0v12"/>' if zero else ""
    return Html(f"<svg class=bar width={WIDTH} height=12 aria-hidden=true>{''.join(paths)}{axis}</svg>")
