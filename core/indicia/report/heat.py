"""Two maps in colours: units by indicators, and indicators by indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition import Leaf
from indicia.report.imputed import legend, marked
from indicia.report.markup import Html, number, paragraph, row, section, table, whole

if TYPE_CHECKING:
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject

_FIT = 24


def heat_map(subject: Subject, voice: Voice) -> str:
    """Return where each unit stands in every dimension and indicator, in ten shades."""
    headings = [voice.say("rank"), voice.say("unit")]
    headings += [
        Html(f'<span class="up{"" if isinstance(part, Leaf) else " d"}">{voice.name(subject.called(part.id))}</span>')
        for part in subject.below
    ]
    values = (subject.within * 100).tolist()
    rows = []
    for at in subject.listed:
        cells = "".join(
            "<td>–" if one != one else f"<td class=h{min(9, int(one / 10))}>{marked(f'{one:.0f}', imputed)}"
            for one, imputed in zip(values[at], subject.imputed[at], strict=True)
        )
        rows.append(row([whole(subject.ranks[at]), voice.name(subject.names[at])], head=1) + cells)
    shape = _shape(len(subject.below))
    drawn = table("t-heat", headings, rows, caption=voice.say("heat_map"), numbers=(1,), classes=shape)
    return section("heat-map", voice.say("heat_map"), paragraph(voice.say("heat_says")), legend(subject, voice), drawn)


def correlation_map(subject: Subject, voice: Voice) -> str:
    """Return the correlations of the indicators with each other and with the score."""
    found = subject.correlations
    count = len(subject.leaves)
    short = [Html(str(place + 1)) for place in range(count)]
    headings = [Html("#"), voice.say("indicator"), voice.say("with_score"), *short]
    rows = []
    for place, leaf in enumerate(subject.leaves):
        values = [found[place, count], *found[place, :count]]
        cells = "".join(_correlation(one, itself=column == place + 1) for column, one in enumerate(values))
        rows.append(row([str(place + 1), voice.name(subject.called(leaf.id))], head=1) + cells)
    drawn = table(
        "t-correlation",
        headings,
        rows,
        caption=voice.say("correlation"),
        numbers=(1,),
        classes=_shape(count),
        search=False,
    )
    return section("correlation", voice.say("correlation"), paragraph(voice.say("correlation_says")), drawn)


def _shape(columns: int) -> str:
    """Return the classes of a map; one of more columns than fit on paper is printed small."""
    return "heat wide" if columns > _FIT else "heat"


def _correlation(value: float, *, itself: bool) -> str:
    if itself:
        return "<td>1"
    if value != value:
        return "<td>–"
    written = number(value).replace("0.", ".", 1) if abs(value) < 0.995 else f"{value:.0f}"
    return f"<td class=c{min(8, int((value + 1) * 4.5))}>{written}"
