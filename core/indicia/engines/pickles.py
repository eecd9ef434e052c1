"""Pickles of values whose classes may come from plugin files."""

from __future__ import annotations

import operator
import pickle
import sys
from io import BytesIO
from types import FunctionType
from typing import Any


def dumps(value: object) -> bytes:
    """Return the pickle of a value, which `pickle.loads` reads.

    The module of a plugin file has its path as a name, which `pickle` cannot import: it takes the dot for that of a
    package. Classes and functions of such a module are therefore looked up among the modules that are there.
    """
    buffer = BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Return the parts of a class or function of a plugin file; other values are pickled as usual."""
        if isinstance(value, type | FunctionType) and value.__module__.endswith(".py"):
            return _member, (value.__module__, value.__qualname__)
        return NotImplemented


def _member(module: str, name: str) -> Any:
    """Return the class or function of a plugin file that this process has imported."""
    return operator.attrgetter(name)(sys.modules[module])
