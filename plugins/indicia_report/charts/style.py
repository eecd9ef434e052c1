"""The style of all charts: colours, fonts, title, source line, alternative text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from indicia.definition import Definition, text
from indicia.errors import IndiciaError, MissingDependency, require_optional
from indicia.notes import MARK, Names, Note, Spoken
from indicia.outputs import ChartOptions, HouseStyle, Theme
from indicia_report.charts.highlights import CIVIDIS, OKABE_ITO, ON_DARK, PURPLE_ORANGE, longer_palette
from indicia_report.charts.nouns import noun_of_units
from indicia_report.charts.write import FONT, ROOM, rendered
from indicia_report.markup import Texts, clean, isolate, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_LINE = 640
"""The pixels of a line above a chart; a longer text is wrapped."""
LABEL = 220
"""The pixels of a label beside a chart; a longer label is cut, and the tooltip has the full text."""
LINE = 17
"""The height of a row in pixels, with text of 11 pixels."""
_LOWEST_ROW = 10
"""The least height of a row with a label, in pixels."""
_FRAME = 95
"""The pixels above and below the rows of a chart, besides the lines of text: axis, legend and margins."""
_COLOURS = {
    "light": {"ink": "#1b1b1b", "soft": "#5c5c5c", "line": "#e3e3e3", "half": "#c9d3dc", "paper": "#ffffff"},
    "dark": {"ink": "#ececea", "soft": "#a9adb2", "line": "#33373c", "half": "#46525e", "paper": "#16181b"},
}
_OF_HOUSE = {"ink": "text", "soft": "muted", "line": "grid", "paper": "background"}
"""The colours that a house style sets, by its keys."""


def altair() -> Any:
    """Return Altair, which is imported late, as the import takes a quarter of a second."""
    return require_optional("altair", "a chart", "charts")


@dataclass(frozen=True)
class ChartStyle:
    """The language, colours, fonts and size of a chart."""

    language: str = "en"
    theme: Theme = "light"
    house: HouseStyle = field(default_factory=HouseStyle)
    size: tuple[int | None, int | None] = (None, None)
    """The width and the height of the picture without its logo; None for those of the chart."""
    title: str | None = None
    """The title in place of that of the chart."""
    highlight: tuple[str, ...] = ()
    """The units to highlight."""

    @classmethod
    def of(cls, options: ChartOptions) -> ChartStyle:
        """Return the style of the options of a chart."""
        house = options.style or HouseStyle()
        width, height = options.size or (house.width, house.height)
        size = (width, height - ROOM if height and house.logo else height)
        return cls(options.language, options.theme, house, size, options.title, options.highlight)

    def __getitem__(self, name: str) -> str:
        """Return a colour of the theme by name: ink, soft, line, half or paper."""
        of_theme = self.house.dark if self.theme == "dark" else self.house.light
        chosen: str | None = getattr(of_theme, _OF_HOUSE[name]) if name in _OF_HOUSE else None
        return chosen or _COLOURS[self.theme][name]

    @cached_property
    def colours(self) -> tuple[str, ...]:
        """The colours of parts and units, on the background of the theme."""
        chosen = self.house.colours or OKABE_ITO
        return tuple(ON_DARK.get(colour, colour) for colour in chosen) if self.theme == "dark" else chosen

    def palette(self, number: int) -> list[str]:
        """Return so many colours of parts."""
        return longer_palette(self.colours, number)

    def highlights(self, number: int) -> list[str]:
        """Return so many colours of highlighted units."""
        return longer_palette(self.house.highlight or self.colours[:6], number)

    @property
    def positive(self) -> str:
        """The colour of what adds to a score, of strengths and of climbs."""
        return self.house.positive or OKABE_ITO[0]

    @property
    def negative(self) -> str:
        """The colour of what lowers a score, of weaknesses and of falls."""
        return self.house.negative or OKABE_ITO[5]

    @property
    def sequential(self) -> tuple[str, ...]:
        """The colours of low to high figures."""
        return self.house.sequential or CIVIDIS

    @property
    def diverging(self) -> tuple[str, ...]:
        """The colours of figures from -1 to 1."""
        return self.house.diverging or PURPLE_ORANGE

    @property
    def text_size(self) -> float:
        """The size of text, in pixels."""
        return self.house.text_size or 11

    @property
    def title_size(self) -> float:
        """The size of the title, in pixels."""
        return self.house.title_size or 16

    @property
    def row(self) -> float:
        """The height of a row with a label, in pixels."""
        return round(LINE * self.text_size / 11)

    @property
    def line_width(self) -> float:
        """The pixels of a line above the chart."""
        return max(100, self.size[0] - 12) if self.size[0] else _LINE

    def row_height(self, rows: int, lines: int = 5) -> float:
        """Return the height of a row; in a picture of a fixed height rows share the height.

        `lines` is the number of lines of text above the chart.

        Raises
        ------
        IndiciaError
            If the rows would be too low for their labels.
        """
        height = self.size[1]
        if height is None or rows == 0:
            return self.row
        around = _FRAME + lines * (self.text_size + 3) + self.title_size
        row = (height - around) / rows
        lowest = _LOWEST_ROW * self.text_size / 11
        if row < lowest:
            fitting = int((height - around) // lowest)
            of_logo = ROOM if self.house.logo else 0
            fewer = f"; --top {fitting} has fewer rows" if fitting > 0 else ""
            raise IndiciaError(
                f"a picture of {height + of_logo} pixels has no room for {rows} rows of text",
                remedy=f"a height of {round(around + lowest * rows) + of_logo} pixels or more{fewer}",
            )
        return min(row, 2 * self.row)

    def text(self, key: str, **values: object) -> str:
        """Return a text in the language of the chart."""
        return self.name(Texts.of(self.language).get(key, **values))

    def heading(self, key: str, **values: object) -> str:
        """Return a text as a title, which begins with a capital."""
        title = self.text(key, **values)
        return title[:1].upper() + title[1:]

    def name(self, spoken: Spoken) -> str:
        """Return a name in the language of the chart, without forbidden characters."""
        return clean(spoken[self.language])

    def noun(self, definition: Definition) -> str:
        """Return the plural word for the units of an index."""
        data = definition.data
        return self.text(noun_of_units(str(column) for column in (data.unit, *data.labels()) if column))

    def units(self, definition: Definition, shown: int, number: int, *, first: bool = True) -> str:
        """Return the words for the units of a chart: "the first 50 of 193 countries"."""
        key = "chart.all_units" if shown >= number else "chart.first_units" if first else "chart.some_units"
        return self.text(key, shown=f"{shown:,}", n=f"{number:,}", noun=self.noun(definition))

    def at(self, period: object) -> str:
        """Return the words for the period at the end of a title; empty without a period."""
        return "" if period is None else self.text("chart.at_period", period=period)

    def list_names(self, names: Iterable[str], limit: int = 5) -> str:
        """Return the first names, and the number of further names."""
        return Names.of((isolate(clean(name)) for name in names), limit).in_language(self.language, {})

    def legend(self, imputed: bool) -> list[str]:
        """Return the sentence that explains the mark, if the chart has imputed values."""
        return [self.text("imputed_says", mark=MARK)] if imputed else []

    def sentences(self, notes: Iterable[Note]) -> list[str]:
        """Return notes as sentences in the language of the chart."""
        sentences = [note.in_language(self.language, {}) for note in notes]
        stop = "。" if self.language == "zh" else "."
        return [f"{sentence[:1].upper()}{sentence[1:]}{stop}" for sentence in sentences]

    def unit_axis(self, bold: Iterable[str] = (), **options: Any) -> Any:
        """Return the axis of units; the names of highlighted units are bold."""
        names = list(bold)
        if names:  # the names are texts of a JSON list, which no name can leave
            test = f"indexof({json.dumps(names)}, datum.value) >= 0"
            options["labelFontWeight"] = {"condition": {"test": test, "value": "bold"}, "value": "normal"}
        return altair().Axis(**options)

    def top_legend(self, labels: Iterable[str], **options: Any) -> Any:
        """Return a legend above the chart, of as many columns as the width of the chart has room for."""
        widest = max((min(LABEL, width_of(label, self.text_size)) for label in labels), default=0.0)
        columns: Any = {"expr": f"max(1, floor((width + 60) / {widest + 34:.0f}))"}
        if self.size[0]:  # the width of the chart is known only after the legend has its place
            columns = max(1, int((self.size[0] - LABEL) // (widest + 34)))
        return altair().Legend(orient="top", columns=columns, **options)

    def labels(self, base: Any, **mark: Any) -> Any:
        """Return text marks with a halo in the colour of the background, so that no line runs through them."""
        mark = {"fontSize": self.text_size, **mark}
        halo = base.mark_text(**{**mark, "color": self["paper"]}, stroke=self["paper"], strokeWidth=3, aria=False)
        return halo + base.mark_text(**mark)

    def finish(
        self,
        chart: Any,
        *,
        title: str,
        subtitle: str,
        description: str,
        definition: Definition | None,
        source: Iterable[str] = (),
        reflows: bool = True,
    ) -> Any:
        """Return the chart with title, the name of the index, source line, alternative text, colours and size.

        `subtitle` may have several lines; `description` is the text for readers who do not see the chart. A chart that
        reflows is as wide as its page; another one keeps its width, and scrolls in a narrow window.
        """
        alt = altair()
        title = self.title or title
        name = clean(text(definition.name, self.language)) if definition else ""
        sources = "; ".join(dict.fromkeys(clean(text) for text in source if text))
        computed_by = self.text("computed_by", version=version("indicia"))
        source_line = [f"{self.text('source').capitalize()}: {sources}.", computed_by] if sources else [computed_by]
        if width_of(" ".join(source_line), self.text_size) < self.line_width:
            source_line = [" ".join(source_line)]
        sentences = [*([name] if name not in title else []), *subtitle.split("\n"), *source_line]
        sentences = [sentence for sentence in sentences if sentence]
        lines = [line for sentence in sentences for line in wrap(sentence, self.line_width, self.text_size)]
        heads = wrap(clean(title), self.line_width, self.title_size)
        heading = alt.TitleParams(
            text=heads[0] if len(heads) == 1 else heads, subtitle=lines, anchor="start", frame="bounds",
            fontSize=self.title_size, subtitleFontSize=self.text_size, color=self["ink"], subtitleColor=self["soft"],
            offset=14, subtitlePadding=5,
        )  # fmt: skip
        facts = {"title": clean(title), "sentences": sentences, "fonts": list(self.house.font), "reflows": reflows}
        facts |= {"logo": self.house.logo} if self.house.logo else {}
        described = self._sized(chart).properties(
            title=heading,
            description=clean(f"{title}. {name}. {description}" if name not in title else f"{title}. {description}"),
            usermeta={"indicia": facts},
        )
        return drawn_without_network(described.configure(**self._config()))

    def _sized(self, chart: Any) -> Any:
        """Return a chart of one drawing with the size of the style."""
        width, height = self.size
        if (width is None and height is None) or "vconcat" in chart._kwds:
            return chart
        fit = "fit" if width and height else "fit-x" if width else "fit-y"
        sides = {name: side for name, side in (("width", width), ("height", height)) if side is not None}
        return chart.properties(**sides, autosize=altair().AutoSizeParams(type=fit, contains="padding"))

    def _config(self) -> dict[str, Any]:
        axis = {
            "labelColor": self["ink"], "titleColor": self["ink"], "gridColor": self["line"],
            "domainColor": self["soft"],
            "tickColor": self["soft"], "labelLimit": LABEL, "titleFontWeight": "normal",
            "labelFontSize": self.text_size, "titleFontSize": self.text_size,
        }  # fmt: skip
        legend = {
            "labelColor": self["ink"], "titleColor": self["ink"], "labelLimit": LABEL,
            "labelFontSize": self.text_size, "titleFontSize": self.text_size, "titleFontWeight": "normal",
        }  # fmt: skip
        font = ", ".join([*(f"'{family}'" if "," in family else family for family in self.house.font), FONT])
        return {
            "font": font, "background": self["paper"], "axis": axis, "legend": legend, "view": {"stroke": None},
            "axisBand": {"ticks": False, "labelPadding": 6}, "axisQuantitative": {"labelFlush": False},
            "header": {"labelColor": self["ink"], "titleColor": self["ink"]}, "text": {"color": self["ink"]},
        }  # fmt: skip


def chart_data(rows: Iterable[Mapping[str, object]]) -> Any:
    """Return rows as the data of a chart; NaN is null, as JSON has no NaN."""

    def plain(value: object) -> object:
        return clean(value) if isinstance(value, str) else None if value != value else value

    values = [{key: plain(value) for key, value in row.items()} for row in rows]
    alt = altair()
    with alt.utils.schemapi.debug_mode(False):  # a check of each row against the schema takes longer than the drawing
        return alt.Data(values=values)


def legible() -> Any:
    """Return the colour of text on a coloured mark: white if the column `on` is "#ffffff", else black."""
    alt = altair()
    return alt.condition("datum.on == '#ffffff'", alt.value("#ffffff"), alt.value("#000000"))


def distinct_names(names: Iterable[str], keys: Iterable[str]) -> list[str]:
    """Append the key to each name that occurs several times.

    >>> distinct_names(["Paris", "Paris", "Rome"], ["FR", "US", "IT"])
    ['Paris (FR)', 'Paris (US)', 'Rome']
    """
    listed = list(names)
    return [f"{name} ({key})" if listed.count(name) > 1 else name for name, key in zip(listed, keys, strict=True)]


def sources(definition: Definition, language: str) -> list[str]:
    """Return the sources of the indicators, each once."""
    keys = (spec.source for spec in definition.indicators.values() if spec.source)
    return list(dict.fromkeys(text(definition.source_for_readers(source), language) for source in keys))


def drawn_without_network(chart: Any) -> Any:
    """Return an Altair chart that a notebook shows as SVG.

    Altair shows a chart by a script that loads Vega from a network. The chart stays an Altair chart: its copies, and
    charts that are made of it, are shown in the same manner. A renderer that the user has enabled in Altair is kept.
    """
    shown = chart.copy(deep=False)
    kind: Any = type(chart)
    # Altair reads the assignment of an attribute as a property of the chart
    object.__setattr__(shown, "__class__", _shown_as_picture(kind))
    return shown


@cache
def _shown_as_picture(kind: Any) -> Any:
    """Return the class of charts of a kind that are shown as pictures."""

    def mime_bundle(self: Any, *args: Any, **kwargs: Any) -> Any:
        import altair

        if altair.renderers.active == "default":
            try:
                picture = rendered(self, "svg").decode()
            except MissingDependency:  # without vl-convert the display of Altair is better than none
                return kind._repr_mimebundle_(self, *args, **kwargs)
            return {"image/svg+xml": picture, "text/plain": self.to_dict().get("description", "")}
        return kind._repr_mimebundle_(self, *args, **kwargs)

    if kind.__dict__.get("_is_shown_as_picture"):
        return kind
    members = {"_repr_mimebundle_": mime_bundle, "_is_shown_as_picture": True, "__module__": kind.__module__}
    return type(kind.__name__, (kind,), members)
