"""The operators of Python that formulas are written with, by the kind of node that each records."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "neg", "invert", "lt", "le", "gt", "ge", "eq", "ne"]

OPERATORS: dict[str, Callable[..., Any]] = {name: getattr(operator, name) for name in _NAMES}
OPERATORS |= {"and": operator.and_, "or": operator.or_}
