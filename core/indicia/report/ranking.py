"""The ranking, with what each part adds to the score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.notes import Names
from indicia.report.marks import MARKS, mark_class
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
"""A ranking with more parts leaves their scores to the heat map."""


def ranking(subject: Subject, voice: Voice) -> str:
    """Return the table of ranks, scores and contributions."""
    parts = subject.parts if len(subject.parts) <= _COLUMNS else ()
    names = [voice.name(subject.called(part.id)) for part in parts]
    additive = subject.contributions is not None
    group = subject.group
    headings = [
        voice.say("rank"),
        voice.say("unit"),
        *([voice.say("group")] if group else []),
        voice.say("score"),
        voice.say("contribution" if additive else "score_bar"),
        *names,
    ]
    drawn = bars(subject)
    groups = subject.about[group].to_list() if group else []
    rows = []
    for at in subject.listed:
        cells = [
            whole(subject.ranks[at]),
            voice.name(subject.names[at]),
            *([Html(f"<bdi>{text(groups[at] or '–')}</bdi>")] if group else []),
            number(subject.scores[at], subject.digits),
            drawn[at],
            *(number(subject.components[at, column], subject.digits) for column in range(len(parts))),
        ]
        rows.append(row(cells, head=1))
    shift = 1 if group else 0
    numbers = (1, 3 + shift, *range(5 + shift, 5 + shift + len(parts)))
    by = subject.tree.rescaling or subject.tree.aggregation
    how = voice.say("ranking_says") if additive else voice.say("ranking_plain", method=str(by))
    legend = legend_of(subject, voice) if additive else ""
    drawn_table = table("t-ranking", headings, rows, caption=voice.say("ranking"), numbers=numbers, classes="ranking")
    some = (
        paragraph(voice.say("rows_some", shown=f"{LISTED:,}", n=f"{len(subject.units):,}"))
        if len(subject.units) > LISTED
        else ""
    )
    return section(
        "ranking", voice.say("ranking"), paragraph(how), _unranked(subject, voice), some, legend, drawn_table
    )


def _unranked(subject: Subject, voice: Voice) -> str:
    """Say which units the rules of the index keep out of the ranking."""
    left = [subject.names[at] for at in subject.order if not subject.eligible[at]]
    if not left:
        return ""
    names = {one: Names.of(inert(name[one]) for name in left) for one in voice.languages}
    return paragraph(voice.say("unranked", units={one: named.said(one, {}) for one, named in names.items()}))


def legend_of(subject: Subject, voice: Voice) -> str:
    """Return the marks of the parts, in the order in which they are stacked."""
    items = "".join(
        f"<li>{patch(place)} {voice.name(subject.called(part.id))}" for place, part in enumerate(subject.parts)
    )
    again = paragraph(voice.say("marks_again", n=MARKS)) if len(subject.parts) > MARKS else ""
    return f'<ul class="legend">{items}</ul>{again}'


def patch(place: int) -> str:
    """Return the mark of a part."""
    path = f'<path {mark_class(place)} d="M0 6h12"/>'
    return f'<svg class="bar" width="12" height="12" aria-hidden="true">{path}</svg>'


def bars(subject: Subject) -> list[Html]:
    """Return a bar per unit: its parts stacked, those below zero to the left, or the score as a whole."""
    added = subject.contributions
    if added is None:
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
