"""The table of an index file, which a comparison also lets the fitted indices score, since these have no data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.data import is_server
from indicia.notes import Names, Note
from indicia.paths import expanded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.comparison.candidates import Comparable


@dataclass(frozen=True)
class BorrowedTable:
    """The table of the first index file that names one."""

    name: str
    """The name in the index file."""
    path: str
    """The path from the working directory, or the URL of a server."""

    @classmethod
    def of(cls, indices: Sequence[Comparable]) -> BorrowedTable | None:
        """Return the table that fitted indices score; None if no index is fitted, or no other one has a table."""
        lender = next((index for index in indices if index.definition.data.path and not is_fitted(index)), None)
        if lender is None or not any(map(is_fitted, indices)):
            return None
        name = str(lender.definition.data.path)
        return cls(name, name if is_server(name) else str(lender.origin.folder / expanded(name)))

    def notes(self, indices: Sequence[Comparable]) -> Iterator[Note]:
        """Yield a note with the fitted indices that score the table."""
        paths = [index.origin.named_file for index in indices if is_fitted(index)]
        names = [path.name if path else "fitted index" for path in paths]
        yield Note("borrowed_table", table=self.name, editions=Names.of(names))


def is_fitted(index: Comparable) -> bool:
    """Return whether an index has the statistics and weights of a fit."""
    return index.definition.frozen is not None
