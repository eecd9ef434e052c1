"""The charts of results: the chart of a name is found among those that plugins offer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from indicia import tracing
from indicia.answers.answer import Answer
from indicia.arguments import names_its_arguments
from indicia.catalogue import installed
from indicia.data import TableAsRead
from indicia.definition import check_language
from indicia.errors import DefinitionError, IndiciaError, join_names, suggest, with_article
from indicia.outputs import Chart, ChartOptions
from indicia.progress import Progress, silent
from indicia.result import Result
from indicia_compare import Comparison
from indicia_editions.difference import EditionDifference
from indicia_paper.dossier import rank_intervals
from indicia_paper.drawing.style_file import read_style
from indicia_robustness import Robust

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from indicia.catalogue import Catalogue
    from indicia.notes import Note
    from indicia.outputs import HouseStyle, Shown, Theme
    from indicia.questions import Questions
    from indicia.types import Period, TableLike

_CLASSES: dict[type, Shown] = {
    Result: "result",
    Comparison: "comparison",
    Robust: "robustness",
    EditionDifference: "difference",
}


@dataclass(frozen=True)
class Drawing:
    """A chart with its notes."""

    chart: Any
    notes: tuple[Note, ...]
    """Notes on what the chart leaves out, with the reasons."""


def charts(catalogue: Catalogue | None = None) -> dict[str, type[Chart[Any]]]:
    """Return the charts of all plugins by name, in alphabetical order."""
    catalogue = installed(kinds=["chart"]) if catalogue is None else catalogue.with_kind("chart")
    return {name: cast("type[Chart[Any]]", catalogue.offers["chart", name].method) for name in catalogue.names("chart")}


def chart_class(word: str, catalogue: Catalogue | None = None) -> type[Chart[Any]]:
    """Return the chart of a name, in which hyphens may join words.

    Raises
    ------
    IndiciaError
        If there is no chart of this name.
    """
    name, known = word.replace("-", "_"), charts(catalogue)
    if name not in known:
        raise IndiciaError(f'there is no chart "{word}"', remedy=suggest(name, known) or f"one of {', '.join(known)}")
    return known[name]


@dataclass(frozen=True)
class Charts:
    """The charts of one result: `result.plot.ranking()`, `result.plot(language="zh").ranking(top=20)`."""

    shown: Any
    options: ChartOptions = field(default_factory=ChartOptions)
    catalogue: Catalogue | None = None

    @names_its_arguments
    def __call__(
        self,
        *names: object,
        language: str | None = None,
        theme: Theme | None = None,
        period: Period | None = None,
        highlight: str | Iterable[str] | None = None,
        size: str | tuple[int, int] | None = None,
        title: str | None = None,
        style: str | Path | HouseStyle | None = None,
    ) -> Charts:
        """Return the charts with other options; `style` is a house style or the path of its file."""
        if names:
            raise DefinitionError(
                f"a chart is drawn by a method of its name, and plot got {names[0]!r:.40}",
                where=f"plot({names[0]!r:.40})",
                remedy=f"plot.{names[0]}()" if names[0] in dir(self) else f"such as plot.{join_names(charts(), 20)}",
            )
        options = {
            "language": language,
            "theme": theme,
            "period": period,
            "highlight": (highlight,) if isinstance(highlight, str) else highlight and tuple(highlight),
            "size": None if size is None else size_of(size),
            "title": title,
            "style": read_style(style) if isinstance(style, str | Path) else style,
        }
        given: dict[str, Any] = {word: value for word, value in options.items() if value is not None}
        return replace(self, options=replace(self.options, **given))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        known = {key: chart for key, chart in charts(self.catalogue).items() if kind_of(self.shown) in chart.shows}
        if name.startswith("_") or name not in known:
            raise AttributeError(f"{with_article(type(self.shown).__name__)} has no chart {name!r}: {', '.join(known)}")
        chart = known[name]
        _check_options(chart, self.options)
        return lambda *values, **parameters: _drawn(_made(chart, values, parameters), self.shown, self.options)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *charts(self.catalogue)]


_SIZE = re.compile(r"\s*(\d+)\s*[x×*,]\s*(\d+)\s*", re.IGNORECASE)
_SIDES = (120, 10_000)
"""The least and the greatest side of a picture, in pixels."""


def size_of(size: str | tuple[int, int]) -> tuple[int, int]:
    """Return the width and the height of a picture.

    >>> size_of("900x600"), size_of((900, 600))
    ((900, 600), (900, 600))

    Raises
    ------
    IndiciaError
        If these are not two whole numbers within limits.
    """
    found = _SIZE.fullmatch(size) if isinstance(size, str) else None
    sides = found.groups() if found else () if isinstance(size, str) else size
    try:
        width, height = (int(side) for side in sides)
    except (TypeError, ValueError) as error:
        raise IndiciaError(
            f"{size!r:.40} is no size of a picture", remedy="900x600 is 900 wide and 600 high"
        ) from error
    if not all(_SIDES[0] <= side <= _SIDES[1] for side in (width, height)):
        raise IndiciaError(
            f"a picture cannot be {width} by {height} pixels", remedy=f"from {_SIDES[0]} to {_SIDES[1]:,} pixels a side"
        )
    return width, height


def _made(chart: type[Chart[Any]], values: tuple[object, ...], parameters: Mapping[str, object]) -> Chart[Any]:
    """Return a chart with its parameters, which are those that it has and of their kinds."""
    made = chart.__new__(chart)
    names_its_arguments(type(made).__init__)(made, *values, **parameters)
    return made


def _drawn(chart: Chart[Any], shown: object, options: ChartOptions) -> Any:
    """Return what a chart draws."""
    return tracing.called(chart, f"the {kind_of(shown)}", {}, lambda: chart.draw(shown, options))


def _check_options(chart: type[Chart[Any]], options: ChartOptions, catalogue: Catalogue | None = None) -> None:
    """Refuse units to highlight if the chart cannot highlight units."""
    if options.highlight and not chart.highlights:
        others = [name for name, other in charts(catalogue).items() if other.highlights]
        raise IndiciaError(f"{chart.name} highlights no units", remedy=f"{join_names(others, 20)} can")


def kind_of(shown: object) -> Shown:
    """Return the word of a contract for what is to be drawn.

    Raises
    ------
    IndiciaError
        If nothing can be drawn of it.
    """
    word = next((word for owner, word in _CLASSES.items() if isinstance(shown, owner)), None)
    if isinstance(shown, Answer) and word is None:
        word = cast("Shown", shown.analysis.shown_as) or None
    if word is None:
        raise IndiciaError(
            f"nothing is drawn of {with_article(type(shown).__name__)}", remedy="a result, a comparison, a robustness"
        )
    return word


def drawing(
    index: Questions,
    word: str,
    table: TableLike | None = None,
    *,
    options: ChartOptions | None = None,
    parameters: Mapping[str, Any] | None = None,
    methods: Mapping[str, object] | None = None,
    draws: int | None = None,
    seed: int | None = None,
    catalogue: Catalogue | None = None,
    progress: Progress = silent,
) -> Drawing:
    """Compute the scores, the comparison or the rank intervals of an index, and return their chart with notes.

    Parameters
    ----------
    index
        The index.
    word
        The name of the chart; hyphens may join its words.
    table
        A data frame or a path; default: the data that the index file names.
    options
        Language, colours, period, units to highlight, size, title and house style.
    parameters
        The options of this chart, such as `top`.
    methods
        Lists of methods by stage, to be compared.
    draws, seed
        The number of draws of rank intervals and their seed.
    """
    options = options or ChartOptions()
    chart = chart_class(word, catalogue)
    check_language(options.language, index.definition)
    _check_options(chart, options, catalogue)
    if methods and "comparison" not in chart.shows:
        several = [name for name, other in charts(catalogue).items() if "comparison" in other.shows]
        raise DefinitionError(
            f"{chart.name} shows one methodology, and several are listed",
            remedy=f"{join_names(several)} show several",
        )
    drawn = chart(**_checked(chart, parameters or {}, catalogue))
    frame = index.read_table(table)
    shown = _shown(index, chart, TableAsRead(frame), options, methods or {}, (draws, seed), progress)
    return Drawing(_drawn(drawn, shown, options), drawn.notes(shown))


def _checked(chart: type[Chart[Any]], parameters: Mapping[str, Any], catalogue: Catalogue | None) -> dict[str, Any]:
    """Return the parameters; refuse one that the chart does not have."""
    own = {parameter.name for parameter in fields(chart)}
    for word in parameters:
        if word == "other" and "unit" in own and word not in own:
            raise DefinitionError(f"{chart.name} shows one unit, and two are named", remedy="name one unit")
        if word not in own:
            others = [name for name, other in charts(catalogue).items() if word in {f.name for f in fields(other)}]
            raise DefinitionError(
                f"{chart.name} has no option {word}",
                remedy=f"{join_names(others, 20)} {'have' if len(others) > 1 else 'has'} it" if others else None,
            )
    return dict(parameters)


def _shown(
    index: Questions,
    chart: type[Chart[Any]],
    table: TableAsRead,
    options: ChartOptions,
    methods: Mapping[str, object],
    drawn: tuple[int | None, int | None],
    progress: Progress,
) -> Any:
    """Compute what a chart shows; a chart of both a result and a comparison shows periods, or else methodologies."""
    compares = methods or index.definition.variants or not index.definition.data.period
    if "comparison" in chart.shows and ("result" not in chart.shows or compares):
        stages: dict[str, Any] = dict(methods)
        return index.compare(table, period=options.period, progress=progress, **stages).figures
    if "result" in chart.shows:
        return index.score_frame(table.frame)
    if "robustness" in chart.shows:
        return rank_intervals(index, table, period=options.period, draws=drawn[0], seed=drawn[1], progress=progress)
    raise IndiciaError(
        f"{chart.name} shows neither an index nor its draws",
        remedy="indicia explain --plot and indicia diff --plot draw it",
    )
