"""The sections of the report, in the order of the page; a new section is one entry of `SECTIONS`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from indicia.errors import IndiciaError
from indicia.report import coverage, heat, intervals, methodology, profiles, ranking, slopes, structure, whatif
from indicia.report.markup import paragraph, section, text
from indicia.report.slopes import Slopes

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from indicia.comparison import Comparison
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject
    from indicia.robustness import Robust

T = TypeVar("T")


@dataclass(frozen=True)
class Findings:
    """The results that a page shows; an error in place of an analysis is the reason why there is none."""

    subject: Subject
    voice: Voice
    robust: Robust | IndiciaError | None
    compared: Comparison | IndiciaError | None

    @cached_property
    def over_time(self) -> Slopes | None:
        """The rankings of the periods, of a panel."""
        return Slopes.of_periods(self.subject)

    @property
    def tables(self) -> tuple[pl.DataFrame, ...]:
        """The tables of which the manifest on the page holds fingerprints."""
        found = (self.subject.result, self.robust, self.compared)
        return tuple(table for one in found if one and not isinstance(one, IndiciaError) for table in one.input_tables)

    @property
    def settings(self) -> dict[str, Any]:
        """The inputs of the draws and of the other methodologies, beside those of the scores."""
        found: dict[str, Any] = {}
        if self.robust and not isinstance(self.robust, IndiciaError):
            found |= {word: self.robust.manifest[word] for word in ("period", "seed", "varied", "weights_table")}
        if self.compared and not isinstance(self.compared, IndiciaError):
            found |= {word: self.compared.manifest[word] for word in ("period", "methodologies")}
        return found


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading and a link in the contents."""

    name: str
    """The key of its heading in `words.py`; its id on the page has hyphens in place of underscores."""
    draw: Callable[[Findings], str | None]
    """Returns the markup, or None where there is nothing to show."""


def _intervals(found: Findings) -> str | None:
    return _or_reason(
        "intervals", found.robust, lambda robust: intervals.intervals(found.subject, robust, found.voice), found.voice
    )


def _comparison(found: Findings) -> str | None:
    return _or_reason(
        "comparison",
        found.compared,
        lambda compared: slopes.comparison(found.subject, compared, found.voice),
        found.voice,
    )


def _periods(found: Findings) -> str | None:
    return slopes.periods(found.subject, found.over_time, found.voice) if found.over_time else None


def _or_reason(name: str, found: T | IndiciaError | None, draw: Callable[[T], str], voice: Voice) -> str | None:
    """Draw an analysis, or write why there is none."""
    if found is None:
        return None
    if isinstance(found, IndiciaError):
        reason = " ".join([found.reason, *([f"({found.remedy})"] if found.remedy else [])])
        said = f"<p class=note lang=en>{text(reason)}</p>"
        return section(name, voice.say(name), paragraph(voice.say("not_available")), said)
    return draw(found)


SECTIONS = (
    Section("ranking", lambda found: ranking.ranking(found.subject, found.voice)),
    Section("what_if", lambda found: whatif.what_if(found.subject, found.voice)),
    Section("structure", lambda found: structure.structure(found.subject, found.voice)),
    Section("profiles", lambda found: profiles.profiles(found.subject, found.voice)),
    Section("heat_map", lambda found: heat.heat_map(found.subject, found.voice)),
    Section("intervals", _intervals),
    Section("comparison", _comparison),
    Section("periods", _periods),
    Section("correlation", lambda found: heat.correlation_map(found.subject, found.voice)),
    Section("coverage", lambda found: coverage.coverage(found.subject, found.voice)),
    Section("methodology", lambda found: methodology.methodology(found.subject, found.voice)),
    Section("manifest", lambda found: methodology.manifest(found.subject, found.voice, found.settings)),
)
