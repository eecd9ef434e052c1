"""Parameters that are one value for all components, a list with one for each, or values by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def cases(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what is given of each component that is told apart, once if none is; ValueError where lists differ."""
    lists = {name: len(value) for name, value in given.items() if isinstance(value, tuple)}
    if len(set(lists.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lists.items())
        raise ValueError(f"lists have one value for each component: {told}")
    named = dict.fromkeys(name for value in given.values() if isinstance(value, dict) for name in value)
    for number in range(max(lists.values(), default=1)):
        for name in named or [""]:
            yield _case(given, number, name)


def of_each(given: Mapping[str, Any], components: Sequence[str]) -> list[dict[str, Any]]:
    """Return what is given of each component; ValueError where there are others."""
    for parameter, value in given.items():
        if isinstance(value, tuple) and len(value) != len(components):
            raise ValueError(f"{parameter} has {len(value)} values for {len(components)} components")
        if isinstance(value, dict) and (unknown := [name for name in value if name not in components]):
            raise ValueError(f"{parameter} names {', '.join(unknown)}; the components are {', '.join(components)}")
    return [_case(given, number, name) for number, name in enumerate(components)]


def _case(given: Mapping[str, Any], number: int, name: str) -> dict[str, Any]:
    def case(value: Any) -> Any:
        if isinstance(value, tuple):
            return value[number]
        return value.get(name) if isinstance(value, dict) else value

    return {parameter: case(value) for parameter, value in given.items()}
