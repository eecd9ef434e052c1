"""Checks of the variables outside an index that need no data, and their transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia.errors import DefinitionError, MethodError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin


def check_outside(definition: Definition, origin: Origin, choose: Callable[[object, Sequence[object]], Any]) -> None:
    """Refuse variables with the name of a column of the units, and transforms that cannot be used.

    `choose` returns the method of a choice, and names the line of an error by the keys.
    """
    data = definition.data
    for name, variable in definition.outside.variables.items():
        if name in (data.unit, data.period):
            raise DefinitionError(
                f'the variable "{name}" has the name of a column of the units',
                where=origin.where(["outside", "variables", name]),
                remedy=f'rename it, and write its column: column = "{name}"',
            )
        if not variable.has_transform:
            continue
        keys = ["outside", "variables", name, "transform"]
        method = choose(variable.transform, keys)
        if method.groups or method.parents or method.used_columns:
            raise MethodError(
                f"{method} of {name} uses groups, parents or other columns, which a variable outside the index lacks",
                where=origin.where(keys),
                remedy="choose another transform",
            )
