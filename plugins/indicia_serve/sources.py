"""An index file that is served, and what its reading needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.index import read

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.index import Index


@dataclass(frozen=True)
class Source:
    """An index file, and the code that may run when it is read."""

    path: Path
    plugins: tuple[Path, ...] = ()
    allow_code: bool = False
    only_plugins: tuple[str, ...] | None = None

    def open(self) -> Index:
        """Read the index file.

        It is read for each request: it is small, and its author may edit it while it is served.
        """
        return read(self.path, self.plugins, allow_code=self.allow_code, only_plugins=self.only_plugins)
