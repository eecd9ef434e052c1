"""The sections of the report, in the order of the page; a new section is one entry of `SECTIONS`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from indicia.errors import IndiciaError
from indicia_report import heat, intervals, profiles, ranking, slopes, whatif
from indicia_report.markup import escape, paragraph, section
from indicia_report.slopes import Slopes

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.dossier import Dossier
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

T = TypeVar("T")


@dataclass(frozen=True)
class Findings:
    """The results that a page shows, with the view of its period and the texts of its languages."""

    view: PeriodView
    texts: Texts
    dossier: Dossier

    @cached_property
    def over_time(self) -> Slopes | None:
        """The ranks of a panel by period."""
        return Slopes.of_periods(self.view)


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading and a link in the contents."""

    name: str
    """The key of its heading in `words.py`; its id on the page has hyphens in place of underscores."""
    draw: Callable[[Findings], str | None]
    """Returns the markup, or None where there is nothing to show."""


def _intervals(findings: Findings) -> str | None:
    view, texts = findings.view, findings.texts
    return _analysis(
        "intervals", findings.dossier.robust, lambda robust: intervals.intervals(view, robust, texts), texts
    )


def _periods(findings: Findings) -> str | None:
    return slopes.periods(findings.view, findings.over_time, findings.texts) if findings.over_time else None


def _analysis(name: str, analysis: T | IndiciaError | None, draw: Callable[[T], str], texts: Texts) -> str | None:
    """Draw the section of an analysis; after an error, the section shows the reason."""
    if analysis is None:
        return None
    if isinstance(analysis, IndiciaError):
        reason = " ".join([analysis.reason, *([f"({analysis.remedy})"] if analysis.remedy else [])])
        note = f"<p class=note lang=en>{escape(reason)}</p>"
        return section(name, texts.html(name), paragraph(texts.html("not_available")), note)
    return draw(analysis)


SECTIONS = (
    Section("ranking", lambda findings: ranking.ranking(findings.view, findings.texts)),
    Section("what_if", lambda findings: whatif.what_if(findings.view, findings.texts)),
    Section("profiles", lambda findings: profiles.profiles(findings.view, findings.texts)),
    Section("heat_map", lambda findings: heat.heat_map(findings.view, findings.texts)),
    Section("intervals", _intervals),
    Section("periods", _periods),
)
