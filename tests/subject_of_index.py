"""The subject of an index for checks of scores and of further runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import indicia
from indicia.catalogue import installed
from indicia_audit.facts import run_facts_of
from indicia_audit.rescorer import IndexRescorer

if TYPE_CHECKING:
    import polars as pl

    from indicia.checks import Finding, Subject


def subject_of_index(words: dict[str, Any], frame: pl.DataFrame, *, full: bool = False) -> Subject:
    """Return the subject of an audit of an index, without draws."""
    index = indicia.read(words)
    result = index.score_frame(frame)
    run = run_facts_of(result)
    rescorer = IndexRescorer.of(index, frame, result.scored, run)
    subject = index.inspect_frame(frame, look=False).subject
    return replace(subject, run=run, rescorer=rescorer, is_full=full)


def findings(code: str, subject: Subject, **thresholds: Any) -> list[Finding]:
    """Return the findings of a shipped check."""
    return list(installed().choose("check", {"method": code, **thresholds}).look(subject))
