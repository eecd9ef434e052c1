"""The contract of sections of the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar, get_args

from indicia.outputs.output import Output

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

View: TypeAlias = Literal["results", "method"]
IslandKind: TypeAlias = Literal["strip", "table", "lines", "waterfall", "map"]
DossierT = TypeVar("DossierT")


@dataclass(frozen=True)
class Island:
    """A part of the page that the page's own script draws in the place of a table of the section."""

    kind: IslandKind
    specification: Mapping[str, Any]
    """The options of the part, as JSON: {"node": "index"}."""


@dataclass(frozen=True)
class Rendered:
    """A section for one page."""

    title: Mapping[str, str]
    """The heading by language."""
    html: str
    """The markup, with everything that comes from data escaped; no style attribute and no script."""
    islands: tuple[Island, ...] = field(default=())


@dataclass(frozen=True)
class Section(Output, Generic[DossierT]):
    """Add a section to the page of an index."""

    view: ClassVar[View] = "method"
    """The view of the page in which the section stands."""
    order: ClassVar[int] = 100
    """The place within the view: sections with small numbers come first, then by name."""

    @classmethod
    def class_problem(cls) -> str | None:
        """Return the reason why the class cannot be used, as a clause after its name; None if it can."""
        if cls.view not in (views := get_args(View)):
            return f"whose view is {cls.view!r:.40}, and has to be {' or '.join(views)}"
        return "which has no render(self, dossier, languages)" if cls.render is Section.render else None

    def render(self, dossier: DossierT, languages: Sequence[str]) -> Rendered | None:
        """Return the section in all languages of the page; None if there is nothing to show."""
        raise NotImplementedError
