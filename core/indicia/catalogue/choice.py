"""The choice of a method: `"min_max(lower=1, upper=100)"`, `{ method = "min_max", lower = 1 }` or an instance."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from indicia.catalogue.offers import instance_problem, plugin_of
from indicia.errors import IndiciaError, MethodError, MethodFailure, explain_validation, shorten, suggest
from indicia.methods import Method, Weighting
from indicia.methods.formula_parser import parsed

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

_ADAPTERS: WeakKeyDictionary[type[Method], TypeAdapter[Method]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Choice:
    """The name and the parameters of a method, before they are checked."""

    method: str
    parameters: Mapping[str, Any]

    @classmethod
    def read(cls, value: object) -> Choice:
        """Read a choice from the text of an option, a table of an index file, or an instance.

        >>> Choice.read("min_max(lower=1, upper=100)")
        Choice(method='min_max', parameters={'lower': 1, 'upper': 100})
        >>> Choice.read({"method": "min_max", "lower": 1})
        Choice(method='min_max', parameters={'lower': 1})
        >>> Choice.read("formula(expression='mean(each)\\n  + lowest(each)')")
        Choice(method='formula', parameters={'expression': 'mean(each)   + lowest(each)'})
        """
        if isinstance(value, Method):
            return cls(value.name, value.parameters)
        if isinstance(value, str):
            return cls._parse(value)
        if isinstance(value, Mapping) and isinstance(value.get("method"), str):
            return cls(value["method"], {key: setting for key, setting in value.items() if key != "method"})
        raise MethodError(
            f"not a choice of method: {value!r}",
            remedy='write "name", "name(parameter=value)" or { method = "name", parameter = value }',
        )

    @classmethod
    def _parse(cls, text: str) -> Choice:
        try:
            node = parsed(" ".join(text.splitlines()))  # a Python string in quotes may not go over several lines
            if isinstance(node, ast.Name):
                return cls(node.id, {})
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args:
                return cls(node.func.id, {str(keyword.arg): _literal(keyword.value) for keyword in node.keywords})
        except (SyntaxError, ValueError, TypeError, RecursionError):  # TypeError: a list as a key, or in a set
            pass
        raise MethodError(
            f"cannot read the method {shorten(text, 100)!r}", remedy='write "name" or "name(parameter=value, …)"'
        )


def _literal(node: ast.expr) -> Any:
    """Return the value of a parameter; a bare word is a text, so that `ties=average` needs no quotes in a shell.

    A method with parameters, as in `of=[entropy, ranks(rule=sum)]`, is a text too, which is parsed later.
    """
    if isinstance(node, (ast.Attribute, ast.Call)):
        return ast.unparse(node)
    if isinstance(node, ast.Name):
        return {"true": True, "false": False}.get(node.id, node.id)
    if isinstance(node, ast.List):
        return [_literal(element) for element in node.elts]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return {_literal(key): _literal(value) for key, value in pairs if key is not None}
    return ast.literal_eval(node)


def build(
    method: type[Method], parameters: Mapping[str, Any], folder: Path, choose: Callable[[type[Method], object], Method]
) -> Method:
    """Return an instance of a method with these parameters, checked.

    Parameters
    ----------
    method
        The class of the method.
    parameters
        The values as the index file or an option has them, by name.
    folder
        The folder that paths in parameters are relative to.
    choose
        Called with the class of a kind and a choice, for a parameter that is a method itself.

    Raises
    ------
    MethodError
        If a parameter is missing, unknown or wrong.
    """
    from pydantic import ValidationError  # not at the top: completion in a shell must not wait for pydantic

    names = [field.name for field in fields(method)]
    for name in parameters:
        if name not in names:
            remedy = suggest(name, names) if names else f"{method.name} has no parameters"
            raise MethodError(f'{method.name} has no parameter "{name}"', remedy=remedy)
    context = {"folder": folder, "choose": choose}
    try:
        with _fault_of_plugin(method):
            instance = _instance(method, parameters, context)
            if problem := instance_problem(instance):
                raise TypeError(problem)
    except ValidationError as error:
        finding = error.errors()[0]
        if finding["type"] == "missing":
            parameter = ".".join(map(str, finding["loc"]))
            remedy = f"{method.name}({parameter}=…)"
            if issubclass(method, Weighting):
                remedy += f", or {parameter} in [judgements.{method.name}] of the index file"
            raise MethodError(f"{method.name} needs {parameter}", remedy=remedy) from error
        raise _parameter_error(method, error.errors()) from error
    for name, value in parameters.items():
        if _bool_became_number(value, getattr(instance, name)):
            raise MethodError(f"{method.name}: {name} must be a number, not true or false")
    return instance


def _instance(method: type[Method], parameters: Mapping[str, Any], context: dict[str, Any]) -> Method:
    """Return an instance of a method; a shipped one with its defaults alone needs no validator, whose build is slow."""
    needs_none = all(field.default is not MISSING or field.default_factory is not MISSING for field in fields(method))
    if not parameters and needs_none and plugin_of(method) is None:
        with suppress(ValueError):  # the validator states what is wrong
            return method()
    return _adapter(method).validate_python(dict(parameters), context=context)


def _bool_became_number(value: object, result: object) -> bool:
    """Return True if pydantic has read true or false as a number."""
    if isinstance(value, Mapping) and isinstance(result, Mapping):
        return any(_bool_became_number(element, result.get(key)) for key, element in value.items())
    if isinstance(value, (list, tuple)) and isinstance(result, (list, tuple)):
        return any(map(_bool_became_number, value, result))
    return isinstance(value, bool) and type(result) in (int, float)


def _adapter(method: type[Method]) -> TypeAdapter[Method]:
    """Return the validator of a method. It is built once, since the build takes longer than a run."""
    if method not in _ADAPTERS:
        from pydantic import TypeAdapter  # not at the top: completion in a shell must not wait for pydantic

        _ADAPTERS[method] = TypeAdapter(method)
    return _ADAPTERS[method]


def schema(method: type[Method]) -> dict[str, Any]:
    """Return the JSON Schema of the method's parameters."""
    with _fault_of_plugin(method):
        return _adapter(method).json_schema()


@contextmanager
def _fault_of_plugin(method: type[Method]) -> Iterator[None]:
    """Turn errors of the code of a plugin into a MethodFailure that names the plugin."""
    from pydantic import ValidationError  # not at the top: completion in a shell must not wait for pydantic

    try:
        yield
    except (IndiciaError, ValidationError):
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: " + str(error).strip().partition("\n")[0]
        raise MethodFailure(f"{method.name} cannot be created: {reason}", where=plugin_of(method)) from error


def _parameter_error(method: type[Method], findings: Sequence[ErrorDetails]) -> MethodError:
    """Return the error of the first parameter that is wrong; one that takes several types has a finding for each."""
    finding = findings[0]
    problem, remedy = explain_validation(finding)
    place = ".".join(str(part) for part in finding["loc"] if "[" not in str(part))
    members = [other for other in findings if len(other["loc"]) == 2 and other["input"] is finding["input"]]
    if len(members) > 1:
        problems = [explain_validation(member)[0].partition(" must be ")[2] for member in members]
        *others, last = [kind for kind in dict.fromkeys(problems) if kind]
        place, remedy = str(finding["loc"][0]), None
        problem = f" must be {', '.join(others)} or {last}" if others else f" must be {last}"
    if not place:
        return MethodError(f"{method.name}: {finding['msg'].removeprefix('Value error, ')}")
    if remedy and remedy.startswith("["):
        remedy = f"{method.name}({place}=[{finding['input']}])"
    meaning = schema(method).get("properties", {}).get(place, {}).get("description")
    return MethodError(f"{method.name}: {place} = {finding['input']!r}{problem}", remedy=remedy or meaning)
