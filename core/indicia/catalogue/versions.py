"""The version of hooks and contracts, and the version that a plugin was written for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.errors import PluginError
from indicia.formulas.old_words import UNTIL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.methods import Method

CONTRACT = 2
"""The version of hooks and contracts. A plugin states its version: `indicia_contract = 2`."""
OLDEST = 1
"""The oldest version whose plugins still run."""


def contract_of(plugin: object) -> int:
    """Return the version that a plugin was written for, 1 if it states none.

    Raises
    ------
    PluginError
        If this Indicia does not run plugins of that version.

    Examples
    --------
    >>> contract_of(None)
    1
    """
    contract = getattr(plugin, "indicia_contract", 1)
    if not isinstance(contract, int) or isinstance(contract, bool):
        raise PluginError(f"its indicia_contract is {contract!r:.40}, and has to be a whole number")
    if contract > CONTRACT:
        raise PluginError(
            f"it was written for contract {contract} of Indicia, and this is {CONTRACT}",
            remedy="pip install --upgrade indicia",
        )
    if contract < OLDEST:
        raise PluginError(
            f"it was written for contract {contract} of Indicia, and the oldest supported contract is {OLDEST}",
            remedy="ask for a newer version of it",
        )
    return contract


def deprecated_uses(kind: str, method: type[Method]) -> Iterator[str]:
    """Yield a sentence for each old name that a class uses, with the new name."""
    for base in method.__mro__:
        for deprecation in vars(base).get("_old_words", ()):
            use = f'the {kind} "{method.name}" has {deprecation.name}'
            yield f"{use}, which will be removed in Indicia {UNTIL}: write {deprecation.instead}"
