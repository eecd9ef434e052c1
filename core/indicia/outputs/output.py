"""The contract of outputs: exporters, charts and sections."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar, get_args

from indicia.methods import Method
from indicia.outputs.markup_check import markup_problem

if TYPE_CHECKING:
    from indicia.notes import Note
    from indicia.types import Period


@dataclass(frozen=True)
class Output(Method):
    """A form in which results reach readers; its fields are its options, with defaults."""

    reference: ClassVar[str] = ""
    """The publication of the form, if there is one."""
    stated: ClassVar[tuple[str, ...]] = ("name",)


Exported: TypeAlias = Literal["dossier", "chart", "units", "reports"]
"""The results that are written; "units" is a dossier of which each unit has a file."""
Need: TypeAlias = Literal["intervals", "comparison", "audit"]
ExportedT = TypeVar("ExportedT")

Files: TypeAlias = Mapping[str, bytes]
"""The content of files by what follows the name without its ending.

"" is the file that the user names. {"": …, ".schema.json": …} of index.json has a second file, index.schema.json.
"""


@dataclass(frozen=True)
class ExportOptions:
    """The options of all exporters."""

    format: str
    """The format, a key of `Exporter.formats`."""
    language: str | None = None
    """The language of names and texts; None for the first of the index file."""
    file: str = "index"
    """The name of the file, to which files beside it refer."""
    details: Mapping[str, Any] | None = None
    """Further options of the command, such as the table of a result."""


@dataclass(frozen=True)
class Exporter(Output, Generic[ExportedT]):
    """Write an index, a chart, units or a list of reports to files."""

    exports: ClassVar[tuple[Exported, ...]]
    """The objects that the exporter can write."""
    formats: ClassVar[Mapping[str, tuple[str, ...]]]
    """The words of `--format`, each with the endings of file names that mean this format."""
    needs: ClassVar[tuple[Need, ...]] = ()
    """The parts of a dossier that the exporter reads besides the result; they are computed only if it needs them."""
    tables: ClassVar[tuple[str, ...]] = ()
    """The tables from which `--show` chooses one; none if the files hold the whole result."""
    unstable: ClassVar[tuple[str, ...]] = ()
    """The formats whose bytes differ between two files of the same results, since a library orders them at random."""
    holds_difference: ClassVar[bool] = False
    """The files hold the difference from an earlier edition if the dossier has one."""

    @classmethod
    def class_problem(cls) -> str | None:
        """Return the reason why the class cannot be used, as a clause after its name; None if it can."""
        known, exports, formats = get_args(Exported), getattr(cls, "exports", ()), getattr(cls, "formats", None)
        if not exports or not set(exports) <= set(known):
            return f"whose exports is {exports!r:.60}, and has to name some of {', '.join(known)}"
        if not formats or not isinstance(formats, Mapping):
            return 'whose formats are no table of words and endings, such as {"yaml": (".yaml", ".yml")}'
        endings = [ending for of_format in formats.values() for ending in of_format]
        if wrong := next((ending for ending in endings if not ending.startswith(".")), None):
            return f"whose formats have the ending {wrong!r:.40}, which does not begin with a full stop"
        return "which has no write(self, exported, options)" if cls.write is Exporter.write else None

    def needs_of(self, table: str | None) -> tuple[Need, ...]:
        """Return the parts of a dossier that the exporter reads for a table, or by default.

        Parameters
        ----------
        table : str or None
            The name of a table; None for the default.

        Returns
        -------
        tuple of str
            Words such as "intervals", "comparison" and "audit".
        """
        del table  # the base class reads the same parts for all tables
        return self.needs

    def write(self, exported: ExportedT, options: ExportOptions) -> Files:
        """Return the contents of the files.

        Parameters
        ----------
        exported : Dossier, Answer, …
            What `exports` declares.
        options : ExportOptions
            The format, language and table.

        Returns
        -------
        dict of str to bytes
            The contents by the ending that is added to the name of the file; "" for the file itself.

        Raises
        ------
        OutputError
            If the format cannot hold the results.
        """
        raise NotImplementedError


Shown: TypeAlias = Literal["result", "comparison", "robustness", "explanation", "difference"]
Theme: TypeAlias = Literal["light", "dark"]
ShownT = TypeVar("ShownT")


@dataclass(frozen=True)
class ChartOptions:
    """The options of all charts."""

    language: str = "en"
    theme: Theme = "light"
    period: Period | None = None
    """The period of a panel that the chart shows; None for the last."""
    highlight: tuple[str, ...] = ()
    """The units to highlight, by their names in the data or for readers."""
    size: tuple[int, int] | None = None
    """The width and height of the picture, in pixels; None for those of the chart."""
    title: str | None = None
    """The title in place of that of the chart."""
    style: HouseStyle | None = None
    """Colours, font and sizes of a publisher."""


@dataclass(frozen=True)
class Chart(Output, Generic[ShownT]):
    """Draw a result, a comparison, rank intervals, an explanation or the difference of two editions.

    Notes
    -----
    The name is the word of `indicia plot` and of `result.plot`. The fields are the options of the chart.
    """

    shows: ClassVar[tuple[Shown, ...]]
    """The objects that the chart can draw."""
    highlights: ClassVar[bool] = False
    """True if the chart can highlight units."""

    @classmethod
    def class_problem(cls) -> str | None:
        """Return the reason why the class cannot be used, as a clause after its name; None if it can."""
        known = get_args(Shown)
        shows = getattr(cls, "shows", ())
        if not shows or not set(shows) <= set(known):
            return f"whose shows is {shows!r:.60}, and has to name some of {', '.join(known)}"
        return "which has no draw(self, shown, options)" if cls.draw is Chart.draw else None

    def draw(self, shown: ShownT, options: ChartOptions) -> Any:
        """Return the chart, as an Altair chart.

        Parameters
        ----------
        shown : Result, Comparison, Robust, …
            What `shows` declares.
        options : ChartOptions
            The period, language, colours and size.

        Returns
        -------
        altair.Chart
            The chart.

        Raises
        ------
        IndiciaError
            If there is nothing to draw.
        """
        raise NotImplementedError

    def notes(self, shown: ShownT) -> tuple[Note, ...]:
        """Return notes on what the chart leaves out, with the reasons.

        Parameters
        ----------
        shown : Result, Comparison, Robust, …
            What `shows` declares.

        Returns
        -------
        tuple of Note
            The notes.
        """
        del shown  # the base class leaves nothing out
        return ()


@dataclass(frozen=True)
class ThemeColours:
    """The colours of a background and of what stands on it; None for the default of the chart."""

    background: str | None = None
    text: str | None = None
    muted: str | None = None
    """Text of less weight, axes, and the marks of units that are not highlighted."""
    grid: str | None = None


@dataclass(frozen=True)
class HouseStyle:
    """The colours, fonts and sizes of a publisher; None and empty lists stand for the defaults of a chart."""

    font: tuple[str, ...] = ()
    """The families of the font, the preferred one first."""
    title_size: float | None = None
    """The size of the title, in pixels."""
    text_size: float | None = None
    """The size of all other text, in pixels."""
    colours: tuple[str, ...] = ()
    """The colours of parts, units and groups, as #rrggbb."""
    sequential: tuple[str, ...] = ()
    """The colours of low to high figures, on maps and heat maps."""
    diverging: tuple[str, ...] = ()
    """The colours of figures from -1 to 1."""
    highlight: tuple[str, ...] = ()
    """The colours of highlighted units."""
    positive: str | None = None
    """The colour of what adds to a score, and of climbs."""
    negative: str | None = None
    """The colour of what lowers a score, and of falls."""
    width: int | None = None
    """The width of a picture, in pixels."""
    height: int | None = None
    """The height of a picture, in pixels."""
    light: ThemeColours = field(default_factory=ThemeColours)
    dark: ThemeColours = field(default_factory=ThemeColours)
    logo: str = ""
    """The logo at the foot of a picture, as a `data:` address; empty for none."""
    file: str = ""
    """The name of the file, for errors."""


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
