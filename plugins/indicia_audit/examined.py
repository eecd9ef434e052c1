"""The facts of an index, its data and one period of its run, as checks and analyses of an audit see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from indicia.analyses import Need
from indicia.answers.needs import Asked, Frame, Scores

if TYPE_CHECKING:
    from indicia.analyses import Facts
    from indicia_audit.checks import Subject


@dataclass(frozen=True)
class Examined(Need["Subject"]):
    """The facts of the data and of the run."""

    def resolve(self, facts: Facts) -> Subject:
        """Inspect the data without letting checks look at them, and take the facts of the run."""
        from indicia_audit.auditable import inspected
        from indicia_audit.facts import neighbour_facts, run_facts_of

        asked, result = facts[Asked()], facts[Scores()]
        subject = inspected(asked.index, facts[Frame()], asked.table).subject
        return replace(subject, run=run_facts_of(result, asked.period), neighbours=neighbour_facts(result))
