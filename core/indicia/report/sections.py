"""The sections of the report, in the order of the page; a new section is one entry of `SECTIONS`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from indicia.errors import IndiciaError
from indicia.report import (
    aggregates,
    bands,
    coverage,
    heat,
    intervals,
    methodology,
    outside,
    profiles,
    ranking,
    since,
    slopes,
    structure,
    whatif,
)
from indicia.report.markup import escape, paragraph, section
from indicia.report.slopes import Slopes

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from indicia.comparison import Comparison
    from indicia.editions.difference import EditionDifference
    from indicia.report.markup import Texts
    from indicia.report.period_view import PeriodView
    from indicia.robustness import Robust

T = TypeVar("T")


@dataclass(frozen=True)
class Findings:
    """The results that a page shows; an analysis that fails is an error in place of the result."""

    view: PeriodView
    texts: Texts
    robust: Robust | IndiciaError | None
    compared: Comparison | IndiciaError | None
    difference: EditionDifference | None = None
    """The difference from an earlier edition, if the page shows it."""

    @cached_property
    def over_time(self) -> Slopes | None:
        """The ranks of a panel by period."""
        return Slopes.of_periods(self.view)

    @property
    def tables(self) -> tuple[pl.DataFrame, ...]:
        """The tables whose fingerprints are in the manifest of the page."""
        results = (self.view.result, self.robust, self.compared)
        computed = (result for result in results if result and not isinstance(result, IndiciaError))
        return tuple(table for result in computed for table in result.input_tables)

    @property
    def settings(self) -> dict[str, Any]:
        """The entries that the draws and the comparison add to the manifest of the scores."""
        settings: dict[str, Any] = {}
        if self.difference is not None:
            settings["since"] = self.difference.old.manifest
        if self.robust and not isinstance(self.robust, IndiciaError):
            settings |= {word: self.robust.manifest[word] for word in ("period", "seed", "varied", "weights_table")}
        if self.compared and not isinstance(self.compared, IndiciaError):
            settings |= {word: self.compared.manifest[word] for word in ("period", "methodologies")}
        return settings


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading and a link in the contents."""

    name: str
    """The key of its heading in `words.py`; its id on the page has hyphens in place of underscores."""
    draw: Callable[[Findings], str | None]
    """Returns the markup, or None where there is nothing to show."""


def _intervals(findings: Findings) -> str | None:
    view, texts = findings.view, findings.texts
    return _analysis("intervals", findings.robust, lambda robust: intervals.intervals(view, robust, texts), texts)


def _comparison(findings: Findings) -> str | None:
    view, texts = findings.view, findings.texts
    return _analysis("comparison", findings.compared, lambda compared: slopes.comparison(view, compared, texts), texts)


def _periods(findings: Findings) -> str | None:
    return slopes.periods(findings.view, findings.over_time, findings.texts) if findings.over_time else None


def _since(findings: Findings) -> str | None:
    return None if findings.difference is None else since.since(findings.difference, findings.texts)


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
    Section("aggregates", lambda findings: aggregates.aggregates(findings.view, findings.texts)),
    Section("bands", lambda findings: bands.bands(findings.view, findings.texts)),
    Section("since", _since),
    Section("what_if", lambda findings: whatif.what_if(findings.view, findings.texts)),
    Section("structure", lambda findings: structure.structure(findings.view, findings.texts)),
    Section("profiles", lambda findings: profiles.profiles(findings.view, findings.texts)),
    Section("heat_map", lambda findings: heat.heat_map(findings.view, findings.texts)),
    Section("intervals", _intervals),
    Section("comparison", _comparison),
    Section("periods", _periods),
    Section("outside", lambda findings: outside.outside(findings.view, findings.texts)),
    Section("correlation", lambda findings: heat.correlation_map(findings.view, findings.texts)),
    Section("coverage", lambda findings: coverage.coverage(findings.view, findings.texts)),
    Section("methodology", lambda findings: methodology.methodology(findings.view, findings.texts)),
    Section("manifest", lambda findings: methodology.manifest(findings.view, findings.texts, findings.settings)),
)
