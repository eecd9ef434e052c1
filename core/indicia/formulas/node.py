"""Nodes of formulas, with the names of their operations and of columns that every table may have.

The names of columns that are added to the values, so that formulas can refer to other rows.

They begin with a null character, so that no column of the data has the same name.

The recorded form of a formula: a tree of small frozen nodes.

Equal nodes are the same object. Hence a statistic that a formula uses in several places is one key in dictionaries of
nodes, and is computed once.
"""

from __future__ import annotations

import operator
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
    """A plain value: a number, a text, a type, a function, or a tuple of these."""


UNIT = "\0unit"
"""The units, where formulas refer to the value of one unit."""

PERIOD = "\0period"
"""The periods, as text, where formulas refer to the value of one period."""

PARENT = "\0parent"
"""The parent of each unit, where formulas refer to the value of the parent."""

DRAW = "\0draw"
"""The number of the draw, where one frame has the rows of many draws."""

ONE = "\0one"
"""A column of ones. Statistics are multiplied by it, since polars divides exactly only by columns, not by numbers."""

USED = "\0used\0"
"""The beginning of the names of the columns that methods use beside the indicators; the name in the data follows."""


_NAMES = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "neg", "invert", "lt", "le", "gt", "ge", "eq", "ne"]

OPERATORS: dict[str, Callable[..., Any]] = {name: getattr(operator, name) for name in _NAMES}
OPERATORS |= {"and": operator.and_, "or": operator.or_}


class Node:
    """One step of a formula: a kind, the nodes that it is applied to, and plain values as options.

    >>> x = Column("column", (), ("income",))
    >>> Operation("neg", (x,)) is Operation("neg", (x,))
    True
    >>> Number("number", (), (1,)) is Number("number", (), (1.0,))
    False
    """

    __slots__ = ("__weakref__", "args", "depth", "has_placeholder", "kind", "options", "serial")

    kind: str
    args: tuple[Node, ...]
    options: tuple[Option, ...]
    has_placeholder: bool
    """True if the tree has a placeholder."""
    depth: int
    """The number of questions in the longest chain in which each question needs the value of the next question."""
    serial: int
    """A number that the process gives to one node only; it makes the name of the node's column unique."""

    is_placeholder: ClassVar[bool] = False
    """True if nodes of this class stand for values that are inserted when the tree is compiled."""
    is_question: ClassVar[bool] = False
    """True if nodes of this class stand for values that are computed from the data before the formula."""

    def __new__(cls, kind: str, args: tuple[Node, ...] = (), options: tuple[Option, ...] = ()) -> Self:
        key = (cls, kind, args, identity_key(options) if options else ())
        with _LOCK:
            node = _NODES.get(key)
            if node is None:
                node = _NODES[key] = object.__new__(cls)
                freeze = partial(object.__setattr__, node)  # `Node.__setattr__` raises an error
                freeze("serial", next(_SERIALS))
                freeze("kind", kind)
                freeze("args", args)
                freeze("options", options)
                freeze("has_placeholder", cls.is_placeholder or any(arg.has_placeholder for arg in args))
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
    """A literal of the formula: a number, a text, a truth value or None."""

    __slots__ = ()


class FixedValue(Node):
    """A bound or a target of an indicator that the index file gives.

    The options are the name ("min", "max" or "target") and the value. The argument is the column of the indicator; the
    bounds 0 and 1 of closeness to the best values have no argument. A fixed value is compiled to a column, since polars
    rounds a division by a literal differently.
    """

    __slots__ = ()


class Operation(Node):
    """A step whose result is a column, computed row by row or, like `rank`, from all rows."""

    __slots__ = ()


class Reduction(Node):
    """An aggregate: one value of all rows."""

    __slots__ = ()


class Statistic(Node):
    """A reduction, or arithmetic of reductions, that is computed over the rows of the scope of statistics."""

    __slots__ = ()
    is_placeholder = is_question = True


class CachedColumn(Node):
    """A column that is computed once, however often it is used."""

    __slots__ = ()
    is_placeholder = is_question = True


class Lookup(Node):
    """The value of the same unit in another period, an aggregate over its periods, or the value of its parent."""

    __slots__ = ()
    is_placeholder = is_question = True


class Weight(Node):
    """The weight of a component: a number, or a column where weights differ between rows."""

    __slots__ = ()
    is_placeholder = True


def depends_on_weights(node: Node) -> bool:
    """Return whether the value of a node depends on weights of components."""
    pending, seen = [node], {node.serial}
    while pending:
        part = pending.pop()
        if isinstance(part, Weight):
            return True
        for arg in part.args:
            if arg.has_placeholder and arg.serial not in seen:
                seen.add(arg.serial)
                pending.append(arg)
    return False


_NODES: WeakValueDictionary[Hashable, Node] = WeakValueDictionary()
_LOCK = Lock()
_SERIALS = count()


def identity_key(value: object, key_of_part: Callable[[Any], Hashable] | None = None) -> Hashable:
    """Return a key that equal values share. 1, 1.0 and True have different keys; so do 0.0 and -0.0.

    The key of a dataclass contains its fields, and the functions of its class, which a test may replace. The key of a
    model of the index file contains its fields, and the names of the fields that the file states. The key of a function
    contains its code and the variables that it captures; the key of a bound method contains its object. A value without
    a hash raises a TypeError. `key_of_part` computes the keys of parts of a value; the default is this function.

    >>> identity_key(0.0) == identity_key(-0.0), identity_key(float("nan")) == identity_key(float("nan"))
    (False, True)
    """
    kind, key_of = type(value), key_of_part or identity_key
    if kind in PLAIN:
        return kind, value
    if (rule := _RULES.get(kind)) is not None:
        return kind, rule(value, key_of)
    if isinstance(value, Node | type):
        return value
    if (fields := getattr(kind, "__dataclass_fields__", None)) is not None:
        functions = tuple([member for member in vars(kind).values() if type(member) is FunctionType])
        return kind, functions, tuple([key_of(getattr(value, name)) for name in fields])
    if isinstance(value, float):
        return kind, _DOUBLE.pack(value)
    if (model := getattr(kind, "model_fields", None)) is not None:  # a model of the index file
        # stages treat a stated default differently from an unstated default
        stated = frozenset(value.model_fields_set)  # type: ignore[attr-defined]
        return kind, stated, tuple([key_of(getattr(value, name)) for name in model])
    hash(value)
    return kind, value


def _function_key(function: FunctionType, key_of: Callable[[Any], Hashable]) -> Hashable:
    captured = tuple(cell.cell_contents for cell in function.__closure__ or ())
    defaults = function.__defaults__, function.__kwdefaults__
    return function.__code__, _ObjectKey(function.__globals__), key_of(captured), key_of(defaults)


def _method_key(method: MethodType, key_of: Callable[[Any], Hashable]) -> Hashable:
    try:
        return method.__func__, key_of(method.__self__)
    except TypeError:  # an array in a parameter, for example, has no hash: only the same object is equal
        return method.__func__, _ObjectKey(method.__self__)


class _ObjectKey:
    """A key by the identity of an object. It holds the object, so that no later object gets the same id."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ObjectKey) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


PLAIN = frozenset((str, int, bool, type(None)))
"""The types whose key is the type and the value itself."""

_DOUBLE = struct.Struct("d")


def _items_key(values: Iterable[object], key_of: Callable[[Any], Hashable]) -> Hashable:
    return tuple([key_of(value) for value in values])


_RULES: dict[type, Callable[[Any, Callable[[Any], Hashable]], Hashable]] = {
    float: lambda value, _: _DOUBLE.pack(value),  # the bytes of -0.0 and 0.0 differ, and those of NaN are equal
    tuple: _items_key,
    list: _items_key,
    dict: lambda table, key_of: tuple([(key_of(key), key_of(value)) for key, value in table.items()]),
    FunctionType: _function_key,
    MethodType: _method_key,
}


def postorder(roots: Iterable[Node], done: Container[Node] = ()) -> list[Node]:
    """Return the nodes of trees, each once and after its arguments; nodes in `done` and nodes below them are skipped.

    The walk is a loop, since a sum of 5,000 columns may be 5,000 nodes deep, too deep for a recursion.

    >>> x = Column("column", (), ("x",))
    >>> [node.kind for node in postorder([Operation("add", (x, Operation("neg", (x,))))])]
    ['column', 'neg', 'add']
    """
    seen: set[Node] = set()
    ordered: list[Node] = []
    stack = [(root, False) for root in reversed(list(roots))]
    while stack:
        node, has_arguments_done = stack.pop()
        if has_arguments_done:
            ordered.append(node)
        elif node not in seen and node not in done:
            seen.add(node)
            if node.args:
                stack.append((node, True))
                stack += [(arg, False) for arg in reversed(node.args)]
            else:
                ordered.append(node)
    return ordered
