"""The intervals of the ranks of each unit over the draws of an uncertainty analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia_report.markup import Html, paragraph, rank_text, row, section, table
from indicia_report.period_view import LISTED
from indicia_report.slopes import stage_name

if TYPE_CHECKING:
    from indicia.notes import Spoken
    from indicia.robustness import Robust
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

_WIDTH = 240


def intervals(view: PeriodView, robust: Robust, texts: Texts) -> str:
    """Return the section with a table and drawings of the rank intervals."""
    frame = robust.units
    names = dict(zip(view.units, view.names, strict=True))
    tops = [column for column in frame.columns if column.startswith("top_")]
    last = int(max((rank for rank in frame["rank"] if rank is not None), default=1))
    headings = [
        texts.html("rank"),
        texts.html("unit"),
        texts.html("median"),
        texts.html("ninety"),
        texts.html("where_ranks", n=last),
        *(texts.html("top_k", k=column.removeprefix("top_")) for column in tops),
        texts.html("tier"),
    ]
    rows = []
    places = {view.units[at]: place for place, at in enumerate(view.order)}
    first = frame.head(LISTED).iter_rows(named=True)
    for unit in sorted(first, key=lambda unit: places[str(unit[view.result.unit])]):
        ranked = unit["tier"] and unit["median"] is not None
        cells = [
            rank_text(unit["rank"]),
            texts.name(names[str(unit[view.result.unit])]),
            rank_text(unit["median"]) if ranked else "–",
            f"{rank_text(unit['lower'])}–{rank_text(unit['upper'])}" if ranked else "–",
            strip(unit["rank"], unit["lower"], unit["median"], unit["upper"], last) if ranked else "",
            *(f"{100 * unit[column]:.0f} %" if ranked else "–" for column in tops),
            str(unit["tier"] or "–"),
        ]
        rows.append(row(cells, head=1))
    numbers = (1, 3, 4, *range(6, 7 + len(tops)))
    intro = texts.html("intervals_says", draws=f"{robust.draws:,}", seed=robust.seed, varied=varied(robust, texts))
    notes = "".join(paragraph(view.note_html(note, texts), "note") for note in robust.notes)
    interval_table = table("t-intervals", headings, rows, caption=texts.html("intervals"), numbers=numbers)
    return section("intervals", texts.html("intervals"), paragraph(intro), notes, interval_table)


def varied(robust: Robust, texts: Texts) -> Spoken:
    """Return a list of the choices that vary between the draws."""
    choices = []
    for factor in robust.factors:
        weights = robust.varied.weights
        name = {language: text.lower() for language, text in stage_name(factor.name, texts).items()}
        if factor.name == "weights" and weights and weights.spread:
            choices.append(texts.get("varied_weights", percent=f"{100 * weights.spread:g}"))
        elif factor.name in ("weights", "data"):
            choices.append(name)
        else:
            choices.append(texts.get("varied_choice", factor=name, n=len(factor.alternatives)))
    return texts.join(choices)


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
