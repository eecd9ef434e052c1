"""What commands print: rich tables in a terminal, data in the format asked for."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import combining, east_asian_width

import polars as pl
import typer

from indicia.cli.options import manifest_of
from indicia.data import escape_formulas, format_of, render, write, write_together
from indicia.definition import check_language, text
from indicia.errors import OutputError, printable
from indicia.notes import MARK, Note, percentage
from indicia.result import as_json
from indicia.run import IMPUTED_SHARE
from indicia.run.notes import changed_notes
from indicia.tables.names import split_brackets

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from indicia.result import Result

ROWS = 250
"""Rows of a table on the screen; a file gets all."""
_SHADES = "█▓▒░"
_BAR = 24
_UNBROKEN = 26
"""The widest column whose texts are not broken into lines."""


def result(
    run: Result, show: str, format: str | None, output: Path | None, language: str | None, escape: bool = False
) -> None:
    """Print one table of a result, or write it with its manifest."""
    check_language(language, run.definition)
    frame = run.frame(show)
    if output is None and format in (None, "table"):
        said = _said(run, show)  # a published list that cannot be read is an error before anything is printed
        say(_title(run, language))
        marks = run.marks(show)
        if show == "scores":
            ranking(run, language)
        else:
            _print(frame, marks)
        for line in [*_legend(marks), *said]:
            say(line)
        return
    marks = run.marks(show)
    manifest = {**run.manifest, "table": show} if output else None  # to hash the data takes a while
    if _form(format, output) == "latex":
        from indicia.export.paper import result_in_latex  # here, as most output is no LaTeX

        emit(result_in_latex(run, show, language), output, manifest)
    else:
        written = escape_formulas(frame) if escape else frame
        _emit(written, format, output, " · ".join([run.title, *run.notes, *_legend(marks)]), manifest, marks)
    for line in _notes(run):
        say(f"note: {line}", err=True)


def say(line: str, *, err: bool = False) -> None:
    """Print a line; names in it do nothing to the terminal."""
    typer.echo(printable(line), err=err)


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """Give what shows progress with an estimate, on a terminal's standard error, and is not there where none is."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    # rich is imported where a terminal is written to, so that output to files and pipes does not wait for it
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("scoring", total=None)
        yield lambda done, every: bar.update(task, completed=done, total=every)


def table(
    frame: pl.DataFrame,
    format: str | None,
    output: Path | None,
    title: str | None = None,
    manifest: Mapping[str, Any] | None = None,
) -> None:
    """Print a table under its title, if it has one, or write it with its manifest."""
    if output is None and format in (None, "table"):
        if title:
            say(title)
        _print(frame)
    else:
        _emit(frame, format, output, title, manifest)


def grid(
    headings: Sequence[str], rows: Iterable[Sequence[str]], right: Collection[str] = (), *, length: int = 0
) -> None:
    """Print rows of text in columns, and how many of `length` rows are not printed.

    The columns under the headings of `right` are flush right. A terminal shows the columns that fit.
    """
    texts = [list(row) for row in rows]
    columns = [[_cell(text) for text in column] for column in zip(headings, *texts, strict=True)]
    flush = [heading in right for heading in headings]
    if sys.stdout.isatty():
        _print_fitted(columns, flush)
    else:
        # Rich takes 0.2 seconds for 250 rows of 20 columns, and head and grep would wait for it.
        padded = [_pad(column) if right else column for column, right in zip(columns, flush, strict=True)]
        widths = [max(map(cell_len, column)) for column in padded]
        for row in zip(*padded, strict=True):
            cells = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
            say("  ".join(cells).rstrip())
    if length > len(texts):
        typer.echo(f"… {length - len(texts):,} more rows; -o FILE writes all")


def _print_fitted(columns: Sequence[list[str]], flush: Sequence[bool]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(emoji=False)
    widths = [max(map(cell_len, column)) for column in columns]
    ends = accumulate(width + 2 for width in widths)
    fitting = max(4, sum(end - 2 <= console.width for end in ends))  # the first columns name the units
    layout = Table(box=None, pad_edge=False, header_style="bold")
    shown = []
    for column, right, width in list(zip(columns, flush, widths, strict=True))[:fitting]:
        # Rich strips the spaces at the end of text that is flush right, and with them the place of a mark.
        marked = right and any(cell.endswith(" ") for cell in column)
        justify: Literal["left", "right"] = "right" if right and not marked else "left"
        shown.append(_pad(column) if marked else column)
        layout.add_column(Text(shown[-1][0]), justify=justify, overflow="fold", no_wrap=width <= _UNBROKEN)
    for row in zip(*(column[1:] for column in shown), strict=True):
        layout.add_row(*map(Text, row))
    console.print(layout)
    if fitting < len(columns):
        say(f"… more columns than fit: {', '.join(column[0] for column in columns[fitting:])}")


def _pad(column: Sequence[str]) -> list[str]:
    """Put spaces before the cells of a column, so that all have one width."""
    width = max(map(cell_len, column))
    return [" " * (width - cell_len(cell)) + cell for cell in column]


def paragraphs(lines: Iterable[str]) -> None:
    """Print lines, in a terminal broken between words."""
    if not sys.stdout.isatty():
        say("\n".join(lines))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(emoji=False)
    for line in lines:
        console.print(Text(printable(line)))


def section(heading: str, lines: Iterable[str]) -> None:
    """Print lines under a heading."""
    typer.secho(f"\n{heading}", bold=sys.stdout.isatty())
    paragraphs(lines)


def ranking(run: Result, language: str | None) -> None:
    """Print the ranking, with the contribution of each dimension where scores add up."""
    data, tree = run.definition.data, run.scored.tree
    label = text(data.label, language) or None
    within = [column for group in run.definition.methodology.ranks for column in (group, f"rank_{group}")]
    names = list(dict.fromkeys(column for column in (run.unit, label, data.period, *within) if column))
    nodes = [part.id for part in tree.components if part.id in run.scored.nodes.columns]
    shown = run.ranking.head(ROWS)
    bars = _bars(run, shown, nodes)
    headings = [short(text(run.definition.dimensions[node].name, language, default=node)) for node in nodes]
    shares = IMPUTED_SHARE in shown.columns and shown[IMPUTED_SHARE].fill_null(0.0).max() != 0
    drawn = [*(["imputed"] if shares else []), *(["contribution by dimension"] if bars else [])]
    right = {"rank", "score", "imputed", *headings, *run.scored.ranks.columns}
    digits, marks = run.shown_decimals, run.marks("scores")
    score, *scores = ([_number(value, digits) for value in shown[name]] for name in ("score", *nodes))
    columns = [
        map(_rank, shown["rank"]),
        *(map(_word, shown[name]) for name in names),
        _marked(score, "score", marks),
        *([map(percentage, shown[IMPUTED_SHARE].fill_null(0.0))] if shares else []),
        *([bars] if bars else []),
        *(_marked(each, node, marks) for each, node in zip(scores, nodes, strict=True)),
    ]
    rows = zip(*columns, strict=True)
    grid(["rank", *names, "score", *drawn, *headings], rows, right, length=len(run.ranking))


def _marked(cells: list[str], column: str, marks: pl.DataFrame) -> list[str]:
    """Put the mark after the cells of a column that are imputed, and a space after the others, below each other."""
    if column not in marks.columns:
        return cells
    return [cell + (MARK if flag else " ") for cell, flag in zip(cells, marks[column], strict=False)]


def _legend(marks: pl.DataFrame) -> list[str]:
    """Return the line that explains the mark, where anything is marked."""
    return [Note("marked", mark=MARK)] if marks.width else []


def _title(run: Result, language: str | None) -> str:
    return run.title.replace(text(run.definition.name), text(run.definition.name, language), 1)


def _notes(run: Result) -> list[str]:
    changed = set(changed_notes(run.scored.changes))
    return [f"{note}; --show cells lists them" if note in changed else note for note in run.notes]


def _said(run: Result, show: str) -> list[str]:
    lines = (
        [f"weights of {node}: {_told(facts)}" for node, facts in run.facts.items()]
        if show in ("scores", "weights")
        else []
    )
    lines += _notes(run)
    if show == "scores" and run.reproduction:
        reference = run.definition.reference
        if reference and reference.top:
            size = len(set(reference.top))
            top = sorted(run.scores.filter(pl.col("rank") <= size)[run.unit].to_list())
            lines.append(f"the first {size} here, in alphabetical order: {', '.join(top)}")
        for one in run.reproduction:
            lines.append(str(one))
            if reference and reference.top and len(one.differing):
                lines.append("; ".join(_apart(run, one.differing, size)))
    return lines


def _apart(run: Result, differing: pl.DataFrame, size: int) -> Iterator[str]:
    """Name the units that are on a published list or among the first ones here, and not on both, with their ranks."""
    found = run.scores.select(run.unit, "rank").join(differing, on=run.unit).sort("rank", run.unit, nulls_last=True)
    ranked = pl.col("rank").is_not_null()
    for words, rows in (
        ("on the list, and further down here", pl.col("published") & ranked),
        ("on the list, and not ranked here", pl.col("published") & ~ranked),
        (f"among the first {size} here, and not on the list", pl.col("scored")),
    ):
        units = found.filter(rows).select(run.unit, "rank").rows()
        if units:
            yield f"{words}: {', '.join(unit if rank is None else f'{unit} (rank {rank:g})' for unit, rank in units)}"


def _told(facts: object) -> str:
    assert isinstance(facts, dict)
    return ", ".join(
        f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value}" for name, value in facts.items()
    )


def _bars(run: Result, shown: pl.DataFrame, nodes: list[str]) -> list[str]:
    """Return bars whose length is the score's share of the highest, in one shade a dimension.

    There are none where a score is not the sum of the dimensions that stand beside it, with one set of weights.
    """
    tree = run.scored.tree
    best = run.scores["score"].max()
    if not (nodes and tree.aggregation.additive) or not isinstance(best, float) or best <= 0:
        return []
    if tree.rescaling or run.scored.node_weights[tree.id].keys is not None:
        return []
    if not all(run.scored.components[node].equals(run.scored.nodes[node], null_equal=True) for node in nodes):
        return []
    weights = dict(run.weights.select("id", "weight").iter_rows())
    bars = []
    for row in shown.select("score", *nodes).iter_rows():
        bar, reached = "", 0.0
        present = sum(weights[node] for node, value in zip(nodes, row[1:], strict=True) if value is not None)
        for number, (node, value) in enumerate(zip(nodes, row[1:], strict=True)):
            reached += weights[node] / present * value if row[0] is not None and value is not None else 0.0
            length = round(_BAR * reached / best) - len(bar)
            bar += _SHADES[number % len(_SHADES)] * max(0, length)
        bars.append(bar[:_BAR])
    return bars


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _rank(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _cell(text: str) -> str:
    return printable(" ".join(text.splitlines()))


def _word(value: object) -> str:
    return "–" if value is None else str(value)


def short(name: str, width: int = 12) -> str:
    """Cut a text to so many cells; brackets at its end stay.

    >>> short("Sao Tome and Principe (STP)", 18)
    'Sao Tome an… (STP)'
    """
    if cell_len(name) <= width:
        return name
    head, brackets = split_brackets(name)
    if brackets and cell_len(brackets) <= width // 2:
        return short(head, width - cell_len(brackets)) + brackets
    ends = accumulate(map(cell_len, name))
    return name[: sum(end < width for end in ends)].rstrip() + "…"


def cell_len(text: str) -> int:
    """Return the width of a text in cells of a terminal, without the time that it takes to import rich.

    >>> cell_len("Lima"), cell_len("北京")
    (4, 4)
    """
    return sum(0 if combining(mark) else 2 if east_asian_width(mark) in "WF" else 1 for mark in text)


def _print(frame: pl.DataFrame, marks: pl.DataFrame | None = None) -> None:
    right = {name for name, dtype in frame.schema.items() if dtype.is_numeric()}
    shown = frame.head(ROWS)
    columns = [[f"{value:.6g}" if isinstance(value, float) else _word(value) for value in column] for column in shown]
    if marks is not None:
        columns = [_marked(cells, name, marks) for cells, name in zip(columns, frame.columns, strict=True)]
    grid(frame.columns, zip(*columns, strict=True), right, length=len(frame))


def _emit(
    frame: pl.DataFrame,
    format: str | None,
    output: Path | None,
    title: str | None,
    manifest: Mapping[str, Any] | None,
    marks: pl.DataFrame | None = None,
) -> None:
    if not output and format in ("xlsx", "parquet") and sys.stdout.isatty():
        raise OutputError(f"{format} is no text for a terminal", remedy="-o FILE writes it")
    emit(render(frame, _form(format, output), title=title, marks=marks), output, manifest)


def _form(format: str | None, output: Path | None) -> str:
    return format or (format_of(output) if output else "")


def emit(content: bytes, output: Path | None, manifest: Mapping[str, Any] | None = None) -> None:
    """Write a rendered table to a file, with its manifest, or print it."""
    if output and manifest is not None:
        beside = manifest_of(output)
        write_together({output: content, beside: as_json(manifest)})
        if output.is_file():  # a device or a pipe has no manifest
            typer.echo(f"wrote {output} and {beside}", err=True)
    elif output:
        write(content, output)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
