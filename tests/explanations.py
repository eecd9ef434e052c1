"""The sentences of explanations, for tests that have no answer of an analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indicia_editions.move import ExplainedMove
    from indicia_explain.gap import ExplainedGap
    from indicia_explain.score import ExplainedScore


def sentences_of(explained: ExplainedScore | ExplainedGap | ExplainedMove, language: str | None = None) -> list[str]:
    """Return the findings of an explanation, with the names of units and parts."""
    names = explained.result.reader_names(language)
    return [finding.in_language(language, names) for finding in explained.findings]
