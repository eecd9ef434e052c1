"""The contract of a check."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from indicia.defaults import SEVERITIES, Severity
from indicia.methods import Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_audit.checks.subject import Subject

Evidence: TypeAlias = Literal["statistics", "sample", "all rows"]

EVIDENCE: tuple[Evidence, ...] = ("statistics", "sample", "all rows")
"""The words of `Check.evidence`."""

NEEDS = {
    "periods": "the index has one period",
    "groups": "the index has no groups",
    "dimensions": "the index has no dimensions",
    "imputation": "no value is imputed",
    "treatment": "no indicator has a treatment of outliers",
    "denominators": "the table has no column of sizes, such as the population",
    "weights of units": "no method weighs units by a column of the data",
    "bounds": "no indicator has bounds",
    "years": "no value has a year: [data.attributes] names their columns",
    "scores": "the check looks at scores, and `check` computes none: `indicia audit` does",
    "draws": "the check looks at an uncertainty analysis: `indicia audit` makes one",
    "rescoring": "the check runs the index again: `indicia audit` does",
    "sensitivity": "the check looks at Sobol' indices: `indicia audit --full` computes them",
    "full": "the check takes long: `indicia audit --full` runs it",
    "outside": "the index file names no variables outside the index: [outside.variables]",
    "neighbours": "the index file names no neighbours of units: [outside.neighbours]",
    "standard errors": "no value has a standard error: [data.attributes] names their columns",
    "sources": 'the index is not stated to average sources of one quantity: measurement = "reflective" on an index '
    "without dimensions states it",
    "findings": "the check looks at the findings of other checks",
}
"""The words of `Check.needs`, each with the reason why a check is skipped; `Subject.has` tests them."""

LATER_NEEDS = frozenset({"scores", "draws", "rescoring", "sensitivity", "full"})
"""The needs that `check` or an audit that is not full does not meet, and another command does."""

CHAPTERS = {
    "D": "Data",
    "S": "Structure",
    "C": "Coherence",
    "W": "Importance and weights",
    "U": "Uncertainty",
    "R": "Sensitivity",
    "B": "Benefit of the doubt and aggregation",
    "X": "Outside the index",
    "P": "Panels",
    "M": "Pairs of methods",
    "E": "Averages of sources",
    "N": "Publication",
    "V": "Waivers",
}
"""The chapters of the shipped checks in their order: the letters of a code before its last two digits."""

_CODE = re.compile(r"[A-Z][A-Z0-9]*\d\d")


@dataclass(frozen=True)
class Finding:
    """A fact about the data that a reader of the index has to know or to decide about.

    >>> Finding("gdp", 0.4, 0.65, "gdp has values for 8 of 20 units", "leave gdp out").where
    'gdp'
    """

    where: str
    """The indicator, unit, period, node or column; "index" for the index as a whole."""
    value: float | None
    """The number that is compared with the threshold; None if there is none."""
    threshold: float | None
    sentence: str
    """The fact in one plain sentence without a full stop, which names the place and the numbers.

    A `Sentence` keeps its template, so that it can be translated.
    """
    remedy: str = ""
    """The action that answers the finding, in words of the index file or the command line."""
    severity: Severity | None = None
    """The severity, if it differs from that of the check."""
    period: str | None = None
    """The period of the unit, in a panel."""
    evidence: Evidence | None = None
    """The evidence of the finding, if it differs from that of the check."""


@dataclass(frozen=True)
class Check(Method):
    """Look for one kind of problem in the data of an index.

    Notes
    -----
    The fields of the class are its thresholds. `[checks.CODE]` in the index file sets them. A check reads the subject,
    never changes it, and draws no random numbers.
    """

    code: ClassVar[str]
    """Capital letters and digits, the last two of them digits, such as "D05"; unique among all checks."""
    title: ClassVar[str]
    """The problem in a few words: "skewed values"."""
    severity: ClassVar[Severity] = "warning"
    """The severity of a finding that states none."""
    source: ClassVar[str]
    """The publications of the threshold, each on a line of its own, with its DOI if there is one."""
    why: ClassVar[str] = ""
    """The reason why the problem matters to readers of the index, in a few sentences."""
    example: ClassVar[str] = ""
    """A small case with the problem, and the sentence of its finding between double quotes."""
    advice: ClassVar[str] = ""
    """The actions that answer a finding, in words of the index file or the command line."""
    needs: ClassVar[tuple[str, ...]] = ()
    """The facts that an index must have for the check, among the words of `NEEDS`; without them it is skipped."""
    uses: ClassVar[tuple[str, ...]] = ()
    """Further words of `NEEDS`: with these facts the check finds more, and without them it looks too."""
    evidence: ClassVar[Evidence] = "all rows"
    """The rows that the check needs of a large table in partitions, of which it gets a sample of rows.

    "statistics": `subject.statistics`, which are of all rows. "sample": the rows of the sample; each finding then says
    so. "all rows": a sample would mislead, and the check is skipped.
    """
    stated: ClassVar[tuple[str, ...]] = ("code", "title", "source")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # the catalogue knows a method by its name and its reference
        if isinstance(code := vars(cls).get("code"), str):
            cls.name = code
        if isinstance(source := vars(cls).get("source"), str):
            cls.reference = source

    @classmethod
    def class_problem(cls) -> str | None:
        """Return the reason why the class cannot be used, as a clause after its name; None if it can."""
        if not _CODE.fullmatch(cls.code):
            return f"whose code {cls.code!r} is not capital letters and digits that end with two digits, such as H01"
        if cls.severity not in SEVERITIES:
            return f"whose severity is {cls.severity!r}, and has to be {', '.join(SEVERITIES[:-1])} or {SEVERITIES[-1]}"
        for need in (*cls.needs, *cls.uses):
            if need not in NEEDS:
                return f"whose needs name {need!r:.40}, which is none of {', '.join(NEEDS)}"
        if cls.evidence not in EVIDENCE:
            return f"whose evidence is {cls.evidence!r:.40}, which is none of {', '.join(EVIDENCE)}"
        if cls.look is Check.look:
            return "which has no look(self, subject)"
        return None

    @classmethod
    def planted(cls) -> tuple[Subject, str] | None:
        """Return a small subject with the problem and the place of its finding, for tests; None if there is none."""
        return None

    def look(self, subject: Subject) -> Iterator[Finding]:
        """Yield the findings about a subject, in an order that does not depend on the order of rows or columns.

        Parameters
        ----------
        subject : Subject
            The facts about an index; each need that the check declares is there.

        Yields
        ------
        Finding
            A finding at a place.
        """
        raise NotImplementedError
