"""Offers of plugins: their classes, imported and checked when a method is named."""

from __future__ import annotations

import importlib.util
import re
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, is_dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib import import_module
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution, entry_points
from inspect import CO_VARARGS
from io import StringIO
from pathlib import Path
from time import perf_counter
from types import FunctionType, ModuleType, UnionType
from typing import TYPE_CHECKING, Any, cast

from indicia import tracing
from indicia.callers import warn
from indicia.catalogue.hookspecs import OFFERED_KINDS, Hook, Kind
from indicia.errors import PluginError, PluginWarning, suggest
from indicia.methods import (
    Agreement,
    Consensus,
    Domain,
    JointAgreement,
    MatrixAggregation,
    Method,
    Property,
    RandomImputation,
    SeriesImputation,
    UsedColumn,
    Weighting,
    WorkedExample,
)
from indicia.paths import check_path, module_spec

if TYPE_CHECKING:
    import pluggy


CONTRACT = 2
"""The version of hooks and contracts. A plugin states its version: `indicia_contract = 2`."""


def contract_of(plugin: object) -> int:
    """Return the version that a plugin was written for, the present one if it states none.

    Raises
    ------
    PluginError
        If this Indicia does not run plugins of that version.

    Examples
    --------
    >>> contract_of(None)
    2
    """
    contract = getattr(plugin, "indicia_contract", CONTRACT)
    if not isinstance(contract, int) or isinstance(contract, bool):
        raise PluginError(f"its indicia_contract is {contract!r:.40}, and has to be a whole number")
    if contract != CONTRACT:
        raise PluginError(
            f"it was written for contract {contract} of Indicia, and this is {CONTRACT}",
            remedy="pip install --upgrade indicia" if contract > CONTRACT else "ask for a newer version of it",
        )
    return contract


_NUMBER = float | int | None
LARGEST_TOLERANCE = 1e-3
"""The largest `iteration_tolerance`: two runs that agree to fewer digits are no result."""

_DECLARED: dict[str, type | UnionType] = {
    **dict.fromkeys(("code", "title", "severity", "source", "why", "advice"), str),
    **dict.fromkeys(("name", "reference", "formula", "cost_formula", "example", "canonical_normalisation"), str),
    **dict.fromkeys(("depends_on_order", "order_decides_ties", "uses_weights", "penalises_gaps"), bool),
    **dict.fromkeys(("distance", "oriented", "low_is_best", "row_by_row"), bool),
    **dict.fromkeys(("additive", "weights_of_any_sum", "weights_sum_to_count", "votes_by_weight"), bool),
    **dict.fromkeys(
        ("needs_bounds", "needs_spread", "whole_column", "ordinal", "follows_direction", "needs_all_rows"), bool
    ),
    **dict.fromkeys(("symbols", "variants"), dict),
    "always_named": tuple,
    "needs": tuple,
    "uses": tuple,
    "minimum_units": int,
    "iteration_tolerance": float | int,
    "expected_failures": Mapping,
    "power": _NUMBER,
    "properties": frozenset,
    "domain": Domain,
    "cost_domain": Domain,
}
"""The types of the attributes of a class. A property of the class may compute any of them from parameters."""
_COMPUTED = ("neutral_score", "guaranteed_worst_score", "best_score", "groups", "parents", "reach")
"""Further attributes that a property may compute; their types are not checked."""
_TYPE_NAMES: dict[type | UnionType, str] = {
    _NUMBER: "a number or None",
    str: "text",
    bool: "True or False",
    int: "a whole number",
    frozenset: "a frozenset",
    dict: "a table",
    Mapping: "a table",
    float | int: "a number",
    tuple: "a tuple",
    Domain: "a Domain",
}


def class_problem(kind: Kind, method: Any) -> str | None:
    """Return the reason why a class cannot be a method of a kind, as a clause after its name; None if it can."""
    if not (isinstance(method, type) and issubclass(method, kind.base)):
        return f"which is not a subclass of {kind.base.__name__}"
    if not is_dataclass(method) or "__dataclass_fields__" not in vars(method):
        return "which is not a dataclass: write @dataclass(frozen=True) above it"
    for attribute in kind.base.stated:
        if not isinstance(getattr(method, attribute, None), str):
            return f"which has no {attribute}"
    if not method.name.isidentifier():
        return f"whose name {method.name!r} is not a word of letters, digits and _"
    if problem := next(_wrong_declarations(method), None) or next(_wrong_signatures(method), None):
        return problem
    try:
        return method.class_problem()
    except Exception as error:
        return f"whose class_problem() fails: {type(error).__name__}: {error}"


def instance_problem(method: Method) -> str | None:
    """Return a clause on the first computed attribute of a wrong type; None if all types are right."""
    str(method)
    try:
        formulas = (method.formula_of_run, getattr(method, "cost_formula_of_run", ""))
    except KeyError as error:
        return f"its variants have no piece of the formula for {error.args[0]}"
    if not all(isinstance(formula, str) for formula in formulas):
        return "its formula is no text"
    for owner in _classes_of_plugin(type(method)):
        for attribute, declared in vars(owner).items():
            if isinstance(declared, property) and attribute in (*_DECLARED, *_COMPUTED):
                expected = _DECLARED.get(attribute, object)
                if not isinstance(value := getattr(method, attribute), expected):
                    return f"its {attribute} is {value!r:.40}, and has to be {_TYPE_NAMES[expected]}"
    return _problem_of_uses(method)


def _problem_of_uses(method: Method) -> str | None:
    """Return a clause on `uses`, if it names no columns, or if the kind of the method has none."""
    for column in method.uses:
        if not isinstance(column, str | UsedColumn):
            return f"its uses hold {column!r:.40}, which is neither a text nor a UsedColumn"
    if method.uses and isinstance(method, _WITHOUT_COLUMNS):
        return "its uses name columns of the data, which a method of its kind does not get"
    return None


_WITHOUT_COLUMNS = (Agreement, JointAgreement, Consensus, SeriesImputation)
"""The kinds of methods that see rankings, or one unit at a time, and no columns of the data."""


def _wrong_declarations(method: type[Method]) -> Iterator[str]:
    """Yield a clause for each attribute of a wrong type."""
    for owner in _classes_of_plugin(method):
        for attribute, declared in vars(owner).items():
            expected = _DECLARED.get(attribute)
            if expected and not isinstance(declared, expected) and not hasattr(declared, "__get__"):
                yield f"whose {attribute} is {declared!r:.40}, and has to be {_TYPE_NAMES[expected]}"
    if isinstance(method.variants, dict) and isinstance(method.symbols, dict):
        parameters = method.__dataclass_fields__
        for attribute, places in (("variants", method.variants), ("symbols", method.symbols)):
            for place in places:
                if place.partition(".")[0] not in parameters:
                    yield f"whose {attribute} name {place!r:.40}, which is no parameter of it"
    for element in method.properties if isinstance(method.properties, frozenset) else ():
        if not isinstance(element, Property):
            yield f"whose properties hold {element!r:.40}, which is no Property"
    yield from _wrong_randomness(method)
    yield from _wrong_exceptions(method)


def _wrong_randomness(method: type[Method]) -> Iterator[str]:
    """Yield a clause if a class says that it is random and gets no random numbers, or the reverse."""
    declared: Any = method.is_random
    if issubclass(method, Weighting | MatrixAggregation):
        if not isinstance(declared, bool) and not hasattr(declared, "__get__"):
            yield f"whose is_random is {declared!r:.40}, and has to be {_TYPE_NAMES[bool]}"
    elif declared is not issubclass(method, RandomImputation):
        yield (
            f"whose is_random is {declared!r:.40}: it is True for a RandomImputation, may be True for a Weighting and "
            "a MatrixAggregation, and is False for other methods"
        )


def _wrong_exceptions(method: type[Method]) -> Iterator[str]:
    """Yield a clause for an exception without a reason, a wrong worked example, and a tolerance out of its limits."""
    if isinstance(method.expected_failures, Mapping):
        for promise, reason in method.expected_failures.items():
            if not (isinstance(promise, str) and isinstance(reason, str) and reason.strip()):
                yield f"whose expected_failures give no reason for {promise!r:.40}"
    else:
        yield "whose expected_failures have to be a table of promises and reasons"
    for example in method.worked_examples if isinstance(method.worked_examples, tuple | list) else (None,):
        if not isinstance(example, WorkedExample):
            yield "whose worked_examples have to be a tuple of WorkedExample"
    if not 0 <= method.iteration_tolerance <= LARGEST_TOLERANCE:
        yield f"whose iteration_tolerance is {method.iteration_tolerance}, and has to be from 0 to {LARGEST_TOLERANCE}"


def _wrong_signatures(method: type[Method]) -> Iterator[str]:
    """Yield a clause for each function that does not take the arguments of the contract."""
    contract = [base for base in method.__mro__ if _is_of_contract(base)]
    for owner in _classes_of_plugin(method):
        for name, function in vars(owner).items():
            original = next((vars(base)[name] for base in contract if name in vars(base)), None)
            if name[0] == "_" or not (isinstance(function, FunctionType) and isinstance(original, FunctionType)):
                continue
            if not _takes_arguments_of(function, original):
                arguments = ", ".join(original.__code__.co_varnames[: original.__code__.co_argcount])
                yield f"whose {name} does not take its arguments: {name}({arguments})"


def _classes_of_plugin(method: type[Method]) -> Iterator[type]:
    """Yield the class and its bases, without the classes of the contract."""
    return (base for base in method.__mro__ if base is not object and not _is_of_contract(base))


def _is_of_contract(base: type) -> bool:
    return base.__module__.startswith(
        ("indicia.methods", "indicia_audit.checks", "indicia.analyses", "indicia.outputs")
    )


def _takes_arguments_of(function: FunctionType, original: FunctionType) -> bool:
    """Return True if a function can be called with the positional arguments of another function."""
    code, number = function.__code__, original.__code__.co_argcount
    required = code.co_argcount - len(function.__defaults__ or ())
    has_room = number <= code.co_argcount or bool(code.co_flags & CO_VARARGS)
    has_keyword_defaults = code.co_kwonlyargcount <= len(function.__kwdefaults__ or {})
    return required <= number and has_room and has_keyword_defaults


BUILT_IN = (
    EntryPoint("file_section", "indicia.definition.file_sections", "indicia"),
    EntryPoint("writer", "indicia.answers.writers", "indicia"),
    EntryPoint("source", "indicia.shipped_sources", "indicia"),
)
"""The modules of the core with hooks; they are named here, since the core works without metadata of a distribution."""
SLOW = 3.0
"""The seconds of an import above which a warning names the plugin."""


@dataclass(frozen=True)
class ImportResult:
    """A plugin module that was imported, or the reason why it was not."""

    module: object
    failure: str | None
    seconds: float
    printed: str

    def complaints(self) -> Iterator[str]:
        """Yield a sentence on output of the import, and a sentence on a slow import."""
        if self.printed:
            yield f"prints as it is imported: {self.printed.splitlines()[0]!r}"
        if self.seconds > SLOW:
            yield f"takes {self.seconds:.1f} s to import: its authors can import large libraries inside functions"


@contextmanager
def captured_prints() -> Iterator[StringIO]:
    """Catch the output of the code of a plugin, which must not mix with the output of Indicia."""
    printed = StringIO()
    if threading.current_thread() is not threading.main_thread():  # two threads would restore each other's output
        yield printed
        return
    with redirect_stdout(printed):
        yield printed


@cache
def import_plugin(point: EntryPoint) -> ImportResult:
    """Import a plugin, once per process, without its output."""
    module, failure, start = None, None, perf_counter()
    with captured_prints() as printed:
        try:
            module = point.load()
        except (Exception, SystemExit) as error:
            failure = f"{type(error).__name__}: {error}"
    if tracing.is_on():
        tracing.say(f"import of plugin {label_of(point)}{' failed' if failure else ''}", start)
    return ImportResult(module, failure, perf_counter() - start, printed.getvalue().strip())


def load(path: Path) -> ModuleType:
    """Import a plugin file as a module whose name is the path, so that files of the same name do not collide."""
    check_path(path)
    if not path.is_file():
        raise PluginError(
            f"no plugin file {path}", remedy="name a Python file; an index file names it relative to itself"
        )
    name = str(path)
    spec = module_spec(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    start = perf_counter()
    try:
        with captured_prints() as printed:
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise PluginError(f"plugin {path} cannot be loaded: {type(error).__name__}: {error}") from error
    for complaint in ImportResult(module, None, perf_counter() - start, printed.getvalue().strip()).complaints():
        warn(f"plugin {path} {complaint}", PluginWarning)
    return module


def plugin_points(only: Iterable[str] | None = None) -> list[EntryPoint]:
    """Return the entry points of installed plugins, sorted, the shipped ones first.

    `only` restricts plugins that are not shipped to these distributions and modules.
    """
    if only is None:
        return list(_points())
    names = {point: {plain_name(name) for name in _names(point)} for point in _points()}
    wanted = {plain_name(name.strip()) for name in only}
    if unknown := wanted.difference(*names.values()):
        others = {name for point in names if not is_shipped(point) for name in names[point]}
        raise PluginError(f'no plugin "{min(unknown)}" is installed', remedy=suggest(min(unknown), others))
    return [point for point in names if is_shipped(point) or names[point] & wanted]


def _names(point: EntryPoint) -> list[str]:
    return [point.value, point.dist.name] if point.dist else [point.value]


@cache
def _points() -> tuple[EntryPoint, ...]:
    """Return all entry points, once per process: the search through installed distributions takes milliseconds."""
    return tuple(
        sorted(entry_points(group="indicia"), key=lambda point: (not is_shipped(point), point.value, point.name))
    )


def is_shipped(point: EntryPoint) -> bool:
    """Return True if a plugin comes with Indicia itself."""
    return point in BUILT_IN or (point.name, point.value) in _shipped_points()


@cache
def _shipped_points() -> frozenset[tuple[str, str]]:
    """Return the entry points of Indicia itself; a search of all distributions would take longer."""
    try:
        declared = distribution("indicia").entry_points.select(group="indicia")
    except PackageNotFoundError:
        return frozenset()
    return frozenset((point.name, point.value) for point in declared)


def plain_name(name: str) -> str:
    """Return the name of a distribution for comparisons: in lower case, with dashes for underscores."""
    return name.replace("_", "-").lower()


def label_of(point: EntryPoint) -> str:
    """Return the name of a plugin in messages: its distribution and module."""
    return f"{point.dist.name} ({point.value})" if point.dist else point.value


def version_of(origin: EntryPoint | Path) -> str:
    """Return the version of the distribution of a plugin, or the hash of a file."""
    if isinstance(origin, Path):
        return f"sha256 {sha256(origin.read_bytes()).hexdigest()}"
    return f"{origin.dist.name} {origin.dist.version}" if origin.dist else "unknown"


def code_files(origin: EntryPoint | Path) -> list[Path]:
    """Return the Python files of a plugin, sorted: all files of its package, or the plugin file.

    The list is empty if the code is in an archive.
    """
    if isinstance(origin, Path):
        return [origin]
    parts = origin.module.split(".")
    for length in range(1, len(parts) + 1):  # skip namespace packages, which distributions share
        spec = importlib.util.find_spec(".".join(parts[:length]))
        if spec is None:
            return []
        if spec.origin is not None:
            path = Path(spec.origin)
            files = path.parent.rglob("*.py") if spec.submodule_search_locations else [path]
            return sorted(file for file in files if file.is_file())
    return []


def hash_of(files: Iterable[Path]) -> str:
    """Return the SHA-256 of files in this order."""
    digest = sha256()
    for file in files:
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_core(method: object) -> bool:
    """Return whether a method or class is a part of the core, such as a set of weights of an index file."""
    return method.__module__.partition(".")[0] == __name__.partition(".")[0]


def plugin_of(method: object) -> str | None:
    """Return the plugin of a method or class, as error messages name it; None if it comes with Indicia."""
    module = method.__module__
    if is_core(method):
        return None
    for point in _points():
        if point.dist and f"{module}.".startswith(f"{point.module}."):
            return None if is_shipped(point) else f"plugin {point.dist.name} {point.dist.version} ({module})"
    return f"plugin {module}"


_PLACE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")
_PLACE_REMEDY = 'write "module:Class", with the whole name of the module'


@dataclass(frozen=True)
class Offer:
    """A method and the plugin that offers it."""

    kind: str
    name: str
    source: type[Method] | str
    """The class, or its place: "my_package.curves:Sigmoid"."""
    plugin: str

    @property
    def place(self) -> str:
        """The module and the name of the class."""
        return self.source if isinstance(self.source, str) else f"{self.source.__module__}:{self.source.__qualname__}"

    @cached_property
    def method(self) -> type[Method]:
        """The class; the first use imports it if the plugin offers its place.

        Raises
        ------
        PluginError
            If the import fails, or the class is not a method of this kind and name.
        """
        if not isinstance(self.source, str):
            return self.source
        kind = next(kind for kind in OFFERED_KINDS if kind.name == self.kind)
        method = self.load()
        offered = f"plugin {self.plugin}: {kind.hook} offers {method!r}"
        if problem := class_problem(kind, method):
            raise PluginError(f"{offered}, {problem}")
        if method.name != self.name:
            raise _name_error(self.plugin, kind, self.name, method, self.source)
        return cast("type[Method]", method)

    def is_same(self, other: Offer) -> bool:
        """Return True if both offer the same class."""
        if isinstance(self.source, str) or isinstance(other.source, str):
            return self.place == other.place
        return self.source is other.source

    def load(self) -> Any:
        """Return the class or function, and import its module, without its output, if the plugin offers its place."""
        if not isinstance(self.source, str):
            return self.source
        place = self.source
        module, _, name = place.partition(":")
        was_loaded = module in sys.modules
        start = perf_counter()
        try:
            with captured_prints() as printed:
                code = import_module(module)
        except (Exception, SystemExit) as error:
            raise PluginError(
                f'plugin {self.plugin}: the {self.kind} "{self.name}" cannot be imported from {place}: '
                f"{type(error).__name__}: {error}"
            ) from error
        if not was_loaded:
            if tracing.is_on():
                tracing.say(f"import of {module} for the {self.kind} {self.name}", start)
            for complaint in ImportResult(code, None, perf_counter() - start, printed.getvalue().strip()).complaints():
                warn(f"plugin {self.plugin}: {module} {complaint}", PluginWarning)
        if not hasattr(code, name):
            names = [key for key, value in vars(code).items() if isinstance(value, type)]
            raise PluginError(
                f'plugin {self.plugin}: the {self.kind} "{self.name}" is not at {place}: '
                f"the module has no class {name}",
                remedy=suggest(name, names),
            )
        return getattr(code, name)


def offers_of(kind: Hook, implementation: pluggy.HookImpl) -> list[Offer]:
    """Return the offers of a hook: of classes, or of a mapping of names to classes and places of classes."""
    plugin = implementation.plugin_name
    try:
        with redirect_stdout(StringIO()):
            offered = implementation.function()
            if not isinstance(offered, Mapping):
                offered = list(cast("Iterable[Any]", offered))
    except (Exception, SystemExit) as error:
        raise PluginError(f"plugin {plugin}: {kind.hook} failed: {type(error).__name__}: {error}") from error
    if isinstance(offered, Mapping):
        return [_offer_of(plugin, kind, name, source) for name, source in offered.items()]
    if not isinstance(kind, Kind):
        raise PluginError(f"plugin {plugin}: {kind.hook} returns no mapping of names to places", remedy=_PLACE_REMEDY)
    for method in offered:
        _check_class(plugin, kind, method)
    return [Offer(kind.name, method.name, method, plugin) for method in offered]


def _offer_of(plugin: str, kind: Hook, name: Any, source: Any) -> Offer:
    """Return the offer of an entry of a mapping, after all checks that need no import."""
    if not isinstance(name, str) or not name.isidentifier():
        raise PluginError(
            f"plugin {plugin}: {kind.hook} offers the name {name!r}, which is not a word of letters, digits and _"
        )
    if isinstance(source, str):
        if not _PLACE.fullmatch(source):
            raise PluginError(
                f'plugin {plugin}: {kind.hook} offers "{name}" at {source!r}, which is no place of a class',
                remedy=_PLACE_REMEDY,
            )
        return Offer(kind.name, name, source, plugin)
    if not isinstance(kind, Kind):
        return Offer(kind.name, name, source, plugin)
    _check_class(plugin, kind, source)
    if source.name != name:
        raise _name_error(plugin, kind, name, source, f"{source.__module__}:{source.__qualname__}")
    return Offer(kind.name, name, source, plugin)


def _check_class(plugin: str, kind: Kind, method: Any) -> None:
    if problem := class_problem(kind, method):
        raise PluginError(f"plugin {plugin}: {kind.hook} offers {method!r}, {problem}")


def _name_error(plugin: str, kind: Kind, name: str, method: type[Method], place: str) -> PluginError:
    return PluginError(
        f'plugin {plugin}: {kind.hook} offers "{name}" at {place}, and the class has the name "{method.name}"',
        remedy=f'write "{method.name}" in {kind.hook}, or name = "{name}" in {method.__name__}',
    )
