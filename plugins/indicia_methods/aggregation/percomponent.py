"""Parameters that are a value for all components, a list with a value for each, or values by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from indicia.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Value = TypeVar("Value")


def cases(parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the parameters of each distinct component; raise a ValueError if lists differ in length."""
    lists = {name: len(value) for name, value in parameters.items() if isinstance(value, tuple)}
    if len(set(lists.values())) > 1:
        lengths = ", ".join(f"{name} has {length}" for name, length in lists.items())
        raise ValueError(f"lists need a value for each component, and differ: {lengths}")
    named = dict.fromkeys(name for value in parameters.values() if isinstance(value, dict) for name in value)
    for number in range(max(lists.values(), default=1)):
        for name in named or [""]:
            yield _case(parameters, number, name)


def of_each(parameters: Mapping[str, Any], components: Sequence[str]) -> list[dict[str, Any]]:
    """Return the parameters of each component; raise a ValueError if they name or count other components."""
    for parameter, value in parameters.items():
        if isinstance(value, tuple) and len(value) != len(components):
            raise ValueError(f"{parameter} has {len(value)} values for {len(components)} components")
        if isinstance(value, dict) and (unknown := [name for name in value if name not in components]):
            raise ValueError(f"{parameter} names {', '.join(unknown)}; the components are {', '.join(components)}")
    return [_case(parameters, number, name) for number, name in enumerate(components)]


def by_name(parameter: str, table: Mapping[str, Value], components: Iterable[str]) -> list[Value]:
    """Return the values of a table in the order of the components; refuse unknown names, then missing ones."""
    names = list(components)
    check_names(parameter, table, names)
    if missing := [name for name in names if name not in table]:
        raise ValueError(f"{parameter} lacks {', '.join(missing)}: each component needs a value")
    return [table[name] for name in names]


def check_names(parameter: str, table: Iterable[str], components: Sequence[str]) -> None:
    """Refuse names that are no components, with the nearest name."""
    for name in table:
        if name not in components:
            remedy = suggest(name, components)
            raise ValueError(f"{parameter} names {name}, which is no component{f'; {remedy}' if remedy else ''}")


def _case(parameters: Mapping[str, Any], number: int, name: str) -> dict[str, Any]:
    def case(value: Any) -> Any:
        if isinstance(value, tuple):
            return value[number]
        return value.get(name) if isinstance(value, dict) else value

    return {parameter: case(value) for parameter, value in parameters.items()}
