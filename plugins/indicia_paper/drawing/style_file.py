"""The file of a house style: a TOML file with colours, font and sizes of charts.

font = ["Source Sans 3", "Noto Sans CJK SC"]
title_size = 18
text_size = 12
width = 900
colours = ["#004488", "#ddaa33", "#bb5566"]
sequential = ["#f7fbff", "#08306b"]
diverging = ["#b35806", "#f7f7f7", "#542788"]
highlight = ["#bb5566"]
positive = "#004488"
negative = "#bb5566"
logo = "logo.svg"

[light]
background = "#ffffff"
text = "#1b1b1b"
muted = "#5c5c5c"
grid = "#d8d8d8"

[dark]
background = "#101418"
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from indicia.definition import Origin, explain_faults, read_toml
from indicia.definition.section import Number, Section, Whole, Word, Words
from indicia.errors import DefinitionError
from indicia.outputs import HouseStyle, ThemeColours
from indicia.paths import check_regular, expanded

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")
_NAMES = {"black": "#000000", "white": "#ffffff", "red": "#ff0000", "green": "#008000", "blue": "#0000ff",
          "orange": "#ffa500", "purple": "#800080", "grey": "#808080"}  # fmt: skip


def _colour(value: str) -> str:
    """Return a colour as #rrggbb in lower case."""
    if not _COLOUR.fullmatch(value):
        example = _NAMES.get(value.strip().lower())
        raise ValueError(f'"{value}" is no colour; write {example or "#rrggbb, such as #0072b2"}')
    digits = value[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


Colour = Annotated[str, AfterValidator(_colour)]
Colours = tuple[Colour, ...]
Pixels = Annotated[Number, Field(ge=6, le=72)]
Side = Annotated[Whole, Field(ge=120, le=10_000)]


_LARGEST_LOGO = 200_000
"""The most bytes of a logo, which every picture holds."""


class ThemeSection(Section):
    """The colours of a background, and of what stands on it."""

    background: Colour | None = Field(None, description="the background")
    text: Colour | None = Field(None, description="title, labels and marks in the colour of text")
    muted: Colour | None = Field(None, description="lines below the title, axes, and units that are not highlighted")
    grid: Colour | None = Field(None, description="the lines of the grid")


class StyleFile(Section):
    """The keys of a house style."""

    font: Annotated[Words, Field(min_length=1)] | None = Field(
        None, description="a family, or a list of families, the preferred one first"
    )
    title_size: Pixels | None = Field(None, description="size of the title, in pixels")
    text_size: Pixels | None = Field(None, description="size of all other text, in pixels")
    width: Side | None = Field(None, description="width of the picture, in pixels; default: that of the chart")
    height: Side | None = Field(None, description="height of the picture, in pixels; default: that of the chart")
    colours: Annotated[Colours, Field(min_length=2)] | None = Field(None, description="colours of parts and units")
    sequential: Annotated[Colours, Field(min_length=2)] | None = Field(
        None, description="colours of low to high figures"
    )
    diverging: Annotated[Colours, Field(min_length=2)] | None = Field(
        None, description="colours from -1 to 1, of correlations"
    )
    highlight: Annotated[Colours, Field(min_length=1)] | None = Field(None, description="colours of highlighted units")
    positive: Colour | None = Field(None, description="the colour of what adds to a score, and of climbs")
    negative: Colour | None = Field(None, description="the colour of what lowers a score, and of falls")
    logo: Word | None = Field(None, description="an SVG or PNG file, drawn at the foot on the right")
    light: ThemeSection = Field(ThemeSection(), description="the colours of light charts")
    dark: ThemeSection = Field(ThemeSection(), description="the colours of dark charts")


def read_style(path: str | Path) -> HouseStyle:
    """Return the house style of a TOML file.

    Raises
    ------
    DefinitionError
        If the file or its logo cannot be read, or it has an unknown key or a wrong value; the error names the line.
    """
    path = Path(path).expanduser()
    raw, toml = read_toml(path, "house style", lambda _folder: "docs/reporting.md shows such a file")
    try:
        words = StyleFile.model_validate(raw)
    except ValidationError as error:
        raise explain_faults(error, raw, Origin(path, toml), StyleFile) from error
    values: dict[str, Any] = {name: value for name, value in words if value is not None}
    values |= {name: ThemeColours(**dict(values[name])) for name in ("light", "dark")}
    if words.logo is not None:
        values["logo"] = _logo(path.parent / expanded(words.logo), Origin(path, toml).where(["logo"]))
    return HouseStyle(**values, file=path.name)


def _logo(path: Path, where: str | None) -> str:
    """Return an SVG or PNG file as a `data:` address.

    Raises
    ------
    DefinitionError
        If the file cannot be read, is another picture, or is too large.
    """
    check_regular(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DefinitionError(
            f'the logo "{path.name}" cannot be read: {error.strerror}',
            where=where,
            remedy="name a file beside the house style, or leave logo out",
        ) from error
    kind = "png" if content.startswith(b"\x89PNG\r\n") else "svg+xml" if b"<svg" in content[:2000] else None
    if kind is None:
        raise DefinitionError(
            f'the logo "{path.name}" is neither SVG nor PNG', where=where, remedy="save it as SVG or PNG"
        )
    if len(content) > _LARGEST_LOGO:
        raise DefinitionError(
            f'the logo "{path.name}" has {len(content):,} bytes',
            where=where,
            remedy=f"every picture holds the logo: save it with at most {_LARGEST_LOGO:,} bytes",
        )
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
