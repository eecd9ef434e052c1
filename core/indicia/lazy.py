"""Names of a room that are imported when they are used (PEP 562), since a run needs few of the names of most rooms."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def names_of(room: str, **modules: str) -> Callable[[str], Any]:
    """Return the function `__getattr__` of a room.

    Parameters
    ----------
    room
        The name of the package.
    **modules
        The names that the room offers, separated by spaces, by the module of the room that has them.
    """
    homes = {name: f"{room}.{module}" for module, names in modules.items() for name in names.split()}

    def imported(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        value = getattr(import_module(homes[name]), name)
        setattr(sys.modules[room], name, value)
        return value

    return imported
