'''The contract of checks: the names that authors of plugins import.

A check is a frozen dataclass. Its fields are thresholds with defaults, and `look` yields findings about the data:

    from collections.abc import Iterator
    from dataclasses import dataclass
    from typing import Annotated

    from pydantic import Field

    from indicia_audit.checks import Check, Finding, Subject


    @dataclass(frozen=True)
    class FewValues(Check):
        """Find indicators with few values."""

        code = "D01"
        title = "few values of an indicator"
        source = "Saisana et al. (2019), 10-Step Pocket Guide"

        share: Annotated[float, Field(ge=0, le=1, description="least share of present values")] = 0.65

        def look(self, subject: Subject) -> Iterator[Finding]:
            rows = len(subject.raw)
            for name in subject.indicators:
                present = rows - subject.raw[name].null_count()
                if present < self.share * rows:
                    sentence = f"{name} has values for {present} of {rows} rows"
                    yield Finding(name, present / rows, self.share, sentence, "leave it out, or complete it")

A check that needs more than the data says so. `indicia check` skips this check, and `indicia audit` runs it:

    @dataclass(frozen=True)
    class DoubtfulLeader(Check):
        """Find a first unit that is seldom first in the draws."""

        code = "U01"
        title = "a doubtful first rank"
        source = "House rules"
        needs = ("scores", "draws")

        share: Annotated[float, Field(ge=0, le=1, description="least share of draws in which it is first")] = 0.5

        def look(self, subject: Subject) -> Iterator[Finding]:
            draws = subject.draws
            for place in sorted(np.flatnonzero(draws.nominal == 1), key=lambda place: draws.units[place]):
                unit, share = draws.units[place], float(np.mean(draws.ranks[:, place] == 1))
                if share < self.share:
                    yield Finding(unit, share, self.share, f"{unit} is first, and in {100 * share:.0f} % of the draws")

Of a large table in partitions, a check gets a sample of rows, and the statistics of all rows: `evidence` states which
of them it needs. Without it, the check looks only if it gets all rows.

`subject.run`, `subject.draws` and `subject.rescorer` hold the scores, the draws and further runs. `planted` returns a
subject with the problem, for tests; `why`, `example` and `advice` are headings of the page of the check.

A module offers its checks through the hook `indicia_checks` (see `indicia.catalogue.hookspecs`).
'''

from typing import TYPE_CHECKING

from indicia.defaults import SEVERITIES, Severity
from indicia.lazy import names_of
from indicia.messages.sentence import Listed, Sentence, named
from indicia_audit.checks.contract import (
    CHAPTERS,
    EVIDENCE,
    LATER_NEEDS,
    NEEDS,
    Check,
    Evidence,
    Finding,
)

if TYPE_CHECKING:
    from indicia_audit.checks.data_facts import (
        IndicatorFacts,
        MapFile,
        NodeFacts,
        PanelFacts,
        TableObservation,
        Topic,
        WaiverFacts,
        WaiverState,
    )
    from indicia_audit.checks.distributions import Distribution, distribution, moments
    from indicia_audit.checks.draw_facts import DrawFacts
    from indicia_audit.checks.indicator_statistics import IndicatorStatistics, Sample
    from indicia_audit.checks.rescoring import Rescorer, Rescoring
    from indicia_audit.checks.run_facts import RunFacts
    from indicia_audit.checks.subject import Subject

__all__ = [
    "CHAPTERS",
    "EVIDENCE",
    "LATER_NEEDS",
    "NEEDS",
    "SEVERITIES",
    "Check",
    "Distribution",
    "DrawFacts",
    "Evidence",
    "Finding",
    "IndicatorFacts",
    "IndicatorStatistics",
    "Listed",
    "MapFile",
    "NodeFacts",
    "PanelFacts",
    "Rescorer",
    "Rescoring",
    "RunFacts",
    "Sample",
    "Sentence",
    "Severity",
    "Subject",
    "TableObservation",
    "Topic",
    "WaiverFacts",
    "WaiverState",
    "distribution",
    "moments",
    "named",
]

if not TYPE_CHECKING:
    # the catalogue needs the class Check alone, and no polars
    __getattr__ = names_of(
        __name__,
        data_facts="IndicatorFacts MapFile NodeFacts PanelFacts TableObservation Topic WaiverFacts WaiverState",
        distributions="Distribution distribution moments",
        draw_facts="DrawFacts",
        indicator_statistics="IndicatorStatistics Sample",
        rescoring="Rescorer Rescoring",
        run_facts="RunFacts",
        subject="Subject",
    )
