"""The worked examples of methods: read from packages, and written out.

The worked examples of a method: those of its class, and those in the folder `worked` of its package.

A file of the folder is named after a kind, `weighting.toml` or `weighting_objective.toml`. Each example names the
method with its parameters, the table, the directions and weights of the indicators, and the figures of the source:

    [[example]]
    source = "Mufazzal & Muzakkir (2018), Computers & Industrial Engineering 119; by hand"
    aggregation = "piv"
    table = { unit = ["A", "B"], x = [3, 4], y = [4, 3] }
    indicators = { x = { weight = 1 }, y = { weight = 3, direction = "cost" } }
    scores = [0.2, 0]
    ranks = [2, 1]
    precision = 1e-12

Nothing is read before somebody asks for an example.
"""

from __future__ import annotations

import math
import tomllib
import warnings
from functools import cache
from importlib.resources import files
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from indicia.catalogue.choice import Choice
from indicia.errors import IndiciaError, PluginWarning, join_names
from indicia.methods import Method, WorkedExample
from indicia.methods.contract import FIGURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indicia.catalogue.offers import Offer


FOLDER = "worked"
_METHODOLOGY = ("imputation", "treatment", "normalisation", "weighting", "aggregation", "missing")
_DATA = ("period", "groups")
_WORDS = {
    "source",
    "table",
    "rankings",
    "voters",
    "indicators",
    "precision",
    "warning",
    *FIGURES,
    *_METHODOLOGY,
    *_DATA,
}


def examples_of(offer: Offer) -> tuple[WorkedExample, ...]:
    """Return the worked examples of a method that a plugin offers.

    >>> from indicia.catalogue import installed
    >>> examples_of(installed().offers["weighting", "equal"])[0].expected
    {'weights': {'x': 0.25, 'y': 0.25, 'z': 0.25, 'v': 0.25}}
    """
    return worked_examples(offer.method, offer.kind)


def worked_examples(method: type[Method], kind: str) -> tuple[WorkedExample, ...]:
    """Return the worked examples of a class as a method of this kind."""
    package = method.__module__.partition(".")[0]
    return (*method.worked_examples, *_in_package(package, kind).get(method.name, ()))


@cache
def _in_package(package: str, kind: str) -> Mapping[str, tuple[WorkedExample, ...]]:
    """Return the examples in the files of a package by method; a file that cannot be read causes a warning."""
    examples: dict[str, tuple[WorkedExample, ...]] = {}
    for file, text in _text_files(package, kind):
        try:
            read = read_examples(text, kind)
        except (ValueError, IndiciaError) as error:
            warnings.warn(f"{FOLDER}/{file} of {package} is left out: {error}", PluginWarning, stacklevel=3)
            continue
        for name, of_method in read.items():
            examples[name] = (*examples.get(name, ()), *of_method)
    return examples


def _text_files(package: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of the files of a kind, sorted; none for a plugin that is a single file."""
    try:
        folder = files(package).joinpath(FOLDER)
        names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    except (OSError, ImportError, ValueError, TypeError):
        return
    for name in names:
        if name == f"{kind}.toml" or (name.startswith(f"{kind}_") and name.endswith(".toml")):
            yield name, folder.joinpath(name).read_text(encoding="utf-8")


def read_examples(toml: str, kind: str) -> dict[str, list[WorkedExample]]:
    """Return the examples of a file by method.

    Raises
    ------
    ValueError
        If the text is no TOML, or if an example is incomplete or has an unknown word; the message gives its number.
    """
    examples: dict[str, list[WorkedExample]] = {}
    for number, entry in enumerate(tomllib.loads(toml).get("example", ()), start=1):
        try:
            name, example = _example(entry, kind)
        except (ValueError, TypeError, IndiciaError) as error:
            raise ValueError(f"example {number}: {error}") from error
        examples.setdefault(name, []).append(example)
    return examples


def _example(entry: Mapping[str, Any], kind: str) -> tuple[str, WorkedExample]:
    """Return the method of an entry, and the example."""
    if kind not in entry:
        raise ValueError(f"it names no {kind}")
    if unknown := [word for word in entry if word not in {*_WORDS, kind}]:
        raise ValueError(f"it has the unknown word {', '.join(unknown)}")
    choice = Choice.read(entry[kind])
    example = WorkedExample(
        table=_without_nan(entry.get("table", entry.get("rankings", {}))),
        weights=entry.get("voters", {}),
        expected={word: _without_nan(entry[word]) for word in FIGURES if word in entry},
        source=entry.get("source", ""),
        parameters=choice.parameters,
        indicators=entry.get("indicators", {}),
        methodology={word: entry[word] for word in _METHODOLOGY if word in entry and word != kind},
        data={word: entry[word] for word in _DATA if word in entry},
        precision=entry.get("precision", 1e-12),
        warning=entry.get("warning", ""),
    )
    return choice.method, example


def _without_nan(value: Any) -> Any:
    """Return the figures with None in place of nan, which is a missing value in TOML."""
    if isinstance(value, dict):
        return {name: _without_nan(element) for name, element in value.items()}
    if isinstance(value, list):
        return [_without_nan(element) for element in value]
    return None if isinstance(value, float) and math.isnan(value) else value


NONE = "none: no published figures stand beside the formula"
"""The words for a method without worked examples."""
_ROWS = 6
"""The rows of a table in a terminal."""
_WIDTH = 66
"""The width of a table in a terminal, beside its word."""
_CELLS = 24
"""The cells of a table that a sentence holds."""
_OF_UNITS = ("prepared", "normalised")
"""Figures with a column for each indicator."""


def count_of(examples: Sequence[WorkedExample]) -> str:
    """Return the number of worked examples and their sources.

    >>> from indicia.methods import WorkedExample
    >>> count_of([WorkedExample({"unit": ["A"], "x": [2]}, {"scores": [1]}, "Bross (1958); by hand")])
    '1 worked example: Bross (1958); by hand'
    """
    if not examples:
        return NONE
    sources = list(dict.fromkeys(example.source for example in examples))
    rest = f"; and {len(sources) - 1} more" if len(sources) > 1 else ""
    return f"{len(examples)} worked example{'s' if len(examples) > 1 else ''}: {sources[0]}{rest}"


def lines_of(example: WorkedExample) -> Iterator[str]:
    """Yield the lines of a worked example: the table with the figures of units beside it, and the other figures.

    >>> from indicia.methods import WorkedExample
    >>> table = {"unit": ["A", "B"], "x": [3, 4], "y": [4, 3]}
    >>> example = WorkedExample(table, {"scores": [0.2, 0]}, "by hand", indicators={"x": "benefit", "y": "cost"})
    >>> print(*lines_of(example), sep="\\n")
    unit  x  y  scores
    A     3  4     0.2
    B     4  3       0
    y is a cost
    """
    columns = {**example.table, **dict(_columns_of_figures(example))}
    if sum(2 + max(len(name), *map(len, _texts(column))) for name, column in columns.items()) > _WIDTH:
        columns = {"unit": example.table["unit"], **dict(_columns_of_figures(example))}
        indicators = len(example.table) - 1
        yield f"{len(columns['unit'])} units and {indicators} columns; the figures of the source:"
    if len(columns) > 1:
        yield from _table(columns)
    parameters = [f"{name} = {_text(value)}" for name, value in example.parameters.items()]
    for text in (*_other_figures(example), "; ".join([*parameters, *_words(example)])):
        yield from wrap(text, _WIDTH)


def sentence_of(example: WorkedExample) -> str:
    """Return a worked example as a sentence, with its source.

    >>> from indicia.methods import WorkedExample
    >>> table = {"unit": ["A", "B"], "x": [3, 4]}
    >>> sentence_of(WorkedExample(table, {"scores": [0.2, 0]}, "Bross (1958)", parameters={"k": 2}))
    'with k = 2 and x = 3, 4: scores 0.2, 0 (Bross (1958))'
    """
    columns = {name: column for name, column in example.table.items() if name != "unit"}
    table = "; ".join(f"{name} = {', '.join(_texts(column))}" for name, column in columns.items())
    if sum(map(len, columns.values())) > _CELLS:
        table = f"{len(example.table['unit'])} units and {len(columns)} columns"
    parameters = ", ".join(f"{name} = {_text(value)}" for name, value in example.parameters.items())
    figures = [f"{name} {', '.join(_texts(column))}" for name, column in _columns_of_figures(example)]
    given = "; ".join([table, *_words(example)])
    shown = "; ".join([*figures, *_other_figures(example)])
    return f"with {f'{parameters} and ' if parameters else ''}{given}: {shown} ({example.source})"


def _columns_of_figures(example: WorkedExample) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield the figures that have a value for each unit."""
    for name, figures in example.expected.items():
        if name in ("scores", "ranks"):
            yield name, figures
        elif name in _OF_UNITS:
            yield from ((f"{column} {name}", values) for column, values in figures.items())


def _other_figures(example: WorkedExample) -> Iterator[str]:
    """Yield the figures that have no value for each unit: weights, facts, agreements."""
    for name, figures in example.expected.items():
        if name == "together":
            yield f"all rankings together {_text(figures)}"
        elif name not in ("scores", "ranks", *_OF_UNITS):
            word = f"{next(iter(_rankings(example)))} with" if name == "with" else name
            yield f"{word} " + ", ".join(f"{part} {_text(value)}" for part, value in figures.items())


def _rankings(example: WorkedExample) -> Iterable[str]:
    return (name for name in example.table if name != "unit")


def _words(example: WorkedExample) -> Iterator[str]:
    """Yield the directions and weights of the indicators, and the other words of the index file."""
    costs = [name for name, direction in example.directions.items() if direction == "cost"]
    if costs and example.indicators:
        yield f"{join_names(costs)} {'is a cost' if len(costs) == 1 else 'are costs'}"
    words = example.words
    weights = {name: word["weight"] for name, word in words.items() if "weight" in word}
    if weights:
        yield "weights " + ", ".join(f"{name} {_text(weight)}" for name, weight in weights.items())
    for name, word in words.items():
        others = {key: value for key, value in word.items() if key not in ("direction", "weight")}
        if direction := [word["direction"]] if word.get("direction") not in (None, "benefit", "cost") else []:
            others = {"direction": direction[0], **others}
        if others:
            yield f"{name}: " + ", ".join(f"{key} {_text(value)}" for key, value in others.items())
    yield from (f"{key} {_text(value)}" for key, value in {**example.data, **example.methodology}.items())


def _table(columns: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Yield the rows of a table; numbers stand at the right, texts at the left."""
    shown = {name: _texts(column)[:_ROWS] for name, column in columns.items()}
    widths = {name: max(len(name), *map(len, column)) for name, column in shown.items()}
    is_text = {name: any(isinstance(value, str) for value in column) for name, column in columns.items()}
    for row in ([*shown], *zip(*shown.values(), strict=True)):
        cells = [
            cell.ljust(widths[name]) if is_text[name] else cell.rjust(widths[name])
            for name, cell in zip(shown, row, strict=True)
        ]
        yield "  ".join(cells).rstrip()
    if (rest := len(next(iter(columns.values()))) - _ROWS) > 0:
        yield f"… and {rest} more"


def _texts(column: Iterable[Any]) -> list[str]:
    return [_text(value) for value in column]


def _text(value: Any) -> str:
    """Return a value as a reader expects it; six digits of a number, unless it is a whole one."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_texts(value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_text(element)}" for name, element in value.items()) + "}"
    return str(value)
