"""The choices of a user on how editions are read: plugins of an index, columns of a table of scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias

from indicia.editions.scored_edition import ScoredEdition
from indicia.questions import Questions
from indicia.types import TableLike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from indicia.asking import Diff
    from indicia.editions.difference import EditionDifference
    from indicia.editions.sources import Sources

P = ParamSpec("P")

EditionLike: TypeAlias = TableLike | Questions | ScoredEdition
"""An edition: the path of an index, a fitted index or a pack, an index, or a table of scores or ranks."""


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


if TYPE_CHECKING:

    @dataclass(frozen=True, kw_only=True)
    class _OfDiff(Sources, Diff):
        """The options of `indicia.diff`: how editions are read, and those of the analysis."""

        plugins: Iterable[str | Path] = ()
        allow_code: bool = False
        only_plugins: Iterable[str] | None = None

    class _Diff(Generic[P]):
        def __init__(self, options: Callable[P, object]) -> None: ...

        def __call__(
            self, old: EditionLike, new: EditionLike, /, *args: P.args, **options: P.kwargs
        ) -> EditionDifference: ...

    diff = _Diff(_OfDiff)
    """The type of `indicia.diff`."""
