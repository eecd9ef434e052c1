"""The contract of sections of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeAlias, TypeVar, get_args

from indicia.outputs.islands import Island, island_problem
from indicia.outputs.markup_check import markup_problem
from indicia.outputs.output import Output

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

View: TypeAlias = Literal["results", "method"]
DossierT = TypeVar("DossierT")


@dataclass(frozen=True)
class Rendered:
    """A section for one page."""

    title: Mapping[str, str]
    """The heading by language."""
    html: str
    """The markup, with everything that comes from data escaped; no style attribute and no script."""
    islands: tuple[Island, ...] = ()
    """The parts that the page draws in the place of tables: `<figure data-island="0">` with a table in the markup."""

    def problem(self, nodes: Collection[str] | None = None, units: Collection[str] | None = None) -> str | None:
        """Return the reason why a page refuses the section, as a clause after its name; None if it is fit.

        Parameters
        ----------
        nodes, units : collection of str, optional
            The ids of the parts and of the units of the index, for the islands; by default they are not known.

        Returns
        -------
        str or None
            The clause.
        """
        if not self.title or not all(isinstance(text, str) and text.strip() for text in self.title.values()):
            return "has a heading without text"
        if problem := markup_problem(self.html):
            return f"returns markup that {problem}"
        return island_problem(self.html, self.islands, nodes, units)


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
        """Return the section in all languages of the page; None if there is nothing to show.

        Parameters
        ----------
        dossier : Dossier
            The scores of an index, with the analyses that the section needs.
        languages : sequence of str
            The languages of the page.

        Returns
        -------
        Rendered or None
            The title and the markup by language, and the islands.
        """
        raise NotImplementedError
