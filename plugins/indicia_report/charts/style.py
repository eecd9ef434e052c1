"""The style of all charts: colours, fonts, title, source line, alternative text."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from indicia.errors import require_optional
from indicia.notes import MARK, Names
from indicia_report.markup import Texts, clean, isolate, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.notes import Note, Spoken
    from indicia.outputs import ChartOptions, Theme

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#332288", "#4A4A4A")
"""Colours that colour-blind readers distinguish, after Okabe & Ito (2008); the last two are for a white page."""
_ON_DARK = {"#332288": "#F5F0B0", "#4A4A4A": "#5C5C5C"}
FONT = "Noto Sans, DejaVu Sans, Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
FONT_CJK = f"Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, {FONT}"
"""The fonts of charts with Chinese, Japanese or Korean names; a renderer uses the first installed font."""
_LINE = 640
"""The pixels of a line above a chart; a longer text is wrapped."""
LABEL = 220
"""The pixels of a label beside a chart; a longer label is cut, and the tooltip has the full text."""
_INK = {
    "light": {"ink": "#1b1b1b", "soft": "#5c5c5c", "line": "#d8d8d8", "half": "#c9d3dc", "paper": "#ffffff"},
    "dark": {"ink": "#ececea", "soft": "#a9adb2", "line": "#3a3e43", "half": "#46525e", "paper": "#16181b"},
}


def altair() -> Any:
    """Return Altair, which is imported late, as the import takes a quarter of a second."""
    return require_optional("altair", "a chart", "charts")


@dataclass(frozen=True)
class ChartStyle:
    """The language and the colours of a chart."""

    language: str = "en"
    theme: Theme = "light"

    @classmethod
    def of(cls, options: ChartOptions) -> ChartStyle:
        """Return the style of the options of a chart."""
        return cls(options.language, options.theme)

    def __getitem__(self, name: str) -> str:
        """Return a colour of the theme by name."""
        return _INK[self.theme][name]

    @property
    def colours(self) -> tuple[str, ...]:
        """The colours of parts and units, on the background of the theme."""
        return tuple(_ON_DARK.get(colour, colour) for colour in COLOURS) if self.theme == "dark" else COLOURS

    def text(self, key: str, **values: object) -> str:
        """Return a text in the language of the chart."""
        return self.name(Texts.of(self.language).get(key, **values))

    def name(self, spoken: Spoken) -> str:
        """Return a name in the language of the chart, without forbidden characters."""
        return clean(spoken[self.language])

    def list_names(self, names: Iterable[str], limit: int = 5) -> str:
        """Return the first names, and the number of further names."""
        return Names.of((isolate(clean(name)) for name in names), limit).in_language(self.language, {})

    def first_drawn(self, shown: int, number: int) -> list[str]:
        """Return the sentence with the number of units drawn, if the chart does not show all units."""
        return [self.text("first_drawn", shown=shown, n=f"{number:,}")] if shown < number else []

    def legend(self, imputed: bool) -> list[str]:
        """Return the sentence that explains the mark, if the chart has imputed values."""
        return [self.text("imputed_says", mark=MARK)] if imputed else []

    def sentences(self, notes: Iterable[Note]) -> list[str]:
        """Return notes as sentences in the language of the chart."""
        sentences = [note.in_language(self.language, {}) for note in notes]
        stop = "。" if self.language == "zh" else "."
        return [f"{sentence[:1].upper()}{sentence[1:]}{stop}" for sentence in sentences]

    def finish(self, chart: Any, *, title: str, subtitle: str, description: str, source: Iterable[str] = ()) -> Any:
        """Return the chart with title, source line, alternative text and colours.

        `subtitle` may have several lines; `description` is the text for readers who do not see the chart.
        """
        alt = altair()
        sources = "; ".join(dict.fromkeys(clean(text) for text in source if text))
        computed_by = self.text("computed_by", version=version("indicia"))
        source_line = f"{self.text('source').capitalize()}: {sources}. {computed_by}" if sources else computed_by
        lines = [line for sentence in [*subtitle.split("\n"), source_line] for line in wrap(sentence, _LINE, 11)]
        heading = alt.TitleParams(
            text=clean(title), subtitle=lines, anchor="start", frame="group", fontSize=16,
            subtitleFontSize=11, color=self["ink"], subtitleColor=self["soft"], offset=14, limit=900,
        )  # fmt: skip
        return chart.properties(title=heading, description=clean(f"{title}. {description}")).configure(**self._config())

    def _config(self) -> dict[str, Any]:
        axis = {
            "labelColor": self["ink"], "titleColor": self["ink"], "gridColor": self["line"],
            "domainColor": self["soft"],
            "tickColor": self["soft"], "labelLimit": LABEL, "titleFontWeight": "normal", "labelFontSize": 11,
        }  # fmt: skip
        legend = {"labelColor": self["ink"], "titleColor": self["ink"], "labelLimit": LABEL}
        return {
            "font": FONT, "background": self["paper"], "axis": axis, "legend": legend, "view": {"stroke": None},
            "header": {"labelColor": self["ink"], "titleColor": self["ink"]}, "text": {"color": self["ink"]},
        }  # fmt: skip


def chart_data(rows: Iterable[Mapping[str, object]]) -> Any:
    """Return rows as the data of a chart; NaN is null, as JSON has no NaN."""

    def plain(value: object) -> object:
        return clean(value) if isinstance(value, str) else None if value != value else value

    return altair().Data(values=[{key: plain(value) for key, value in row.items()} for row in rows])


def distinct_names(names: Iterable[str], keys: Iterable[str]) -> list[str]:
    """Append the key to each name that occurs several times.

    >>> distinct_names(["Paris", "Paris", "Rome"], ["FR", "US", "IT"])
    ['Paris (FR)', 'Paris (US)', 'Rome']
    """
    listed = list(names)
    return [f"{name} ({key})" if listed.count(name) > 1 else name for name, key in zip(listed, keys, strict=True)]
