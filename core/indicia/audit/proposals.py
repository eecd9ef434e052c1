"""Proposals: small changes of an index, each tried and audited again, with the findings that it clears and causes."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.audit.changes import Change, Flag, changes_for
from indicia.audit.facts import run_facts_of
from indicia.definition import ROOT
from indicia.errors import IndiciaError
from indicia.inspection.findings import look_for
from indicia.inspection.subject import subject_of
from indicia.run import prepare_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.checks import RunFacts, Subject
    from indicia.inspection.chosen_checks import ChosenCheck
    from indicia.scorable import Scorable
    from indicia.types import Period

MOST = 30
"""The largest number of changes that are tried, those for the gravest and most findings first."""
MOST_OF_MANY = 10
"""The same of an index of more than `MANY` units, which takes longer."""
MANY = 1000
_CHAPTERS = ("C", "S", "W")
"""The chapters whose findings a change may clear."""
_SCHEMA = {
    "node": pl.String,
    "change": pl.String,
    "set": pl.String,
    "cleared": pl.Int64,
    "caused": pl.Int64,
    "mean_shift": pl.Float64,
    "cleared_findings": pl.String,
    "caused_findings": pl.String,
}


@dataclass(frozen=True)
class Trial:
    """An index on a table, and the checks that look at it again after a change."""

    index: Scorable
    frame: pl.DataFrame
    checks: Sequence[ChosenCheck]
    period: Period | None = None

    def proposals(self, subject: Subject) -> pl.DataFrame:
        """Return the changes that clear findings of coherence, structure and weights, the most useful first.

        Each change is made, the index is scored, and the checks of the chapters C, S and W that need neither draws nor
        further runs look again. At most 30 changes are tried, 10 of an index of more than 1,000 units: for each error
        and warning about a part, another dimension with which it correlates clearly, the other direction, no part, and
        half and double the weight; a node of four parts or fewer keeps all of them; for a
        finding about a node, the same for its weakest components; for a node, weights closer to the importance that is
        intended.

        Parameters
        ----------
        subject
            The facts about the index as it is, with a run.

        Returns
        -------
        polars.DataFrame
            `node`; `change`, a sentence; `set`, the options of the command line that make the change; `cleared` and
            `caused`, the numbers of errors and warnings that are gone and new, with their codes and places;
            `mean_shift`, the mean absolute difference of ranks. Sorted by cleared minus caused, then by the shift.
        """
        if subject.run is None:
            raise ValueError("proposals need a run")
        flags = self._flags(self._subject(self.index, subject.run, subject))
        changes = changes_for(flags, self.index.tree, subject) if flags else []
        rows = []
        for change in changes[: MOST if len(subject.run.units) <= MANY else MOST_OF_MANY]:
            try:
                rows.append(self._row(change, flags, subject, subject.run))
            except IndiciaError:  # a change with which the index cannot be scored is no proposal
                continue
        table = pl.DataFrame(rows, schema=_SCHEMA, orient="row").filter(pl.col("cleared") > 0)
        order = [pl.col("caused") - pl.col("cleared"), pl.col("mean_shift"), pl.col("set")]
        return table.sort(order)

    def _row(self, change: Change, before: Sequence[Flag], subject: Subject, base: RunFacts) -> tuple[object, ...]:
        index = self.index.with_options(settings=change.settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they concern a trial and not the index of the user
            run = run_facts_of(index.score_frame(self.frame), self.period)
            after = self._flags(self._subject(index, run, subject))
        cleared, caused = _places(before) - _places(after), _places(after) - _places(before)
        numbers = cleared.total(), caused.total(), _mean_shift(base, run)
        return (change.node, change.sentence, change.options, *numbers, _text(cleared), _text(caused))

    def _subject(self, index: Scorable, run: RunFacts, similar: Subject) -> Subject:
        """Return the facts that the checks look at again."""
        steps = prepare_data(index.definition, index.tree, self.frame).steps
        return replace(subject_of(index.definition, index.tree, steps, unused={}), run=run, similar=similar)

    def _flags(self, subject: Subject) -> list[Flag]:
        """Return the errors and warnings about a subject that no waiver accepts."""
        checks = [chosen for chosen in self.checks if chosen.code.startswith(_CHAPTERS) and chosen.looks_at_one_run]
        findings, _, _ = look_for(subject, checks, self.index.definition.waivers, self.index.origin)
        return [Flag(entry.code, entry.finding.where, entry.severity) for entry in findings if entry.is_problem]


def _places(flags: Sequence[Flag]) -> Counter[tuple[str, str]]:
    return Counter((flag.code, flag.where) for flag in flags)


def _text(places: Counter[tuple[str, str]]) -> str | None:
    """Return codes and places as a text, with their number if it is above 1; None without any."""
    parts = (
        f"{code} {where}" + (f" ({count})" if count > 1 else "") for (code, where), count in sorted(places.items())
    )
    return ", ".join(parts) or None


def _mean_shift(base: RunFacts, run: RunFacts) -> float | None:
    """Return the mean absolute difference of the ranks of the units that both runs rank."""
    ranks = [pl.DataFrame([facts.units.alias("unit"), facts.ranks[ROOT].alias("rank")]) for facts in (base, run)]
    pairs = ranks[0].join(ranks[1], on="unit").drop_nulls()
    difference = (pairs["rank"] - pairs["rank_right"]).to_numpy()
    return float(np.abs(difference).mean()) if len(difference) else None
