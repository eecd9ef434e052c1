"""The contract of sections of the page."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar, get_args

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


IslandKind: TypeAlias = Literal["strip", "lines", "waterfall", "map"]

SCHEMA: dict[IslandKind, dict[str, str]] = {
    "strip": {"node": "node"},
    "lines": {"node": "node", "units": "units"},
    "waterfall": {"unit": "unit", "other": "unit?"},
    "map": {"node": "node"},
}
"""The words of a specification by kind, each with what its value names; a question mark: the word may be absent."""

_FIGURE = re.compile(r'<figure data-island="(\d+)">')


@dataclass(frozen=True)
class Island:
    """A part of the page that the page's own script draws in the place of a table of the section.

    The markup of the section has the table inside `<figure data-island="0">`, with the number of the island. Without
    script, the table stands there.
    """

    kind: IslandKind
    specification: Mapping[str, Any]
    """The options of the part, as JSON: {"node": "index"}; see `SCHEMA`."""

    def problem(self, nodes: Collection[str] | None = None, units: Collection[str] | None = None) -> str | None:
        """Return the reason why the page cannot draw the island, as a clause; None if it can.

        Parameters
        ----------
        nodes, units : collection of str, optional
            The ids of the parts and of the units of the index; by default they are not known.

        Returns
        -------
        str or None
            The clause.

        Examples
        --------
        >>> Island("strip", {"node": "index"}).problem()
        >>> Island("lines", {"node": "index"}).problem()
        "has no 'units', which an island of the kind 'lines' needs"
        """
        if self.kind not in SCHEMA:
            return f"is of the kind {self.kind!r:.40}, and has to be one of {', '.join(SCHEMA)}"
        words = SCHEMA[self.kind]
        for word, meaning in words.items():
            if word not in self.specification and not meaning.endswith("?"):
                return f"has no {word!r}, which an island of the kind {self.kind!r} needs"
        for word, value in self.specification.items():
            if word not in words:
                return f"has the word {word!r:.40}, and an island of the kind {self.kind!r} knows {', '.join(words)}"
            meaning = words[word].removesuffix("?")
            named = value if meaning == "units" else [value]
            if not isinstance(named, list | tuple) or not all(isinstance(name, str) for name in named):
                return f"has {word} = {value!r:.40}, which is no {'list of texts' if meaning == 'units' else 'text'}"
            known = nodes if meaning == "node" else units
            if known is not None and (strange := [name for name in named if name not in known]):
                return f"has {word} = {strange[0]!r:.40}, which is no {'part' if meaning == 'node' else 'unit'}"
        return None


def place_islands(html: str, islands: Sequence[Island]) -> str:
    """Return the markup of a section with the kinds and specifications of its islands.

    Parameters
    ----------
    html : str
        The markup, with a figure for each island by number.
    islands : sequence of Island
        The islands.

    Returns
    -------
    str
        The markup.

    Examples
    --------
    >>> place_islands('<figure data-island="0">A table</figure>', [Island("map", {"node": "index"})])
    '<figure data-island="map" data-specification="{&quot;node&quot;: &quot;index&quot;}">A table</figure>'
    """

    def figure(match: re.Match[str]) -> str:
        island = islands[int(match[1])]
        specification = json.dumps(dict(island.specification)).replace("&", "&amp;").replace("<", "&lt;")
        return f'<figure data-island="{island.kind}" data-specification="{specification.replace(chr(34), "&quot;")}">'

    return _FIGURE.sub(figure, html)


def island_problem(
    html: str,
    islands: Sequence[Island],
    nodes: Collection[str] | None = None,
    units: Collection[str] | None = None,
) -> str | None:
    """Return the problem of the islands of a section, as a clause after the section's name; None if there is none."""
    places = [int(number) for number in _FIGURE.findall(html)]
    if sorted(places) != list(range(len(islands))):
        return (
            f"has {len(islands)} islands, and figures of the islands {', '.join(map(str, places)) or 'none'}: its "
            'markup has one <figure data-island="0"> with a table for each, numbered from 0'
        )
    for number, island in enumerate(islands):
        if problem := island.problem(nodes, units):
            return f"has island {number}, which {problem}"
    return None
