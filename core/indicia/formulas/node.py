"""The recorded form of a formula: a tree of small frozen nodes.

Equal nodes are one object, so that a node is its own key: a dictionary of nodes finds a statistic however often, and
wherever, a formula asks for it.
"""

from __future__ import annotations

import struct
from dataclasses import fields, is_dataclass
from threading import Lock
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Container, Hashable, Iterable

    Option: TypeAlias = Any
    """A plain value: a number, a word, a type, a function, or a tuple of these."""


class Node:
    """One step of a formula: a kind, the nodes that it is applied to, and plain values as options.

    >>> x = Column("column", (), ("income",))
    >>> Operation("neg", (x,)) is Operation("neg", (x,))
    True
    >>> Number("number", (), (1,)) is Number("number", (), (1.0,))
    False
    """

    __slots__ = ("__weakref__", "args", "is_open", "kind", "options")

    kind: str
    args: tuple[Node, ...]
    options: tuple[Option, ...]
    is_open: bool
    """Whether the tree holds a node whose value is put in when the tree is compiled."""

    put_in: ClassVar[bool] = False
    """Whether nodes of this class stand for values that are put in when a tree is compiled."""

    def __new__(cls, kind: str, args: tuple[Node, ...] = (), options: tuple[Option, ...] = ()) -> Self:
        key = (cls, kind, args, identity(options))
        with _LOCK:
            node = _NODES.get(key)
            if node is None:
                node = object.__new__(cls)
                is_open = cls.put_in or any(arg.is_open for arg in args)
                for name, value in (("kind", kind), ("args", args), ("options", options), ("is_open", is_open)):
                    object.__setattr__(node, name, value)
                _NODES[key] = node
        return node  # type: ignore[return-value]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"nodes are frozen: {name} cannot be set")

    def __reduce__(self) -> tuple[type[Node], tuple[object, ...]]:
        return type(self), (self.kind, self.args, self.options)

    def __repr__(self) -> str:
        from indicia.formulas.to_text import to_text

        return f"<{type(self).__name__} {to_text(self)}>"


class Column(Node):
    """A column of the table; its name is the option."""

    __slots__ = ()


class Number(Node):
    """A literal as the method wrote it: a number, a word, a truth value or None."""

    __slots__ = ()


class FixedValue(Node):
    """A bound or a target that the index file gives: a column of it, since a division by a literal rounds otherwise."""

    __slots__ = ()


class Operation(Node):
    """A step that gives a column: row by row, or, as `rank` does, looking at the column as a whole."""

    __slots__ = ()


class Reduction(Node):
    """An aggregate of rows, which gives one value."""

    __slots__ = ()


class Statistic(Node):
    """A reduction, or arithmetic of reductions, whose value is settled over the rows that statistics are taken of."""

    __slots__ = ()
    put_in = True


class CachedColumn(Node):
    """A column that is computed once, however often it is used."""

    __slots__ = ()
    put_in = True


class Lookup(Node):
    """The value that the unit of a row has in one period, or the value of its parent."""

    __slots__ = ()
    put_in = True


class Weight(Node):
    """The weight of a component: a number, or a column where weights differ between rows."""

    __slots__ = ()
    put_in = True


QUESTIONS = (Statistic, CachedColumn, Lookup)
"""The nodes whose values are settled before the formula can be computed."""

_NODES: WeakValueDictionary[Hashable, Node] = WeakValueDictionary()
_LOCK = Lock()


def identity(value: object) -> Hashable:
    """Return a key that equal values share, and that tells 1, 1.0 and True apart, and 0.0 from -0.0.

    Dataclasses count by their fields, and bound methods by the object that they belong to. What can be neither compared
    nor hashed raises a TypeError.

    >>> identity(0.0) == identity(-0.0), identity(float("nan")) == identity(float("nan"))
    (False, True)
    """
    match value:
        case Node() | type():
            return value
        case float():
            return float, struct.pack("d", value)
        case tuple() | list():
            return type(value), *map(identity, value)
        case dict():
            return dict, *((identity(key), identity(item)) for key, item in value.items())
        case MethodType():
            try:
                return MethodType, value.__func__, identity(value.__self__)
            except TypeError:  # such as an array in a parameter: the same object is all that can be told
                return MethodType, value.__func__, id(value.__self__)
    if is_dataclass(value):
        return type(value), *(identity(getattr(value, field.name)) for field in fields(value))
    hash(value)
    return type(value), value


def in_order(roots: Iterable[Node], done: Container[Node] = ()) -> list[Node]:
    """Return all nodes of some trees, each once, and after those that it is applied to; but none of those `done`.

    The walk is a loop: a sum of 5,000 columns may be 5,000 nodes deep.

    >>> x = Column("column", (), ("x",))
    >>> [node.kind for node in in_order([Operation("add", (x, Operation("neg", (x,))))])]
    ['column', 'neg', 'add']
    """
    seen: set[Node] = set()
    ordered: list[Node] = []
    stack = [(root, False) for root in reversed(list(roots))]
    while stack:
        node, is_done = stack.pop()
        if is_done:
            ordered.append(node)
        elif node not in seen and node not in done:
            seen.add(node)
            stack.append((node, True))
            stack += [(arg, False) for arg in reversed(node.args)]
    return ordered
