"""The border between the core and the methods: what a method raises, prints or gives amiss is said with its name.

A ValueError of a method is what it has to say, and is an error of its user; whatever else it raises, and a result that
no method of its kind gives, is a fault of the plugin.
"""

from __future__ import annotations

import sys
import traceback
import warnings
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from indicia.catalogue.importing import hushed
from indicia.catalogue.importing import plugin_of as plugin_of
from indicia.errors import IndiciaError, MethodError, MethodFailure, MethodWarning
from indicia.formulas import Expression, Recorder
from indicia.tables.evaluate import Evaluated, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.formulas import Node, Recorded
    from indicia.methods import Array, Method
    from indicia.tables.profile import Profile
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.values import StatisticValues


@contextmanager
def asked(method: Method, of: str, recorder: object = None) -> Iterator[None]:
    """Ask a method for something about an indicator or a node: what goes wrong names both, and the plugin.

    What a method prints does not get between our output; a warning says it. A formula that prints is not kept by the
    recorder, so that the warning comes in every run.
    """
    said = ""
    try:
        with hushed() as printed:
            try:
                yield
            finally:
                said = printed.getvalue().strip()
    except IndiciaError as error:
        if plugin_of(method) and _raised_by(method, error):
            told = f"{method.name} of {of}: {error.what}"
            raise MethodError(told, where=error.where or plugin_of(method), remedy=error.remedy) from error
        raise
    except MemoryError:
        raise
    except ValueError as error:
        raise MethodError(f"{method.name} of {of}: {error}", where=plugin_of(method)) from error
    except (Exception, SystemExit) as error:
        if not _of_plugin(method, error):
            raise
        raise failure(method, of, _told(error), error) from error
    finally:
        if said:
            if isinstance(recorder, Recorder):
                recorder.keep = False
            _warn(method, f"{method.name} of {of} prints {said.splitlines()[0]!r}")


def failure(method: Method, of: str, what: str, error: BaseException | None = None) -> MethodFailure:
    """Return the error of a method that falls over or gives what no method gives."""
    line = _line(method, error)
    where = "\n".join(filter(None, (plugin_of(method), line)))
    return MethodFailure(f"{method.name} of {of} {what}", where=where or None)


def expression(method: Method, of: str, given: object) -> Expression:
    """Return what a formula gives, if it is an expression."""
    if not isinstance(given, Expression):
        raise failure(method, of, f"gives {_kind(given)} where an expression is wanted")
    return given


def numbers(method: Method, of: str, given: object, shape: tuple[int, ...]) -> Array:
    """Return what a function gives, if it is an array of numbers of this shape."""
    if given is None:
        raise failure(method, of, "gives nothing where numbers are wanted")
    try:
        found = np.asarray(given, dtype=float)
        if str(getattr(given, "dtype", "")) in _COARSE:
            _warn_of_coarse(method, of)
    except (TypeError, ValueError) as error:
        raise failure(method, of, f"gives {_kind(given)} where numbers are wanted", error) from error
    if found.shape != shape:
        raise failure(method, of, f"gives values of shape {found.shape} where {shape} is wanted")
    return found


def evaluated(
    methods: Mapping[str, Method],
    frame: pl.DataFrame,
    formulas: Mapping[str, Recorded],
    scope: StatisticsScope,
    fitted: StatisticValues | None = None,
    *,
    facts: Mapping[tuple[str, ...], Profile] = MappingProxyType({}),
    weights: Mapping[Node, float | pl.Expr] = MappingProxyType({}),
    whole_column: bool = False,
    gaps: bool = False,
) -> Evaluated:
    """Evaluate formulas of methods, all at once; where that fails, find the one at fault."""

    def of(names: Mapping[str, Recorded]) -> Evaluated:
        found = evaluate(
            frame, names, scope, fitted, facts=facts, weights=weights, whole_column=whole_column, gaps=gaps
        )
        return Evaluated(_checked(methods, found.frame, frame.height), found.statistics, found.formulas)

    try:
        return of(formulas)
    except (IndiciaError, MemoryError):
        raise
    except Exception:
        for name, formula in formulas.items():
            try:
                of({name: formula})
            except (IndiciaError, MemoryError):
                raise
            except Exception as error:
                if not isinstance(error, ValueError) and not _of_plugin(methods[name], error):
                    raise
                raise failure(methods[name], name, _told(error), error) from error
        raise


def _checked(methods: Mapping[str, Method], frame: pl.DataFrame, rows: int) -> pl.DataFrame:
    """Return the columns as floats, if they are numbers and one a row."""
    for name, kind in frame.schema.items():
        if not kind.is_numeric():
            raise failure(methods[name], name, f"gives values of the type {kind} where numbers are wanted")
        if kind == pl.Float32:
            _warn_of_coarse(methods[name], name)
    if frame.height != rows:
        name = frame.columns[0]
        raise failure(methods[name], name, f"gives {frame.height} value(s) for {rows} rows")
    return frame.cast(pl.Float64) if any(kind != pl.Float64 for kind in frame.dtypes) else frame


_COARSE = ("float16", "float32")


def _warn_of_coarse(method: Method, of: str) -> None:
    _warn(method, f"{method.name} of {of} gives numbers of single precision, of which some 7 digits are right")


def _warn(method: Method, told: str) -> None:
    warnings.warn("; ".join(filter(None, (told, plugin_of(method)))), MethodWarning, stacklevel=4)


def _kind(given: Any) -> str:
    return "nothing" if given is None else f"{type(given).__name__} {given!r:.40}"


def _told(error: BaseException) -> str:
    return f"fails: {type(error).__name__}: " + str(error).strip().partition("\n")[0]


def _of_plugin(method: Method, error: BaseException) -> bool:
    """Say whether an error came about in the method, or as polars computed what it gave: else it is a bug of ours."""
    return isinstance(error, PolarsError) or _file(method) is None or bool(_lines(method, error))


def _raised_by(method: Method, error: BaseException) -> bool:
    """Say whether it is the method's own module that raised an error."""
    return traceback.extract_tb(error.__traceback__)[-1].filename == _file(method)


def _line(method: Method, error: BaseException | None) -> str | None:
    """Return the line of the method's own module at which an error arose."""
    lines = [] if error is None else _lines(method, error)
    return lines[-1] if lines else None


def _lines(method: Method, error: BaseException) -> list[str]:
    file = _file(method)
    return [f"{at.filename}:{at.lineno}" for at in traceback.extract_tb(error.__traceback__) if at.filename == file]


def _file(method: Method) -> str | None:
    return getattr(sys.modules.get(type(method).__module__), "__file__", None)
