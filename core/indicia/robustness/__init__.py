"""Uncertainty, sensitivity and stability of rankings; each module is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indicia.robustness.feasible import choice_of_index
    from indicia.robustness.result import Factor, Failure, Robust
    from indicia.robustness.study import Study

__all__ = ["Factor", "Failure", "Robust", "Study", "choice_of_index"]

_HOMES = {**dict.fromkeys(("Factor", "Failure", "Robust"), "result"), "Study": "study", "choice_of_index": "feasible"}
"""The module of each name."""

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import a name when it is used."""
        if name not in __all__:
            raise AttributeError(f"indicia.robustness has no {name}")
        return getattr(import_module(f"indicia.robustness.{_HOMES[name]}"), name)
