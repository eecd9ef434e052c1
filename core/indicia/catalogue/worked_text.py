"""Worked examples as text: a table for a terminal, and a sentence for the reference."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from indicia.errors import join_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indicia.methods import WorkedExample

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
