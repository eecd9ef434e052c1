"""The units that change places with a unit between two editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.notes import Names, Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SENTENCES = {
    "overtook": "places_overtook",
    "came": "places_came",
    "passed": "places_passed",
    "gone": "places_gone",
}
_NAMES = 10
"""The most units that a sentence names."""


def changed_places(unit: str, before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, list[str]]:
    """Return the units that are ahead of a unit in one of two rankings only.

    Parameters
    ----------
    unit : str
        A unit of both rankings.
    before, after : mapping of str to float
        The rank of each ranked unit; a smaller number is ahead.

    Returns
    -------
    dict of str to list of str
        The units that `overtook` the unit, that `came` into the ranking ahead of it, that it has `passed`, and that are
        `gone`, ahead of it before; those nearest to rank 1 first. Where equal scores share the best of their ranks, the
        move is the number of the first two less that of the last two.

    Examples
    --------
    >>> changed_places("Ash", {"Fir": 1, "Ash": 2, "Elm": 3, "Oak": 4}, {"Elm": 1, "Gum": 2, "Ash": 3, "Oak": 4})
    {'overtook': ['Elm'], 'came': ['Gum'], 'passed': [], 'gone': ['Fir']}
    """
    then = sorted((name for name in before if before[name] < before[unit]), key=lambda name: before[name])
    now = sorted((name for name in after if after[name] < after[unit]), key=lambda name: after[name])
    overtook = [name for name in now if name in before and before[name] >= before[unit]]
    passed = [name for name in then if name in after and after[name] >= after[unit]]
    came, gone = [name for name in now if name not in before], [name for name in then if name not in after]
    return {"overtook": overtook, "came": came, "passed": passed, "gone": gone}


def sentences_on_places(unit: str, before: Mapping[str, float], after: Mapping[str, float]) -> Iterator[Note]:
    """Yield the units that overtook a unit or were overtaken by it, and those that came or went ahead of it."""
    for kind, units in changed_places(unit, before, after).items():
        if units:
            yield Note(_SENTENCES[kind], unit=Names.of([unit]), units=Names.of(units, _NAMES))
