"""Names that are imported when they are used (PEP 562), since a run needs few of the names of most rooms."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def class_at(place: str) -> Any:
    """Return the class at a place such as "package.module:Class".

    >>> class_at("pathlib:PurePosixPath")("a", "b").name
    'b'
    """
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def door(place: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a module that offers the public names of another, which is then imported.

    >>> offered, names = door("json")
    >>> offered("loads")("[1]"), "loads" in names()
    ([1], True)
    """

    def offered(name: str) -> Any:
        module = import_module(place)
        if name != "__all__" and name not in module.__all__:
            raise AttributeError(f"{place} offers no {name}")
        return getattr(module, name)

    return offered, lambda: list(import_module(place).__all__)


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
