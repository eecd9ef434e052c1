"""How all charts look: colours, fonts, title, source line, alternative text."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from indicia.errors import require_optional
from indicia.notes import MARK, Names
from indicia.report.markup import Voice, clean, inert, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.notes import Spoken
    from indicia.presentation import Theme

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#332288", "#4A4A4A")
"""After Okabe & Ito (2008), told apart by the colour-blind; the last two are dark, to be seen on white."""
_ON_DARK = {"#332288": "#F5F0B0", "#4A4A4A": "#5C5C5C"}
FONT = "Noto Sans, DejaVu Sans, Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
FONT_CJK = f"Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, {FONT}"
"""Of charts with Chinese, Japanese or Korean names: renderers take the first font of a list that they find."""
_LINE = 860
"""Pixels of a line above a chart; what is longer goes on in the next."""
LABEL = 220
"""Pixels of a label beside a chart; what is longer is cut, and whole in the tooltip."""
_INK = {
    "light": {"ink": "#1b1b1b", "soft": "#5c5c5c", "line": "#d8d8d8", "half": "#c9d3dc", "paper": "#ffffff"},
    "dark": {"ink": "#ececea", "soft": "#a9adb2", "line": "#3a3e43", "half": "#46525e", "paper": "#16181b"},
}


def altair() -> Any:
    """Return Altair, which takes a quarter of a second to import."""
    return require_optional("altair", "a chart", "charts")


@dataclass(frozen=True)
class Look:
    """The language and the colours of a chart."""

    language: str = "en"
    theme: Theme = "light"

    def __getitem__(self, name: str) -> str:
        """Return one of the colours of the theme."""
        return _INK[self.theme][name]

    @property
    def colours(self) -> tuple[str, ...]:
        """The colours of things that are told apart, as they are seen on the ground of the theme."""
        return tuple(_ON_DARK.get(one, one) for one in COLOURS) if self.theme == "dark" else COLOURS

    def said(self, key: str, **values: object) -> str:
        """Return a text in the language of the chart."""
        return self.name(Voice.of(self.language).said(key, **values))

    def name(self, spoken: Spoken) -> str:
        """Return a name in the language of the chart, fit for a document."""
        return clean(spoken[self.language])

    def some(self, names: Iterable[str], limit: int = 5) -> str:
        """Return the first few names, and how many more there are."""
        return Names.of((inert(clean(name)) for name in names), limit).said(self.language, {})

    def first_drawn(self, shown: int, number: int) -> list[str]:
        """Return the sentence that a chart shows the first units, where it does not show all."""
        return [self.said("first_drawn", shown=shown, n=f"{number:,}")] if shown < number else []

    def legend(self, imputed: bool) -> list[str]:
        """Return the line of a subtitle that explains the mark of imputed values, where a chart has any."""
        return [self.said("imputed_says", mark=MARK)] if imputed else []

    def finish(self, chart: Any, *, title: str, what: str, about: str, source: Iterable[str] = ()) -> Any:
        """Return the chart with title, source line, alternative text and colours.

        `what` is what it shows, in one line or several; `about` says it in words for those who do not see it.
        """
        alt = altair()
        sources = "; ".join(dict.fromkeys(clean(one) for one in source if one))
        computed = self.said("computed_by", version=version("indicia"))
        line = f"{self.said('source').capitalize()}: {sources}. {computed}" if sources else computed
        lines = [one for said in what.split("\n") for one in wrapped(said, _LINE, 11)]
        heading = alt.TitleParams(
            text=clean(title), subtitle=[*lines, line], anchor="start", frame="group", fontSize=16,
            subtitleFontSize=11, color=self["ink"], subtitleColor=self["soft"], offset=14, limit=900,
        )  # fmt: skip
        return chart.properties(title=heading, description=clean(f"{title}. {about}")).configure(**self._config())

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


def rows(values: Iterable[Mapping[str, object]]) -> Any:
    """Return rows as the data of a chart; what is not a number is missing."""

    def kept(one: object) -> object:
        return clean(one) if isinstance(one, str) else None if one != one else one

    return altair().Data(values=[{key: kept(one) for key, one in row.items()} for row in values])


def apart(names: Iterable[str], keys: Iterable[str]) -> list[str]:
    """Return names of which no two are the same.

    >>> apart(["Paris", "Paris", "Rome"], ["FR", "US", "IT"])
    ['Paris (FR)', 'Paris (US)', 'Rome']
    """
    given = list(names)
    return [f"{name} ({key})" if given.count(name) > 1 else name for name, key in zip(given, keys, strict=True)]
