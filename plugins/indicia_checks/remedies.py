"""Remedies about a part of a node, in words: advice where correlations may decide, else a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.checks.remedies import has_few_parts, home_of

if TYPE_CHECKING:
    from indicia.statistics.coherence import Coherence


def ask_for_concept(coherence: Coherence, node: str, needed: str) -> str:
    """Return the question whether a node needs parts, for a node of few parts."""
    parts = coherence.components[node].width
    return f"ask whether the concept of {node} needs {needed}: with {parts} parts, correlations do not decide"


def move_or_leave_out(coherence: Coherence, node: str, part: str, first: str = "") -> str:
    """Return a first remedy of a part that does not fit its node, and the others; without a clear home it is not moved.

    In a node of few parts, the others are the question whether the concept needs the part.
    """
    if has_few_parts(coherence, node):
        others = [ask_for_concept(coherence, node, part)]
    else:
        home = home_of(coherence, node, part)
        others = [*([f'move it (dimension = "{home}")'] if home else []), "leave it out"]
    *before, last = [first, *others] if first else others
    return f"{', '.join(before)}, or {last}" if before else last
