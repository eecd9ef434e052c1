"""Where the ranks of a unit lie when doubtful choices are drawn anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.report.markup import Html, paragraph, row, section, table, whole
from indicia.report.slopes import stage
from indicia.report.subject import LISTED

if TYPE_CHECKING:
    from indicia.notes import Spoken
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject
    from indicia.robustness import Robust

_WIDTH = 240


def intervals(subject: Subject, robust: Robust, voice: Voice) -> str:
    """Return the table of rank intervals, each with its drawing."""
    frame = robust.units
    names = dict(zip(subject.units, subject.names, strict=True))
    tops = [column for column in frame.columns if column.startswith("top_")]
    last = int(max((one for one in frame["rank"] if one is not None), default=1))
    headings = [
        voice.say("rank"),
        voice.say("unit"),
        voice.say("median"),
        voice.say("ninety"),
        voice.say("where_ranks", n=last),
        *(voice.say("top_k", k=column.removeprefix("top_")) for column in tops),
        voice.say("tier"),
    ]
    rows = []
    places = {subject.units[at]: place for place, at in enumerate(subject.order)}
    listed = frame.head(LISTED).iter_rows(named=True)
    for one in sorted(listed, key=lambda row: places[str(row[subject.result.unit])]):
        known = one["tier"] and one["median"] is not None
        cells = [
            whole(one["rank"]),
            voice.name(names[str(one[subject.result.unit])]),
            whole(one["median"]) if known else "–",
            f"{whole(one['lower'])}–{whole(one['upper'])}" if known else "–",
            strip(one["rank"], one["lower"], one["median"], one["upper"], last) if known else "",
            *(f"{100 * one[column]:.0f} %" if known else "–" for column in tops),
            str(one["tier"] or "–"),
        ]
        rows.append(row(cells, head=1))
    numbers = (1, 3, 4, *range(6, 7 + len(tops)))
    says = voice.say("intervals_says", draws=f"{robust.draws:,}", seed=robust.seed, varied=varied(robust, voice))
    notes = "".join(paragraph(subject.noted(note, voice), "note") for note in robust.notes)
    drawn = table("t-intervals", headings, rows, caption=voice.say("intervals"), numbers=numbers)
    return section("intervals", voice.say("intervals"), paragraph(says), notes, drawn)


def varied(robust: Robust, voice: Voice) -> Spoken:
    """Say what was drawn anew."""
    said = []
    for factor in robust.factors:
        weights, called = robust.varied.weights, {one: name.lower() for one, name in stage(factor.name, voice).items()}
        if factor.name == "weights" and weights and weights.spread:
            said.append(voice.said("varied_weights", percent=f"{100 * weights.spread:g}"))
        elif factor.name in ("weights", "data"):
            said.append(called)
        else:
            said.append(voice.said("varied_choice", factor=called, n=len(factor.alternatives)))
    return voice.listed(said)


def strip(rank: float | None, lower: float, median: float, upper: float, last: int) -> Html:
    """Draw an interval of ranks, their median, and the rank in the index."""

    def at(value: float) -> float:
        return round(5 + (_WIDTH - 10) * (value - 1) / max(1, last - 1), 1)

    tick = f'<path class="median" d="M{at(rank):g} 1v12"/>' if rank is not None else ""
    return Html(
        f'<svg class="bar" width="{_WIDTH}" height="14" aria-hidden="true">'
        f'<path class="line" d="M{at(lower):g} 7H{at(upper):g}"/>{tick}'
        f'<path class="dot" d="M{at(median):g} 7h0"/></svg>'
    )
