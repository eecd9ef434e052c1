"""The sources that packs and fitted indices are; each module is imported when it is used."""

from __future__ import annotations

import atexit
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.catalogue import hookimpl
from indicia.errors import DefinitionError
from indicia.shipped_sources import IndexFile, name_of
from indicia.sources import IndexSource

if TYPE_CHECKING:
    from indicia.sources import CodeChoices, Source


@dataclass(frozen=True)
class FittedFile(IndexFile):
    """The file of a fitted index."""

    noun: ClassVar[str] = "a fitted index"
    room: ClassVar[str] = "indicia_bundle.fitted"

    @property
    def is_fitted(self) -> bool:
        """True for a fitted index."""
        return True


@dataclass(frozen=True)
class PackFile(IndexSource):
    """A pack, whose files are in a temporary folder until the process ends."""

    value: Path
    noun: ClassVar[str] = "a pack"

    def open(self, code: CodeChoices, table: Any = None) -> tuple[Any, Any]:
        """Open the pack."""
        from indicia_bundle.opening import open_bundle

        bundle = open_bundle(self.value, code.plugins, **code.arguments)
        atexit.register(bundle.close)  # methods and outputs of a command may read the files of the pack
        if table is None and bundle.frame is None:
            raise DefinitionError(
                f"{self.value} is a pack without its data",
                remedy=f"name the table too: TABLE -c {self.value}; explain: --table TABLE",
            )
        return bundle.index, bundle.source if table is None else table

    def edition(self, name: str, table: Any, period: Any, code: CodeChoices) -> Any:
        """Return the packed edition, compared with what is computed here."""
        from indicia_bundle.edition_sources.packs import edition_of_pack

        return edition_of_pack(self.value, name, table, period, code)


@hookimpl(specname="indicia_open")
def open_pack(source: object) -> Source | None:
    """Open a pack."""
    return PackFile(Path(name_of(source))) if name_of(source).lower().endswith(".zip") else None


@hookimpl(specname="indicia_open", tryfirst=True)
def open_fitted(source: object) -> Source | None:
    """Open the file of a fitted index."""
    if not name_of(source).lower().endswith(".json"):
        return None
    from indicia_bundle.fitted_file import is_fitted_file

    return FittedFile(Path(name_of(source))) if is_fitted_file(name_of(source)) else None
