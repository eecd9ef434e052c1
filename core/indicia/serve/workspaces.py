"""The indices that a server has: the one that it was started with, and those of uploaded tables."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.serve.sources import Source

MAIN = "main"
"""The name of the index that the server was started with."""


@dataclass(frozen=True)
class Workspace:
    """An index that is served."""

    source: Source
    folder: TemporaryDirectory[str] | None = None
    """The folder of an uploaded table, which ends with the server."""
    recognised: Mapping[str, Any] | None = None
    """The roles, directions and observations that were recognised in a table; None for an index file of the user."""


class Workspaces:
    """The indices by their names; of the uploaded ones, the latest few."""

    def __init__(self, source: Source | None, recognised: Mapping[str, Any] | None = None, *, uploads: int = 5) -> None:
        self._uploads = uploads
        self._entries: dict[str, Workspace] = {}
        if source is not None:
            self._entries[MAIN] = Workspace(source, recognised=recognised)
        self._parent = TemporaryDirectory(prefix="indicia-serve-")

    @property
    def has_main(self) -> bool:
        """True if the server was started with an index."""
        return MAIN in self._entries

    def holds(self, folder: TemporaryDirectory[str]) -> bool:
        """Return True if the folder belongs to an index that is kept."""
        return any(workspace.folder is folder for workspace in self._entries.values())

    def find(self, name: str) -> Workspace:
        """Return the index of a name.

        Raises
        ------
        IndiciaError
            If there is none, or none any more.
        """
        if name in self._entries:
            return self._entries[name]
        if name == MAIN:
            raise IndiciaError("the server was started without an index", remedy="upload a table")
        raise IndiciaError("this upload is not kept any more", remedy="upload the table again")

    def new_folder(self) -> TemporaryDirectory[str]:
        """Return a folder for an upload."""
        return TemporaryDirectory(prefix="upload-", dir=self._parent.name)

    def add(self, workspace: Workspace) -> str:
        """Keep an uploaded index, drop the oldest beyond the limit, and return its name."""
        uploads = [name for name in self._entries if name != MAIN]
        for name in uploads[: max(0, len(uploads) + 1 - self._uploads)]:
            folder = self._entries.pop(name).folder
            if folder is not None:
                folder.cleanup()
        name = secrets.token_urlsafe(9)
        self._entries[name] = workspace
        return name

    def close(self) -> None:
        """Remove the folders of all uploads."""
        for workspace in self._entries.values():
            if workspace.folder is not None:
                workspace.folder.cleanup()
        self._parent.cleanup()


def path_in(folder: TemporaryDirectory[str], name: str) -> Path:
    """Return the path of a file in the folder of an upload."""
    return Path(folder.name) / name
