"""The check of the facts about the publication of an index."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from indicia_audit.checks import Check, Finding, Listed, Sentence, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXAMPLES = {
    "publisher": 'publisher = "Office of Cities"',
    "edition": "edition = 2024",
    "date": "date = 2024-03-31",
    "licence": 'licence = "CC-BY-4.0"',
    "contact": 'contact = "index@example.org"',
    "citation": 'citation = "Office of Cities (2024), City Index"',
}


@dataclass(frozen=True)
class FactsForReaders(Check):
    """Find facts about the publication that the index file does not state.

    An author stands for the publisher, the address of the publication for the contact, and a publisher or an author
    for the citation, which Indicia then writes. An index in no file and without `[publication]` is not looked at.
    """

    code = "N01"
    title = "facts that readers miss"
    severity = "information"
    source = "Indicia"
    evidence = "statistics"
    why = """
    A reader who quotes a score has to know who publishes it, in which edition, and whether it may be copied. A reader
    who finds a mistake needs an address.
    """
    example = """
    An index file has publisher, date and licence, and no more: "readers of the report miss edition, contact".
    """
    advice = """
    State the facts in `[publication]` of the index file. The report, the workbook, charts and `indicia cite` show them.
    """

    @classmethod
    def planted(cls) -> tuple[Subject, str]:
        subject = Subject.of(pl.DataFrame({"city": ["Lima"]}), pl.DataFrame({"income": [1.0]}))
        return replace(subject, missing_publication_facts=("edition", "contact")), "index"

    def look(self, subject: Subject) -> Iterator[Finding]:
        missing = subject.missing_publication_facts
        if missing:
            remedy = f"state them in [publication]: {', '.join(_EXAMPLES[fact] for fact in missing)}"
            count = float(len(missing))
            yield Finding(
                "index",
                count,
                0.0,
                Sentence("readers of the report miss {missing}", missing=Listed(Sentence(fact) for fact in missing)),
                remedy,
            )
