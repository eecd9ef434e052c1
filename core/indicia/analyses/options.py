"""The notes on options of analyses: the meaning and the limits of each, for all faces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotated_types import Ge, GroupedMetadata, Gt, Le, Lt

if TYPE_CHECKING:
    from collections.abc import Iterator

Part = "the key of an indicator, a dimension or the index"
"""A note for `Annotated`: the option names parts of the index, and other names are refused."""


@dataclass(frozen=True)
class _Described:
    """The description of an option in JSON Schema."""

    text: str

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        described: dict[str, Any] = handler(schema)
        return {**described, "description": self.text}


@dataclass(frozen=True)
class About(GroupedMetadata):
    """The meaning of an option as a clause, and its limits: `Annotated[int, About("the number of units", ge=1)]`.

    It does what `pydantic.Field` does, and leaves `--help` free of pydantic.

    Examples
    --------
    >>> list(About("the number of units", ge=1))[0]
    Ge(ge=1)
    """

    description: str
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    option: str = ""
    """The word of the command, if it is another than the name of the field: `--from`."""
    metavar: str = ""
    """The placeholder of a text that the command passes on as it is; an option of several texts can be repeated."""

    def __iter__(self) -> Iterator[object]:
        limits = ((Ge, self.ge), (Gt, self.gt), (Le, self.le), (Lt, self.lt))
        yield from (limit(value) for limit, value in limits if value is not None)
        yield _Described(self.description)

    @property
    def metadata(self) -> list[object]:
        """The limits, by the name that `pydantic.Field` has for them."""
        return list(self)
