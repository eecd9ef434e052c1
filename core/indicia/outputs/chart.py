"""The contract of charts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar, get_args

from indicia.outputs.output import Output

if TYPE_CHECKING:
    from indicia.notes import Note
    from indicia.types import Period

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
