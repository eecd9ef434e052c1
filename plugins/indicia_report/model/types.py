"""The data of the page, as types: `page.schema.json` is the JSON Schema of `PageModel`."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias

from pydantic import ConfigDict, TypeAdapter, with_config
from typing_extensions import TypedDict  # pydantic needs it before Python 3.12

_closed = with_config(ConfigDict(extra="forbid"))

Text = dict[str, str]
"""A text by language. A language is left out where its text equals that of the first language of the page."""


@_closed
class Whole(TypedDict):
    """Whole numbers n of 16 or 32 bits, little-endian, in base64; a value is n / 10^d, and the least n is no value."""

    t: Literal["i2", "i4"]
    d: int
    v: str


@_closed
class Doubles(TypedDict):
    """Doubles, little-endian, in base64; NaN is no value."""

    t: Literal["f8"]
    v: str


Plain = Whole | Doubles


@_closed
class Line(TypedDict):
    """The straight line z0 + ((z1 - z0) · (x - x0)) / (x1 - x0), cut at the limits of `clip`.

    x is the column `x`, or else the raw column of the indicator with its imputed values.
    """

    t: Literal["lin"]
    x0: float
    x1: float
    z0: float
    z1: float
    clip: NotRequired[tuple[float, float]]
    x: NotRequired[Plain]


@_closed
class Missing(TypedDict):
    """The rule for a unit that lacks a component."""

    policy: Literal["refuse", "skip", "propagate", "value", "group_mean", "parent"]
    share: float
    count: int
    value: NotRequired[float]
    within: NotRequired[str]


@_closed
class Dimension(TypedDict):
    """A dimension, or the index."""

    id: str
    parents: list[int]
    kids: list[int]
    shown: NotRequired[list[int]]
    """The parts that do not count, if there are some."""
    name: Text
    short: NotRequired[Text]
    """The short name, if it is another one."""
    w: list[float]
    total: NotRequired[float]
    """The sum of the weights in the score, unless they are scaled to sum 1."""
    agg: str
    p: float | None
    missing: Missing
    decimals: NotRequired[int]
    """The decimals of rounded scores."""
    exact: bool
    """True if the script of the page can compute the scores from those of the parts."""
    why: NotRequired[str]
    """The reason why it cannot: the end of a key of the messages."""
    low_best: NotRequired[bool]


@_closed
class Leaf(TypedDict):
    """An indicator."""

    id: str
    parents: list[int]
    leaf: Literal[True]
    name: Text
    short: NotRequired[Text]
    """The short name, if it is another one."""
    unit: NotRequired[Text]
    """The unit of measure."""
    cost: NotRequired[bool]
    """True if less is better."""
    source: NotRequired[Text]
    year: NotRequired[str]
    """The year of the values, or the first and the last year."""
    norm: str
    """The methods from the raw value to the normalised value."""
    bounds: NotRequired[tuple[float, float]]
    decimals_raw: NotRequired[int]
    """The decimals with which all raw values are written."""
    low_best: NotRequired[bool]
    simulated: NotRequired[bool]
    """True if the values are made up, so that the ranking says so."""


@_closed
class Units(TypedDict):
    """The units."""

    ids: list[str]
    names: dict[str, list[str]]


@_closed
class Group(TypedDict):
    """A column of groups."""

    id: str
    name: Text
    labels: list[Text]
    of: list[int]
    """The number of the label of each unit; -1 for none."""


@_closed
class Rows(TypedDict):
    """The rows of the columns: unit × period."""

    unit: list[int] | None
    """The number of the unit of each row; None if each unit has one row, in their order."""
    period: list[int] | None
    eligible: list[int] | None
    """1 for the rows that the index file allows to be ranked; None if these are all."""


@_closed
class Pairs(TypedDict):
    """The share of draws in which a unit ranks above another, in half per cent; 255 for none."""

    kind: Literal["half", "ten"]
    order: NotRequired[Plain]
    """ten: the units by published rank."""
    v: str


@_closed
class Trend(TypedDict):
    """The trend of a score up to the period of each row."""

    direction: Plain
    """1 for a rise, -1 for a fall, 0 if neither is clear; missing for too few periods."""
    since: Plain
    """The place of the first period with a score."""


@_closed
class Intervals(TypedDict):
    """The ranks of the draws of an uncertainty analysis; lists have an entry for each unit."""

    draws: int
    says: Text
    caveat: Text | None
    period: int
    level: float
    lower: list[float | None]
    upper: list[float | None]
    ten: list[float | None]
    """The share of the draws in which a unit is among the first ten."""
    pairs: Pairs | None


@_closed
class Bands(TypedDict):
    """A classification of the units."""

    id: str
    node: int
    name: Text
    labels: list[Text]
    colours: list[str] | None
    shades: list[int]
    """The shade of each band, from 0 for the worst to 9 for the best."""
    of: Plain


@_closed
class Variable(TypedDict):
    """A variable outside the index."""

    id: str
    name: Text
    column: Plain


@_closed
class Map(TypedDict):
    """The shapes of the units in a box of whole numbers."""

    w: int
    h: int
    shapes: dict[str, str]
    dots: dict[str, tuple[float, float]]
    others: str | None
    name: Text | None
    source: Text | None
    notes: list[Text]
    """The units without a shape, and other facts that a reader of the map must know."""


@_closed
class Levels(TypedDict):
    """The choices of the levels of the methodology besides the weighting and the aggregation of the index, as TOML."""

    top: str
    """Those of the index, with a comma before each."""
    below: str
    """The levels below it, with a comma before each."""


@_closed
class Publication(TypedDict):
    """The publication of the index."""

    publisher: NotRequired[Text]
    edition: NotRequired[Text]
    date: NotRequired[str]
    licence: NotRequired[Text]
    contact: NotRequired[Text]
    url: NotRequired[str]
    doi: NotRequired[str]
    citation: Text


@_closed
class Source(TypedDict):
    """A source of data."""

    title: Text
    url: NotRequired[str]


Lever: TypeAlias = tuple[int, list[tuple[int, float]], int, int, int]
"""The unit to draw level with; indicators with values that are enough; the numbers of more such indicators, of those
that are not enough, and of those that are left out."""


@_closed
class Levers(TypedDict):
    """The values with which units draw level with others, one indicator alone: by the number of the unit."""

    period: int
    above: dict[str, Lever]
    """The way to the unit above."""
    ten: dict[str, Lever]
    """The way to the tenth unit."""


@_closed
class PageModel(TypedDict):
    """The data of the page."""

    v: Literal[1]
    title: Text
    command: NotRequired[str]
    """The command of the scores, if it is not `indicia run index.toml`."""
    langs: list[str]
    note: Text | None
    sources: list[Source]
    methodology: str
    generator: str
    publication: Publication | None
    withheld: bool
    """True if values before normalisation may not be published."""
    unit: Units
    noun: Text | None
    """The word for a unit: the name of its column; None for a column of codes."""
    groups: list[Group]
    periods: list[str]
    row: Rows
    tree: list[Dimension | Leaf]
    score: Plain
    rank: Plain
    ranks: dict[str, Plain]
    """The ranks by each dimension and indicator, among the units that are ranked."""
    scores: dict[str, Plain]
    raw: dict[str, Plain]
    z: dict[str, Whole | Doubles | Line]
    imputed: list[tuple[int, int, float | None]]
    years: dict[str, Plain]
    noted: list[tuple[int, int, str]]
    ties: Literal["min", "max", "average", "dense"]
    unrounded: bool
    noise: float
    log: bool
    """True if ranks compare the logarithms of scores above 0."""
    levels: Levels
    lowest_first: bool
    robust: Intervals | None
    levers: Levers | None
    bands: list[Bands]
    trends: dict[str, Trend] | None
    """The trends of scores, by the place of their node."""
    outside: list[Variable]
    map: Map | None


def page_schema() -> dict[str, Any]:
    """Return the JSON Schema of the data of the page."""
    schema = TypeAdapter(PageModel).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
