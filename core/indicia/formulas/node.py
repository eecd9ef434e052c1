"""The recorded form of a formula: a tree of small frozen nodes.

Equal nodes are one object, so that a node is its own key: a dictionary of nodes finds a statistic however often, and
wherever, a formula asks for it.
"""

from __future__ import annotations

import struct
from functools import partial
from itertools import count
from threading import Lock
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Iterable

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

    __slots__ = ("__weakref__", "args", "depth", "is_open", "kind", "options", "serial")

    kind: str
    args: tuple[Node, ...]
    options: tuple[Option, ...]
    is_open: bool
    """True if the tree holds a node whose value is put in when the tree is compiled."""
    depth: int
    """The number of questions in the tree that rest on each other."""
    serial: int
    """A number that no other node of the process has or had."""

    put_in: ClassVar[bool] = False
    """True if nodes of this class stand for values that are put in when a tree is compiled."""
    is_question: ClassVar[bool] = False
    """True if nodes of this class ask for a value that is settled before the formula can be computed."""

    def __new__(cls, kind: str, args: tuple[Node, ...] = (), options: tuple[Option, ...] = ()) -> Self:
        key = (cls, kind, args, identity(options) if options else ())
        with _LOCK:
            node = _NODES.get(key)
            if node is None:
                node = _NODES[key] = object.__new__(cls)
                freeze = partial(object.__setattr__, node)
                freeze("serial", next(_SERIALS))
                freeze("kind", kind)
                freeze("args", args)
                freeze("options", options)
                freeze("is_open", cls.put_in or any(arg.is_open for arg in args))
                freeze("depth", max((arg.depth for arg in args), default=0) + cls.is_question)
        return node  # type: ignore[return-value]

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"nodes are frozen: {name} cannot be set")

    def __reduce__(self) -> tuple[type[Node], tuple[object, ...]]:
        return type(self), (self.kind, self.args, self.options)

    def __repr__(self) -> str:
        return f"<{' '.join([type(self).__name__, self.kind, *map(repr, self.options)])}>"


class Column(Node):
    """A column of the table; its name is the option."""

    __slots__ = ()


class Number(Node):
    """A literal as the method wrote it: a number, a word, a truth value or None."""

    __slots__ = ()


class FixedValue(Node):
    """A bound or a target of an indicator that the index file gives.

    Its options are the word, "min", "max" or "target", and the value. Its argument is the column that the index file
    gives it for; the ends of closeness to the best values, 0 and 1, have none. It is computed as a column, since a
    division by a literal rounds otherwise.
    """

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
    put_in = is_question = True


class CachedColumn(Node):
    """A column that is computed once, however often it is used."""

    __slots__ = ()
    put_in = is_question = True


class Lookup(Node):
    """The value that the unit of a row has in one period, or the value of its parent."""

    __slots__ = ()
    put_in = is_question = True


class Weight(Node):
    """The weight of a component: a number, or a column where weights differ between rows."""

    __slots__ = ()
    put_in = True


_NODES: WeakValueDictionary[Hashable, Node] = WeakValueDictionary()
_LOCK = Lock()
_SERIALS = count()


def identity(value: object, of_part: Callable[[Any], Hashable] | None = None) -> Hashable:
    """Return a key that equal values share, and that tells 1, 1.0 and True apart, and 0.0 from -0.0.

    Dataclasses count by their fields and by the functions of their class, which a test may replace; models of the index
    file by their fields and by which of these are stated; functions by their code and by the variables of their
    surroundings; bound methods by the object that they belong to. A value that can be neither compared nor hashed
    raises a TypeError. `of_part` gives the keys of the parts of a value, by default this function.

    >>> identity(0.0) == identity(-0.0), identity(float("nan")) == identity(float("nan"))
    (False, True)
    """
    kind, of = type(value), of_part or identity
    if kind in PLAIN:
        return kind, value
    if (rule := _RULES.get(kind)) is not None:
        return kind, rule(value, of)
    if isinstance(value, Node | type):
        return value
    if (fields := getattr(kind, "__dataclass_fields__", None)) is not None:
        functions = tuple([one for one in vars(kind).values() if type(one) is FunctionType])
        return kind, functions, tuple([of(getattr(value, name)) for name in fields])
    if isinstance(value, float):
        return kind, _DOUBLE.pack(value)
    if (model := getattr(kind, "model_fields", None)) is not None:  # words of an index file
        stated = frozenset(value.model_fields_set)  # type: ignore[attr-defined]
        return kind, stated, tuple([of(getattr(value, name)) for name in model])
    hash(value)
    return kind, value


def _of_function(function: FunctionType, of: Callable[[Any], Hashable]) -> Hashable:
    around = tuple(cell.cell_contents for cell in function.__closure__ or ())
    defaults = function.__defaults__, function.__kwdefaults__
    return function.__code__, _Same(function.__globals__), of(around), of(defaults)


def _of_method(method: MethodType, of: Callable[[Any], Hashable]) -> Hashable:
    try:
        return method.__func__, of(method.__self__)
    except TypeError:  # such as an array in a parameter: the same object is all that can be told
        return method.__func__, _Same(method.__self__)


class _Same:
    """A key of one object, which lives as long as the key does."""

    __slots__ = ("thing",)

    def __init__(self, thing: object) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)


PLAIN = frozenset((str, int, bool, type(None)))
"""The kinds of values that are their own keys, beside their kind."""

_DOUBLE = struct.Struct("d")


def _of_items(values: Iterable[object], of: Callable[[Any], Hashable]) -> Hashable:
    return tuple([of(value) for value in values])


_RULES: dict[type, Callable[[Any, Callable[[Any], Hashable]], Hashable]] = {
    float: lambda value, _: _DOUBLE.pack(value),
    tuple: _of_items,
    list: _of_items,
    dict: lambda table, of: tuple([(of(key), of(value)) for key, value in table.items()]),
    FunctionType: _of_function,
    MethodType: _of_method,
}


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
