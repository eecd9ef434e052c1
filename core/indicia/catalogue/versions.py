"""The version of hooks and contracts, for which of them a plugin was written, and what of them is going."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.methods import Method

CONTRACT = 1
"""The version of hooks and contracts; a plugin that was written for another one says so: `indicia_contract = 2`."""
OLDEST = 1
"""The oldest version whose plugins still run."""


@dataclass(frozen=True)
class Going:
    """A function or an attribute of the classes of a contract that still works, for one release."""

    base: str
    """The class of the contract."""
    name: str
    instead: str
    """What to write in its place."""
    until: str
    """The release that is without it."""


GOING: tuple[Going, ...] = ()


def contract_of(plugin: object) -> int:
    """Return the version for which a plugin was written; one that cannot be run is an error.

    >>> contract_of(None)
    1
    """
    stated = getattr(plugin, "indicia_contract", 1)
    if not isinstance(stated, int) or isinstance(stated, bool):
        raise PluginError(f"its indicia_contract is {stated!r:.40}, and has to be a whole number")
    if stated > CONTRACT:
        raise PluginError(
            f"it was written for contract {stated} of Indicia, and this is {CONTRACT}",
            remedy="pip install --upgrade indicia",
        )
    if stated < OLDEST:
        raise PluginError(
            f"it was written for contract {stated} of Indicia, and the oldest that still runs is {OLDEST}",
            remedy="ask for a newer version of it",
        )
    return stated


def outdated(kind: str, method: type[Method]) -> Iterator[str]:
    """Say what a method has that is going, and what to write instead."""
    for going in GOING:
        own = (one for one in method.__mro__ if not one.__module__.startswith("indicia.methods"))
        if any(base.__name__ == going.base for base in method.__mro__) and any(going.name in vars(one) for one in own):
            what = f'the {kind} "{method.name}" has {going.name}, which goes with Indicia {going.until}'
            yield f"{what}: write {going.instead}"
