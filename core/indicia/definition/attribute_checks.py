"""Checks of the attributes of values in a definition that need no data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin
    from indicia.definition.parts_section import Indicator


def check_attributes(definition: Definition, origin: Origin) -> None:
    """Refuse attributes in a table of cells and beside the indicators at once, and flags that [data] does not list."""
    attributes = definition.data.attributes
    if attributes is None:
        return
    own = next((name for name, spec in definition.indicators.items() if spec.attributes is not None), None)
    if attributes.path is not None and own is not None:
        raise DefinitionError(
            f"{own} names columns of attributes, and a table of cells has the attributes of all indicators",
            where=origin.lines(["data", "attributes", "path"], ["indicators", own, "attributes"]),
            remedy="write them in one place: a table of cells, or columns beside the indicators",
        )
    if attributes.has_flags and not definition.data.flags:
        raise DefinitionError(
            'status = "flags" takes the flags behind numbers, and [data] lists none',
            where=origin.where(["data", "attributes", "status"]),
            remedy='flags = ["p", "b"] in [data]',
        )
    if attributes.has_flags and (
        name := next((name for name, spec in definition.indicators.items() if _own_status(spec)), None)
    ):
        raise DefinitionError(
            f"the status of {name} is a column, and also the flags behind its numbers",
            where=origin.lines(["data", "attributes", "status"], ["indicators", name, "attributes"]),
            remedy="leave out one of them",
        )


def _own_status(spec: Indicator) -> bool:
    return spec.attributes is not None and spec.attributes.status is not None
