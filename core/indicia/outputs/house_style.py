"""The style of a publisher: the colours, fonts and sizes of charts."""

from __future__ import annotations

from dataclasses import dataclass, field


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
