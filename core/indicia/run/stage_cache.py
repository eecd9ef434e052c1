"""A cache of the outcomes of stages, for runs over one table; equal stages have equal numbers as keys."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from indicia.definition import Leaf, Node
from indicia.formulas.node import PLAIN, identity_key

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from indicia.definition import Part

    AnyPart = TypeVar("AnyPart", Leaf, Node)


@dataclass
class StageCache:
    """The outcomes of stages over one table; all runs over the table share them."""

    outcomes: dict[Hashable, Any] = field(default_factory=dict)
    """A table, or columns of nodes, and a record; the key is the stage and the columns that it used."""
    kinds: dict[int, set[frozenset[str]]] = field(default_factory=lambda: defaultdict(set))
    """By stage, the kinds of columns that it used."""
    _numbers: dict[Hashable, int] = field(default_factory=dict)
    _objects: dict[int, tuple[object, int]] = field(default_factory=dict)
    """Objects and their numbers, by id; they are held, so that no later object gets the same id."""
    _parts: dict[int, Any] = field(default_factory=dict)
    """Parts of trees, by their numbers."""

    def copied(self) -> StageCache:
        """Return a cache with the same outcomes, to which a run adds its own without keeping them here."""
        kinds = defaultdict(set, {stage: set(of_stage) for stage, of_stage in self.kinds.items()})
        held = dict(self._numbers), dict(self._objects), dict(self._parts)
        return StageCache(dict(self.outcomes), kinds, *held)

    def number(self, key: Hashable) -> int:
        """Return the number of a key. Keys are made of other keys, and numbers keep them short."""
        return self._numbers.setdefault(key, len(self._numbers))

    def number_of_value(self, value: object) -> int:
        """Return a number that equal stages, nodes, methods or parts of the index file share."""
        entry = self._objects.get(id(value))
        if entry is None:
            try:
                number = self.number(self._identity(value))
            except (TypeError, RecursionError):  # an array in a parameter of a method, for example, has no key
                number = self.number(("object", id(value)))
            entry = self._objects[id(value)] = value, number
        return entry[1]

    def _identity(self, value: object) -> Hashable:
        """Return the key of `identity_key`, with numbers in place of the keys of parts."""
        kind = type(value)
        if isinstance(value, tuple):
            return kind, tuple(map(self._key, value))
        if is_dataclass(kind):
            return kind, tuple(map(self._key, _values(kind)(value)))
        return identity_key(value, self._key)

    def _key(self, value: object) -> Hashable:
        kind = type(value)
        if kind is str or value is None:
            return value
        return (kind, value) if kind in PLAIN else self.number_of_value(value)

    def interned(self, node: Node) -> Node:
        """Return an equal tree whose parts are the same objects as equal parts of other interned trees.

        The number of an object is computed once, so that shared parts are compared once.
        """

        def shared(parts: tuple[Part, ...]) -> tuple[Part, ...]:
            return tuple(part if isinstance(part, Node) else self._shared(part) for part in parts)

        return node.with_parts(
            lambda changed, components, shown: self._shared(
                replace(changed, components=shared(components), shown=shared(shown))
            )
        )

    def _shared(self, part: AnyPart) -> AnyPart:
        """Return the first part that was equal to this one."""
        first: AnyPart = self._parts.setdefault(self.number_of_value(part), part)
        return first

    def number_of_object(self, value: object) -> int:
        """Return a number of this object; equal objects have different numbers."""
        entry = self._objects.get(id(value))
        if entry is None:
            entry = self._objects[id(value)] = value, self.number(("object", id(value)))
        return entry[1]


@cache
def _values(kind: type) -> Callable[[object], tuple[object, ...]]:
    """Return a function that returns the values of the fields of a dataclass."""
    names = [field.name for field in fields(kind)]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)
