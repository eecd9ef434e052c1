"""Scores that an expression of the index file defines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indicia.checks import RunFacts


def is_formula(run: RunFacts, node: str) -> bool:
    """Return whether an expression defines the score of a node, which may then fall while a part rises."""
    return run.methods.get(node, {}).get("aggregation", "").partition("(")[0] == "formula"
