"""The ranking that stands on the page before its script runs, and where no script runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.errors import IndiciaError
from indicia.notes import Names
from indicia_report.markup import Html, isolate, paragraph, rank_text, row, score_text, section, table

if TYPE_CHECKING:
    from indicia.dossier import Dossier
    from indicia.notes import Spoken
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

LISTED_WITHOUT_SCRIPT = 500
"""The most units of the ranking that a page has without its script."""


def static_ranking(view: PeriodView, dossier: Dossier, texts: Texts, lead: Spoken) -> str:
    """Return the headline and the ranking: rank, unit, score, and the interval of the rank in the draws.

    `lead` is the headline by language.
    """
    intervals = _intervals(dossier)
    keys = ["rank", "unit", "score", *(["ninety"] if intervals else [])]
    rows = [
        row(
            [
                rank_text(view.ranks[at]),
                texts.name(view.names[at]),
                score_text(view.scores[at], view.digits),
                *([intervals.get(view.units[at], "–")] if intervals else []),
            ],
            head=1,
        )
        for at in view.order[:LISTED_WITHOUT_SCRIPT]
    ]
    omission = ""
    if len(view.units) > LISTED_WITHOUT_SCRIPT:
        shown = f"{LISTED_WITHOUT_SCRIPT:,}"
        omission = paragraph(texts.html("rows_some", shown=shown, n=f"{len(view.units):,}"), "note")
    ranking = table(
        "t-ranking",
        [texts.html(key) for key in keys],
        rows,
        caption=texts.html("ranking"),
        numbers=(1, 3, 4),
        classes="ranking",
        search=False,
    )
    return section(
        "static",
        texts.html("ranking"),
        paragraph(texts.show(lead), "headline"),
        _unranked(view, texts),
        omission,
        ranking,
    )


def _unranked(view: PeriodView, texts: Texts) -> str:
    """List the units that the index file excludes from the ranking."""
    names = [view.names[at] for at in view.order if not view.eligible[at]]
    if not names:
        return ""
    units = {code: Names.of(isolate(name[code]) for name in names).in_language(code, {}) for code in texts.languages}
    return paragraph(texts.html("unranked", units=units), "note")


def _intervals(dossier: Dossier) -> dict[str, str]:
    """Return the interval of the rank of each unit that has ranks in the draws."""
    robust = dossier.robust
    if robust is None or isinstance(robust, IndiciaError):
        return {}
    rows = robust.units.select(robust.unit, "lower", "upper", "tier").iter_rows()
    return {str(unit): Html(f"{rank_text(lower)}–{rank_text(upper)}") for unit, lower, upper, tier in rows if tier}
