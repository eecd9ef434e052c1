"""The contract of sources: a text, a path or a value that a user names holds an index, or the rows of a table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True)
class CodeChoices:
    """The plugins that an index may load."""

    plugins: tuple[str | Path, ...] = ()
    allow_code: bool = False
    only_plugins: tuple[str, ...] | None = None

    @classmethod
    def of(cls, plugins: Iterable[str | Path], allow_code: bool, only_plugins: Iterable[str] | None) -> CodeChoices:
        """Return the choices of the arguments of `indicia.read`."""
        return cls(tuple(plugins), allow_code, None if only_plugins is None else tuple(only_plugins))

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments of `indicia.read`, without the plugins."""
        return {"allow_code": self.allow_code, "only_plugins": self.only_plugins}


@dataclass(frozen=True)
class Source:
    """The kind of a source, and its place or value."""

    value: Any


@dataclass(frozen=True)
class TableSource(Source):
    """A source of rows; `value` is a table that `indicia.score` takes: a path, an address of a database, a frame."""


@dataclass(frozen=True)
class IndexSource(Source, ABC):
    """A source of an index, with a table or without."""

    noun: ClassVar[str] = "an index file"
    """The kind of source in messages."""

    @property
    def is_fitted(self) -> bool:
        """True for a fitted index."""
        return False

    @abstractmethod
    def open(self, code: CodeChoices, table: Any = None) -> tuple[Any, Any]:
        """Return the index and the table to score: `table`, or that of the source; None for that of the index file."""

    def edition(self, name: str, table: Any, period: Any, code: CodeChoices) -> Any:  # noqa: ARG002
        """Return the scores that the source keeps as an edition; None if the index is to be scored."""
        return None
