"""The boundary to plugins: errors name the method and its plugin, and random numbers belong to units.

The boundary between the core and plugins: a method's errors, output and invalid results are reported with its name.

If a method raises a ValueError, its user made an error. Any other exception, or an invalid result, is a fault of the
plugin.
"""

from __future__ import annotations

import sys
import traceback
from contextlib import contextmanager
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from indicia import tracing
from indicia.callers import warn
from indicia.catalogue.offers import captured_prints
from indicia.catalogue.offers import plugin_of as plugin_of
from indicia.errors import IndiciaError, MethodError, MethodFailure, MethodWarning, pluralise
from indicia.formulas import DRAW, USED, Expression, Question, RecordedFormula, Recorder
from indicia.formulas import Node as FormulaNode
from indicia.formulas.node import Column, postorder
from indicia.methods import Array, MatrixAggregation, Method, RandomNumbers
from indicia.methods.numbers import identity_keys, seed_of_node
from indicia.tables.evaluate import Evaluation, evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    import numpy.typing as npt

    from indicia.definition import Node, Weighing
    from indicia.methods.numbers import Bits
    from indicia.methods.profile import Profile
    from indicia.stages.component_values import Groups
    from indicia.tables.scope import StatisticsScope, StatisticValues
    from indicia.tables.table import Table


_KEY = "\0unit_key"
"""The column of the keys of units and periods, beside the components of a node."""


def unit_keys(table: Table) -> Bits:
    """Return a number for the unit and period of each row; all draws of a row have the same number."""
    return identity_keys(table.units.select(table.key).iter_rows())


def numbers_of_weighing(node: Weighing, table: Table, groups: Groups) -> list[RandomNumbers | None]:
    """Return the random numbers of the weighting of a node in each group of rows; None if it is not random."""
    if node.seed is None:
        return [None] * len(groups.sizes)
    keys, names = unit_keys(table), tuple(part.name for part in node.parts)
    keys = keys if groups.rows is None else keys[groups.rows.to_numpy()]
    seed = seed_of_node(node.seed, "weighting", node.id)
    return [
        RandomNumbers(seed, keys[start : start + size], names, _group_of(groups.keys, number))
        for number, (start, size) in enumerate(zip(groups.starts, groups.sizes, strict=False))
    ]


def with_unit_keys(frame: pl.DataFrame, table: Table, nodes: Iterable[Node]) -> pl.DataFrame:
    """Return the components of nodes with the keys of their rows, if the aggregation of a node is random."""
    if any(draws_numbers(node) for node in nodes):
        return frame.with_columns(pl.Series(_KEY, unit_keys(table)))
    return frame


def numbers_of_rows(
    node: Node, frame: pl.DataFrame, rows: npt.NDArray[np.intp], scope: StatisticsScope
) -> RandomNumbers | None:
    """Return the random numbers of rows that an aggregation compares; None if it is not random."""
    if not draws_numbers(node):
        return None
    assert node.seed is not None
    method = node.aggregation
    alike = isinstance(method, MatrixAggregation) and method.row_by_row
    group = () if alike or not scope.key else _group_of(frame.select(scope.key), int(rows[0]))
    keys = frame[_KEY].gather(rows).to_numpy()
    seed = seed_of_node(node.seed, "aggregation", node.id)
    return RandomNumbers(seed, keys, tuple(part.id for part in node.components), group)


def draws_numbers(node: Node) -> bool:
    """Return whether the aggregation of a node is random."""
    return node.seed is not None and node.aggregation.draws_random_numbers


def _group_of(keys: pl.DataFrame | None, row: int) -> tuple[str, ...]:
    """Return the names of a group of rows; the draw is none of them, since its seed has its number."""
    if keys is None:
        return ()
    return tuple(str(value) for name, value in zip(keys.columns, keys.row(row), strict=True) if name != DRAW)


@contextmanager
def attribute_errors_to(method: Method, subject: str, recorder: object = None) -> Iterator[None]:
    """Run code of a method, and name the method, the plugin, and the indicator or node in its errors.

    Text that a method prints becomes a warning, since it would mix with the output of the command line. The recording
    of a formula that prints is not cached, so that every run gives the warning.
    """
    printed_text = ""
    start = perf_counter()
    try:
        with captured_prints() as printed:
            try:
                yield
            finally:
                printed_text = printed.getvalue().strip()
    except IndiciaError as error:
        if plugin_of(method) and _raised_by(method, error):
            message = f"{method.name} of {subject}: {error.what}"
            raise MethodError(message, where=error.where or plugin_of(method), remedy=error.remedy) from error
        raise
    except MemoryError:
        raise
    except ValueError as error:
        raise MethodError(f"{method.name} of {subject}: {error}", where=plugin_of(method)) from error
    except NotImplementedError as error:  # the contract leaves the function to the plugin
        function = traceback.extract_tb(error.__traceback__)[-1].name
        raise plugin_fault(
            method, subject, f"needs the function {function}, which its class does not define"
        ) from error
    except (Exception, SystemExit) as error:
        if not _is_by_plugin(method, error):
            raise
        raise plugin_fault(method, subject, _message(error), error) from error
    finally:
        if recorder is not None and tracing.is_on():
            tracing.say(f"formula of {method} of {subject} was recorded", start)
        if printed_text:
            if isinstance(recorder, Recorder):
                recorder.cacheable = False
            _warn(method, f"{method.name} of {subject} prints {printed_text.splitlines()[0]!r}")


def plugin_fault(method: Method, subject: str, fault: str, error: BaseException | None = None) -> MethodFailure:
    """Return the error for a method that raises an exception or returns an invalid result."""
    line = _line(method, error)
    where = "\n".join(filter(None, (plugin_of(method), line)))
    return MethodFailure(f"{method.name} of {subject} {fault}", where=where or None)


def checked_expression(method: Method, subject: str, result: object) -> Expression:
    """Return the result of a formula; any result that is no expression is a fault of the plugin."""
    if not isinstance(result, Expression):
        raise plugin_fault(method, subject, f"gives {_describe(result)} where an expression is wanted")
    return result


def checked_array(method: Method, subject: str, result: object, shape: tuple[int, ...]) -> Array:
    """Return the result of a method as an array; any other result than numbers of this shape is a plugin's fault."""
    if result is None:
        raise plugin_fault(method, subject, "gives nothing where numbers are wanted")
    try:
        array = np.asarray(result, dtype=float)
        if str(getattr(result, "dtype", "")) in _SINGLE_PRECISION:
            _warn_of_single_precision(method, subject)
    except (TypeError, ValueError) as error:
        raise plugin_fault(method, subject, f"gives {_describe(result)} where numbers are wanted", error) from error
    if array.shape != shape:
        raise plugin_fault(method, subject, f"gives values of shape {array.shape} where {shape} is wanted")
    return array


def evaluate_checked(
    methods: Mapping[str, Method],
    frame: pl.DataFrame,
    formulas: Mapping[str, RecordedFormula],
    scope: StatisticsScope,
    fitted: StatisticValues | None = None,
    *,
    profiles: Mapping[tuple[str, ...], Profile] = MappingProxyType({}),
    weights: Mapping[FormulaNode, float | pl.Expr] = MappingProxyType({}),
    whole_column: bool = False,
    gaps: bool = False,
    computed: Collection[str] = (),
    anew: Collection[Question] = (),
    place: str = "",
) -> Evaluation:
    """Evaluate the formulas of methods together; if that fails, evaluate each separately to find the faulty method."""

    def evaluate_all(formulas: Mapping[str, RecordedFormula]) -> Evaluation:
        evaluation = evaluate(
            frame,
            formulas,
            scope,
            fitted,
            profiles=profiles,
            weights=weights,
            whole_column=whole_column,
            gaps=gaps,
            computed=computed,
            anew=anew,
            place=place,
        )
        checked = _checked(methods, evaluation.frame, frame.height)
        return Evaluation(checked, evaluation.statistics, evaluation.formulas)

    try:
        if tracing.is_on():
            return traced_evaluation(methods, frame, formulas, weights, lambda: evaluate_all(formulas))
        return evaluate_all(formulas)
    except (IndiciaError, MemoryError):
        raise
    except Exception:
        for name, formula in formulas.items():
            try:
                evaluate_all({name: formula})
            except (IndiciaError, MemoryError):
                raise
            except Exception as error:
                if not isinstance(error, ValueError) and not _is_by_plugin(methods[name], error):
                    raise
                raise plugin_fault(methods[name], name, _message(error), error) from error
        raise


def _checked(methods: Mapping[str, Method], frame: pl.DataFrame, rows: int) -> pl.DataFrame:
    """Return numeric columns as floats; columns of another type or another length are faults of the plugin."""
    for name, kind in frame.schema.items():
        if not kind.is_numeric():
            raise plugin_fault(methods[name], name, f"gives values of the type {kind} where numbers are wanted")
        if kind == pl.Float32:
            _warn_of_single_precision(methods[name], name)
    if frame.height != rows:
        name = frame.columns[0]
        raise plugin_fault(methods[name], name, f"gives {frame.height} value(s) for {rows} rows")
    return frame.cast(pl.Float64) if any(kind != pl.Float64 for kind in frame.dtypes) else frame


_SINGLE_PRECISION = ("float16", "float32")


def _warn_of_single_precision(method: Method, subject: str) -> None:
    _warn(method, f"{method.name} of {subject} gives numbers of single precision, of which some 7 digits are right")


def _warn(method: Method, message: str) -> None:
    warn("; ".join(filter(None, (message, plugin_of(method)))), MethodWarning)


def _describe(result: Any) -> str:
    return "nothing" if result is None else f"{type(result).__name__} {result!r:.40}"


def _message(error: BaseException) -> str:
    return f"fails: {type(error).__name__}: " + str(error).strip().partition("\n")[0]


def _is_by_plugin(method: Method, error: BaseException) -> bool:
    """Return whether an error comes from the method, or from its formula in polars; else it is a bug of Indicia."""
    return isinstance(error, PolarsError) or _file(method) is None or bool(_lines(method, error))


def _raised_by(method: Method, error: BaseException) -> bool:
    """Return whether the module of the method raised an error, and not a helper that the method called."""
    return traceback.extract_tb(error.__traceback__)[-1].filename == _file(method)


def _line(method: Method, error: BaseException | None) -> str | None:
    """Return the last line in the module of the method that an error passed."""
    lines = [] if error is None else _lines(method, error)
    return lines[-1] if lines else None


def _lines(method: Method, error: BaseException) -> list[str]:
    file = _file(method)
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno}" for frame in frames if frame.filename == file]


def _file(method: Method) -> str | None:
    return getattr(sys.modules.get(type(method).__module__), "__file__", None)


_MOST = 6
"""The greatest number of columns of which each has a line."""


def traced_evaluation(
    methods: Mapping[str, Method],
    frame: pl.DataFrame,
    formulas: Mapping[str, RecordedFormula],
    weights: Mapping[FormulaNode, float | pl.Expr],
    evaluate: Callable[[], Evaluation],
) -> Evaluation:
    """Compute formulas, and print what the formula of each method got and gave."""
    start = perf_counter()
    evaluation = evaluate()
    for name, formula in formulas.items():
        with tracing.step(f"{tracing.described(methods[name])} of {name}", timed=False):
            for got in _inputs(formula, weights, frame, evaluation):
                tracing.say(f"got {got}")
            tracing.say(f"gave {tracing.summary(evaluation.frame[name])}")
    tracing.say(f"computed {pluralise(len(formulas), 'formula')} together", start)
    return evaluation


def _inputs(
    formula: RecordedFormula,
    weights: Mapping[FormulaNode, float | pl.Expr],
    frame: pl.DataFrame,
    evaluation: Evaluation,
) -> Iterator[str]:
    nodes = postorder([formula.root, *formula.questions.values()])
    read = dict.fromkeys(node.options[0] for node in nodes if isinstance(node, Column))
    names = [str(column) for column in read if column in frame.columns]
    if len(names) > _MOST:
        yield f"{pluralise(len(names), 'column')}: {tracing.summary(frame.select(names))}"
    else:
        yield from (f"{_readable(column)}: {tracing.summary(frame[column])}" for column in names)
    used = [(node.options[-1], weights[node]) for node in nodes if node in weights]
    if used:
        yield "weights: " + ", ".join(
            f"{part} {'by row' if isinstance(weight, pl.Expr) else f'{weight:.6g}'}" for part, weight in used
        )
    for question, value in evaluation.statistics.items():
        if question in formula.questions:
            known = tracing.summary(value.to_series(-1) if isinstance(value, pl.DataFrame) else value)
            yield f"{question}: {known}"


def _readable(column: str) -> str:
    """Return the name of a column; the share of the weights that a row has begins with two null characters."""
    if column.startswith("\0\0"):
        return f"share of weights present in {column[2:]}"
    return column.removeprefix(USED)
