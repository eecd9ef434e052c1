"""A trace on standard error: what each hook and each method got and gave, and how long it took.

The variable `INDICIA_TRACE` of the environment switches it on: 1, or 2 with values. Processes that a run starts inherit
the variable. Without it, a call of `is_on` is the whole cost.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from threading import local
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from indicia.errors import IndiciaError, printable, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    R = TypeVar("R")

Level: TypeAlias = Literal[0, 1, 2]
"""0: off; 1: shapes and ranges of numbers; 2: values of units too."""
VARIABLE = "INDICIA_TRACE"
_LEVELS: dict[str, Level] = {"": 0, "0": 0, "1": 1, "2": 2, "values": 2}
_SHOWN = 10
"""The greatest number of values and names in a line."""


class _State(local):
    """The place in the trace, by thread."""

    headers: list[str]
    """The lines of the open steps that are not printed yet."""
    depth = 0

    def __init__(self) -> None:
        self.headers = []


_state = _State()
_level: Level | None = None
_label = "trace"


def level() -> Level:
    """Return the level of the trace; the first call reads it from the environment.

    Raises
    ------
    IndiciaError
        If the variable has another value.
    """
    global _level
    if _level is None:
        text = os.environ.get(VARIABLE, "")
        if text not in _LEVELS:
            raise IndiciaError(
                f"{VARIABLE} is {text!r:.40}", remedy=f"{VARIABLE}=1 traces hooks and methods, and 2 prints values too"
            )
        _level = _LEVELS[text]
    return _level


def set_level(value: Level) -> None:
    """Set the level, for this process and for those that it starts."""
    global _level
    _level = value
    os.environ[VARIABLE] = str(value)


@contextmanager
def at(value: Level | None) -> Iterator[None]:
    """Set the level for a command, if it has one, and restore the level before it."""
    if value is None:
        yield
        return
    before = os.environ.get(VARIABLE)
    set_level(value)
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
        _forget()


def _forget() -> None:
    """Let the next call of `level` read the environment."""
    global _level
    _level = None


def name_process() -> None:
    """Begin each line with the number of this process, which works for another one."""
    global _label
    _label = f"trace {os.getpid()}"


def is_on() -> bool:
    """Return True if lines are printed."""
    return (level() if _level is None else _level) > 0


def say(text: str, since: float | None = None) -> None:
    """Print a line below the open steps; `since` is the reading of `perf_counter` at the start of what it tells."""
    for place, header in enumerate(_state.headers):
        _print(header, _state.depth - len(_state.headers) + place)
    _state.headers.clear()
    _print(text if since is None else f"{text}: {_milliseconds(since)}", _state.depth)


@contextmanager
def step(text: str, *, timed: bool = True) -> Iterator[None]:
    """Indent the lines of a part of the run below a line of its own; without `timed`, its time tells nothing."""
    if not is_on():
        yield
        return
    _state.headers.append(text)
    _state.depth += 1
    start = perf_counter()
    try:
        yield
    finally:
        if _state.headers:  # nothing was printed below the line
            _state.headers.pop()
            _state.depth -= 1
            say(text, start if timed else None)
        else:
            if timed:
                say("in all", start)
            _state.depth -= 1


def called(what: object, subject: str, got: Mapping[str, object], call: Callable[[], R]) -> R:
    """Call a function of a plugin, and print what it got and gave.

    Parameters
    ----------
    what
        The method, check or output; its text has the parameters.
    subject
        What it is called for: an indicator, a part of the index, the rankings.
    got
        The arguments by name.
    call
        The call.
    """
    if not is_on():
        return call()
    with step(f"{described(what)} of {subject}"):
        for name, value in got.items():
            say(f"got {name}: {summary(value)}")
        result = call()
        say(f"gave {summary(result)}")
        return result


def described(what: Any) -> str:
    """Return the name of a method, check or output with all its parameters, and the module that has it."""
    name = getattr(what, "code", None) or getattr(what, "name", type(what).__name__)
    parameters = ", ".join(f"{key}={value!s:.40}" for key, value in getattr(what, "parameters", {}).items())
    return f"{type(what).__module__}: {name}({parameters})"


def summary(value: Any) -> str:
    """Return the type and the size of a value, of numbers how many are missing and their range.

    >>> summary([1, 2, 3]), summary({"": b"text"}), summary(None)
    ('3 × int', '1 file: 4 bytes', 'nothing')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool | int | float):
        return f"{value:.6g}"
    if isinstance(value, bytes | str):
        return f"{len(value):,} {'bytes' if isinstance(value, bytes) else 'characters'}"
    if isinstance(value, list | tuple):
        kinds = sorted({type(element).__name__ for element in value})
        text = f"{len(value):,} × {' or '.join(kinds)}" if value else "none"
        return f"{text}: {_listed(map(str, value[:_SHOWN]), len(value))}" if value and level() > 1 else text
    if isinstance(value, dict) and all(isinstance(content, bytes) for content in value.values()):
        size = sum(map(len, value.values()))
        return f"{len(value):,} {'file' if len(value) == 1 else 'files'}: {size:,} bytes"
    if hasattr(value, "tables"):  # weights or a completed matrix with further results
        return summary(value.values)
    return _of_numbers(value) or type(value).__name__


def _of_numbers(value: Any) -> str | None:
    """Return the size and the range of a table, a column or an array; None for another value."""
    import numpy as np
    import polars as pl

    if isinstance(value, pl.DataFrame):
        numbers = [column for column in value.get_columns() if column.dtype.is_numeric()]
        flat = np.concatenate([_array(column) for column in numbers]) if numbers else np.empty(0)
        missing = sum(value.null_count().row(0)) if value.width else 0
        size = f"{value.height:,} rows × {value.width:,} columns"
    elif isinstance(value, pl.Series):
        flat = _array(value) if value.dtype.is_numeric() else np.empty(0)
        missing, size = value.null_count(), f"{len(value):,} rows"
    elif isinstance(value, np.ndarray):
        flat = value.astype(float).ravel() if value.dtype.kind in "fiub" else np.empty(0)
        missing, size = int(np.isnan(flat).sum()), " × ".join(f"{side:,}" for side in value.shape) or "one number"
    else:
        return None
    finite = flat[np.isfinite(flat)]
    extent = f", {finite.min():.6g} to {finite.max():.6g}" if finite.size else ""
    text = f"{size}, {missing:,} missing{extent}"
    if level() < 2 or not flat.size:
        return text
    return f"{text}: {_listed((f'{number:.6g}' for number in flat[:_SHOWN]), flat.size)}"


def _array(column: Any) -> Any:
    return column.cast(float).to_numpy()


def _listed(texts: Any, number: int) -> str:
    rest = f" … {number - _SHOWN:,} more" if number > _SHOWN else ""
    return ", ".join(texts) + rest


def _milliseconds(since: float) -> str:
    return f"{1000 * (perf_counter() - since):.1f} ms"


def _print(text: str, depth: int) -> None:
    sys.stderr.write(
        f"{_label}: {'  ' * depth}{printable(shorten(' '.join(text.split())))}\n"
    )  # one call, since processes write at once
