"""The types of editions, and of `indicia.diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, ParamSpec, TypeAlias

from indicia.editions.scored_edition import ScoredEdition
from indicia.questions import Questions
from indicia.types import TableLike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from dataclasses import dataclass
    from pathlib import Path

    from indicia.asking import Diff
    from indicia.editions.difference import EditionDifference
    from indicia.editions.sources import Sources

P = ParamSpec("P")
EditionLike: TypeAlias = TableLike | Questions | ScoredEdition
"""An edition: the path of an index, a fitted index or a pack, an index, or a table of scores or ranks."""

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
