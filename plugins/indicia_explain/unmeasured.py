"""The parts of a unit that nobody measured: they are no strength and no driver of a gap, and sentences name them apart.

A dimension counts as measured if anything below it was measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from indicia.definition import ROOT
from indicia.notes import Names, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indicia.result import Result

Reason: TypeAlias = Literal["missing", "uncounted", "filled", "imputed"]
"""No value; values that do not count, since the dimension lacks too many others; no value, in whose place the rule for
missing values puts one; imputed values."""
_SENTENCES: dict[Reason, str] = {
    "missing": "apart_missing",
    "uncounted": "apart_uncounted",
    "filled": "apart_filled",
    "imputed": "apart_imputed",
}


def unmeasured(result: Result, row: int) -> dict[str, Reason]:
    """Return the indicators and nodes of a row of a result that nobody measured, with the reason."""
    scored, flags = result.scored, result.imputed.values
    tree, scores = scored.tree, scored.source.columns.unrounded
    nodes = list(tree.counting_nodes())
    counted = {ROOT}
    for node in nodes:  # parents first
        if node.id in counted and scores[node.id][row] is not None:
            counted |= {part.id for part in node.components if scored.components[part.id][row] is not None}
    reasons: dict[str, Reason] = {}
    for name in tree.indicators:
        if scored.components[name][row] is None:
            reasons[name] = "missing"
        elif name not in counted:
            reasons[name] = "uncounted"
        elif name in flags.columns and flags[name][row]:
            reasons[name] = "filled" if scored.normalised[name][row] is None else "imputed"
    for node in reversed(nodes[1:]):  # components before their nodes
        below = {reasons.get(part.id) for part in node.components}
        if node.id not in counted:
            reasons[node.id] = "missing" if below == {"missing"} else "uncounted"
        elif scores[node.id][row] is None or below == {"filled"}:
            reasons[node.id] = "filled"
        elif None not in below:
            reasons[node.id] = "imputed"
    return reasons


def sentences_apart(
    unit: str | Note, parts: Iterable[tuple[str, Note]], reasons: Mapping[str, Reason]
) -> Iterator[Note]:
    """Yield the sentences on unmeasured parts.

    Parameters
    ----------
    unit
        The unit, or the unit in an edition.
    parts
        Parts by name, each with its words, the most important first.
    reasons
        The reasons of the unit; a part without one is left out.
    """
    pairs = list(parts)
    for reason, key in _SENTENCES.items():
        if words := tuple(note for name, note in pairs if reasons.get(name) == reason):
            yield Note(key, unit=Names((unit,)), parts=Names(words))
