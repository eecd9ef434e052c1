"""The version of hooks and contracts, and the version that a plugin was written for."""

from __future__ import annotations

from indicia.errors import PluginError

CONTRACT = 2
"""The version of hooks and contracts. A plugin states its version: `indicia_contract = 2`."""


def contract_of(plugin: object) -> int:
    """Return the version that a plugin was written for, the present one if it states none.

    Raises
    ------
    PluginError
        If this Indicia does not run plugins of that version.

    Examples
    --------
    >>> contract_of(None)
    2
    """
    contract = getattr(plugin, "indicia_contract", CONTRACT)
    if not isinstance(contract, int) or isinstance(contract, bool):
        raise PluginError(f"its indicia_contract is {contract!r:.40}, and has to be a whole number")
    if contract != CONTRACT:
        raise PluginError(
            f"it was written for contract {contract} of Indicia, and this is {CONTRACT}",
            remedy="pip install --upgrade indicia" if contract > CONTRACT else "ask for a newer version of it",
        )
    return contract
