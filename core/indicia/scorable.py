"""An index, fitted or not, as audits, explanations and comparisons of editions see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self, Unpack, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.definition import Definition, Node, Origin, Use
    from indicia.result import Inputs, Result
    from indicia.types import Settings, StageChoices, TableLike


@runtime_checkable
class Scorable(Protocol):
    """An index that can be scored, inspected, drawn, and changed by options."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """The content of the index file."""

    @property
    def definition(self) -> Definition:
        """The definition, after all checks."""

    @property
    def tree(self) -> Node:
        """The tree of dimensions and indicators."""

    @property
    def catalogue(self) -> Catalogue:
        """The available methods and checks."""

    @property
    def origin(self) -> Origin:
        """The file of the definition, for error messages."""

    @property
    def uses(self) -> tuple[Use, ...]:
        """The columns that methods of the index use beside the indicators."""

    @property
    def allows_outside(self) -> bool:
        """True if values outside a fitted range are no error."""

    def read_table(self, table: TableLike | None = None, *, texts: Iterable[str] = ()) -> pl.DataFrame:
        """Read the data of the index; by default the table of the index file."""

    def inputs(self, frame: pl.DataFrame) -> Inputs:
        """Return the inputs of a result, for its manifest."""

    def score_frame(self, frame: pl.DataFrame) -> Result:
        """Score a frame that `read_table` returned."""

    def with_options(self, *, settings: Settings | None = None, **methods: Unpack[StageChoices]) -> Self:
        """Return the index with other methods or settings."""
