"""The output of commands: tables, files and remarks."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import combining, east_asian_width

import typer

from indicia.cli.language import reader_language
from indicia.cli.options import manifest_of
from indicia.cli.row_options import RowOptions
from indicia.data import escape_formulas, format_of, render, write, write_together
from indicia.definition import Definition, check_raw_values, text
from indicia.documents.blocks import TextTable
from indicia.errors import OutputError, printable
from indicia.notes import MARK, Note, percentage
from indicia.result import Result, as_json
from indicia.run import IMPUTED_SHARE, band_names
from indicia.run.notes import changed_notes
from indicia.tables.table import split_brackets

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from indicia.presentation import ResultTable


def remarks_on(run: Result, show: str) -> list[str]:
    """Return the lines below a table: facts of the weights, notes, and the comparison with a published ranking."""
    lines = (
        [f"weights of {node}: {_details(facts)}" for node, facts in run.facts.items()]
        if show in ("scores", "weights")
        else []
    )
    lines += notes_of(run)
    if show == "scores" and run.reproduction:
        reference = run.definition.reference
        if reference and reference.top:
            size = len(set(reference.top))
            top = sorted(run.scores.filter(run.scores["rank"] <= size)[run.unit])
            lines.append(f"the first {size} here, in alphabetical order: {', '.join(top)}")
        for reproduction in run.reproduction:
            lines.append(str(reproduction))
            if reference and reference.top and len(reproduction.differing):
                lines.append("; ".join(_only_on_one_list(run, reproduction.differing, size)))
    return lines


def notes_of(run: Result) -> list[str]:
    changed = set(changed_notes(run.scored.changes))
    return [f"{note}; --show cells lists them" if note in changed else note for note in run.notes]


def _only_on_one_list(run: Result, differing: pl.DataFrame, size: int) -> Iterator[str]:
    """List the units, with ranks, that are only on the published list or only among the first units here."""
    ranks = run.scores.select(run.unit, "rank").join(differing, on=run.unit).sort("rank", run.unit, nulls_last=True)
    published, ranked = ranks["published"], ranks["rank"].is_not_null()
    for words, rows in (
        ("on the list, with a lower rank here", published & ranked),
        ("on the list, and not ranked here", published & ~ranked),
        (f"among the first {size} here, and not on the list", ranks["scored"]),
    ):
        units = ranks.filter(rows).select(run.unit, "rank").rows()
        if units:
            yield f"{words}: {', '.join(unit if rank is None else f'{unit} (rank {rank:g})' for unit, rank in units)}"


def _details(facts: object) -> str:
    assert isinstance(facts, dict)
    return ", ".join(
        f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value}" for name, value in facts.items()
    )


ALL_ROWS = RowOptions()
ROWS = 250
"""The largest number of rows of a table on the screen; a file gets all rows."""
_SHADES = "█▓▒░"
_BAR = 24
_UNBROKEN = 26
"""The largest width of a column whose texts are not broken into lines."""


def print_result(
    run: Result,
    show: ResultTable,
    format: str | None,
    output: Path | None,
    language: str | None,
    escape: bool = False,
    options: RowOptions = ALL_ROWS,
    details: tuple[str, str] | None = None,
) -> None:
    """Print rows of one table of a result, or write them with the manifest of the result.

    `details` are a node and the name of a table of its methods; their command prints title and notes.
    """
    language = reader_language(language, run.definition)
    on_screen = output is None and format in (None, "table")
    lowest_first = run.lowest_first if show == "scores" else ()
    if not on_screen and run.declared[show].is_raw:
        check_raw_values(run.definition, run.origin, f"a file of the table {show}")
    frame, period = run.details(*details) if details else run.frame(show), run.definition.data.period
    rows = options.rows(frame, period, latest_first=on_screen and show == "scores", lowest_first=lowest_first)
    marks = run.marks(show)
    frame, marks = frame[rows], marks[rows] if marks.width else marks
    if on_screen and details:
        _print(frame)
        return
    if on_screen:
        remarks = remarks_on(run, show)  # before the title, since a published list that cannot be read raises an error
        print_title(run, language)
        if show == "scores":
            print_ranking(run, frame, marks, language)
            _print_aggregates(run, language)
        else:
            _print(frame, marks)
        if lines := [*_legend(marks), *remarks]:
            print_paragraphs(lines)
        return
    of_node = dict(zip(("node", "details"), details, strict=True)) if details else {}
    manifest = (
        {**run.manifest, "table": show, **of_node} if output else None
    )  # only if needed, since it hashes the data
    if _form(format, output) == "latex":
        from indicia.defaults import PAPER_TABLE_FORMAT
        from indicia.packages import offered  # here, since most output is not LaTeX

        dossier = offered("Dossier")(run)
        content = offered("files_of")(dossier, "dossier", PAPER_TABLE_FORMAT, language=language, table=show, rows=rows)[
            ""
        ]
        write_output(content, output, manifest)
    else:
        written = escape_formulas(frame) if escape else frame
        _emit(written, format, output, " · ".join([run.title, *run.notes, *_legend(marks)]), manifest, marks)
    for line in notes_of(run):
        print_line(f"note: {line}", err=True)


def print_title(run: Result, language: str | None) -> None:
    """Print the title of a result."""
    print_line(_title(run, language))


def note_raw_values(definition: Definition, output: Path) -> None:
    """Print a note if a file for one's own use holds raw values that the index does not publish."""
    if not definition.publishes_raw_values:
        print_line(f"note: {Note('raw_values_inside', file=output.name)}", err=True)


def print_line(line: str, *, err: bool = False) -> None:
    """Print a line without control characters, which names in a table may contain."""
    typer.echo(printable(line), err=err)


@contextmanager
def progress_bar(what: str = "scoring") -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on standard error, and yield the function (done, total) that moves the bar.

    Without a terminal nothing is shown.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    # imported only for a terminal, so that output to files and pipes starts without rich
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def print_table(
    frame: pl.DataFrame,
    format: str | None,
    output: Path | None,
    title: str | None = None,
    manifest: Mapping[str, Any] | None = None,
) -> None:
    """Print a table under its title, or write it to a file with its manifest."""
    if output is None and format in (None, "table"):
        if title:
            print_line(title)
        _print(frame)
    else:
        _emit(frame, format, output, title, manifest)


def print_grid(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    right: Collection[str] = (),
    *,
    length: int = 0,
    err: bool = False,
) -> None:
    """Print rows of text in columns; if `length` is larger than the number of rows, print the number of missing rows.

    The columns named in `right` are flush right. On a terminal, columns that do not fit are left out.
    """
    texts = [list(row) for row in rows]
    print_texts(TextTable(headings, texts, [heading in right for heading in headings]), err=err)
    if length > len(texts):
        typer.echo(f"… {length - len(texts):,} more rows; -o FILE writes all")


def print_texts(table: TextTable, *, err: bool = False) -> None:
    """Print the headings and the rows of a table; on a terminal, columns that do not fit are left out."""
    columns = [[_cell(text) for text in column] for column in zip(table.headings, *table.rows, strict=True)]
    flush = table.numbers
    if (sys.stderr if err else sys.stdout).isatty():
        _print_fitted(columns, flush, err)
    else:
        # Rich takes 0.2 seconds for 250 rows of 20 columns, too long for a pipe to head or grep.
        padded = [_pad(column) if right else column for column, right in zip(columns, flush, strict=True)]
        widths = [max(map(display_width, column)) for column in padded]
        for row in zip(*padded, strict=True):
            cells = (cell + " " * (width - display_width(cell)) for cell, width in zip(row, widths, strict=True))
            print_line("  ".join(cells).rstrip(), err=err)


def _print_fitted(columns: Sequence[list[str]], flush: Sequence[bool], err: bool) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(emoji=False, stderr=err)
    widths = [max(map(display_width, column)) for column in columns]
    ends = accumulate(width + 2 for width in widths)
    fitting = max(4, sum(end - 2 <= console.width for end in ends))  # the first columns name the units
    layout = Table(box=None, pad_edge=False, header_style="bold")
    shown = []
    for column, right, width in list(zip(columns, flush, widths, strict=True))[:fitting]:
        # Rich strips spaces at the end of flush-right text, which would move digits under the mark `*`.
        marked = right and any(cell.endswith(" ") for cell in column)
        justify: Literal["left", "right"] = "right" if right and not marked else "left"
        shown.append(_pad(column) if marked else column)
        layout.add_column(Text(shown[-1][0]), justify=justify, overflow="fold", no_wrap=width <= _UNBROKEN)
    for row in zip(*(column[1:] for column in shown), strict=True):
        layout.add_row(*map(Text, row))
    console.print(layout)
    if fitting < len(columns):
        print_line(f"… more columns than fit: {', '.join(column[0] for column in columns[fitting:])}", err=err)


def _pad(column: Sequence[str]) -> list[str]:
    """Put spaces before the cells of a column, so that all have one width."""
    width = max(map(display_width, column))
    return [" " * (width - display_width(cell)) + cell for cell in column]


def print_paragraphs(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines; a terminal breaks long ones between words, and keeps their indentation."""
    if not (sys.stderr if err else sys.stdout).isatty():
        print_line("\n".join(lines), err=err)
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(emoji=False, stderr=err)
    for line in lines:
        content = printable(line.lstrip())
        console.print(Padding(Text(content), (0, 0, 0, len(line) - len(line.lstrip())), expand=False))


def print_ranking(run: Result, ranking: pl.DataFrame, marks: pl.DataFrame, language: str | None) -> None:
    """Print rows of the ranking, with the contributions of the dimensions if the score is their sum."""
    data, tree = run.definition.data, run.scored.tree
    label = text(data.label, language) or None
    within = [column for group in run.definition.methodology.ranks for column in (group, f"rank_{group}")]
    names = list(dict.fromkeys(column for column in (run.unit, label, data.period, *within) if column))
    components = [part.id for part in tree.components if part.id in run.scored.nodes.columns]
    nodes = [*components, *(part.id for part in tree.shown if part.id in run.scored.nodes.columns)]
    shown = ranking.head(ROWS)
    bars = _bars(run, shown, components)
    headings = [shorten(text(run.definition.dimensions[node].name, language, default=node)) for node in nodes]
    shares = IMPUTED_SHARE in shown.columns and shown[IMPUTED_SHARE].fill_null(0.0).max() != 0
    drawn = [*(["imputed"] if shares else []), *(["contribution by dimension"] if bars else [])]
    bands = {band: run.definition.bands[band] for band in run.bands_of_rows.columns}
    classes = {band: shorten(text(spec.name, language, default=band), 18) for band, spec in bands.items()}
    right = {"rank", "score", "imputed", *headings, *run.scored.ranks.columns}
    right |= {classes[band] for band, spec in bands.items() if not spec.has_names}
    digits = run.shown_decimals
    score, *scores = ([_number(value, digits) for value in shown[name]] for name in ("score", *nodes))
    columns = [
        map(_rank, shown["rank"]),
        *(map(_text, shown[name]) for name in names),
        _marked(score, "score", marks),
        *(map(_text, band_names(shown[band], spec, language)) for band, spec in bands.items()),
        *([map(percentage, shown[IMPUTED_SHARE].fill_null(0.0))] if shares else []),
        *([bars] if bars else []),
        *(_marked(cells, node, marks) for cells, node in zip(scores, nodes, strict=True)),
    ]
    rows = zip(*columns, strict=True)
    print_grid(["rank", *names, "score", *classes.values(), *drawn, *headings], rows, right, length=len(ranking))


def _print_aggregates(run: Result, language: str | None) -> None:
    """Print the scores of aggregates below the ranking: those of the last period of a panel."""
    data, aggregates = run.definition.data, run.aggregates
    if aggregates.is_empty():
        return
    if data.period:
        aggregates = aggregates.filter(aggregates[data.period] == aggregates[data.period].max())
    readable = {key: text(spec.name, language) for key, spec in run.definition.aggregates.items() if spec.name}
    names = [readable.get(key, default) for key, default in aggregates.select("aggregate", "name").iter_rows()]
    nodes = [part.id for part in run.scored.tree.parts if part.id in run.scored.nodes.columns]
    parts = [shorten(text(run.definition.dimensions[node].name, language, default=node)) for node in nodes]
    periods = [data.period] if data.period else []
    columns = [
        names,
        *(map(_text, aggregates[period]) for period in periods),
        *([_number(value, run.shown_decimals) for value in aggregates[node]] for node in ("score", *nodes)),
        map(_text, aggregates["members"]),
        ["–" if share is None else percentage(share) for share in aggregates["coverage"]],
    ]
    print_line("")
    headings = ["not ranked", *periods, "score", *parts, "members", "coverage"]
    print_grid(headings, zip(*columns, strict=True), {"score", *parts, "members", "coverage"})


def _marked(cells: list[str], column: str, marks: pl.DataFrame) -> list[str]:
    """Add the mark to the imputed cells of a column, and a space to the others, so that digits stay aligned."""
    if column not in marks.columns:
        return cells
    return [cell + (MARK if flag else " ") for cell, flag in zip(cells, marks[column], strict=False)]


def _legend(marks: pl.DataFrame) -> list[str]:
    """Return the line that explains the mark, if a cell is marked."""
    return [Note("marked", mark=MARK)] if marks.width else []


def _title(run: Result, language: str | None) -> str:
    return run.title.replace(text(run.definition.name), text(run.definition.name, language), 1)


def _bars(run: Result, shown: pl.DataFrame, nodes: list[str]) -> list[str]:
    """Return a bar for each row: its length is the score divided by the highest score, with a shade for each dimension.

    Return no bars unless all scores are weighted sums of the shown dimensions with the same weights.
    """
    tree = run.scored.tree
    best = run.scores["score"].max()
    if not (nodes and tree.aggregation.additive) or not isinstance(best, float) or best <= 0:
        return []
    if tree.rescaling or run.scored.node_weights[tree.id].keys is not None:
        return []
    if not all(run.scored.components[node].equals(run.scored.nodes[node], null_equal=True) for node in nodes):
        return []
    weights = dict(run.weights.filter(parent=tree.id).select("id", "weight").iter_rows())
    bars = []
    for row in shown.select("score", *nodes).iter_rows():
        bar, reached = "", 0.0
        present = sum(weights[node] for node, value in zip(nodes, row[1:], strict=True) if value is not None)
        present /= tree.sum_of_weights or 1.0
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


def _text(value: object) -> str:
    return "–" if value is None else str(value)


def shorten(name: str, width: int = 12) -> str:
    """Cut a text to a width in cells of a terminal, but keep brackets at its end.

    >>> shorten("Sao Tome and Principe (STP)", 18)
    'Sao Tome an… (STP)'
    """
    if display_width(name) <= width:
        return name
    head, brackets = split_brackets(name)
    if brackets and display_width(brackets) <= width // 2:
        return shorten(head, width - display_width(brackets)) + brackets
    ends = accumulate(map(display_width, name))
    return name[: sum(end < width for end in ends)].rstrip() + "…"


def display_width(text: str) -> int:
    """Return the width of a text in cells of a terminal; unlike the function of rich, without a slow import.

    >>> display_width("Lima"), display_width("北京")
    (4, 4)
    """
    return sum(0 if combining(mark) else 2 if east_asian_width(mark) in "WF" else 1 for mark in text)


def _print(frame: pl.DataFrame, marks: pl.DataFrame | None = None) -> None:
    right = {name for name, dtype in frame.schema.items() if dtype.is_numeric()}
    shown = frame.head(ROWS)
    columns = [[f"{value:.6g}" if isinstance(value, float) else _text(value) for value in column] for column in shown]
    if marks is not None:
        columns = [_marked(cells, name, marks) for cells, name in zip(columns, frame.columns, strict=True)]
    print_grid(frame.columns, zip(*columns, strict=True), right, length=len(frame))


def _emit(
    frame: pl.DataFrame,
    format: str | None,
    output: Path | None,
    title: str | None,
    manifest: Mapping[str, Any] | None,
    marks: pl.DataFrame | None = None,
) -> None:
    if not output and format in ("xlsx", "parquet") and sys.stdout.isatty():
        raise OutputError(f"a terminal cannot show {format}", remedy="-o FILE writes a file")
    write_output(render(frame, _form(format, output), title=title, marks=marks), output, manifest)


def _form(format: str | None, output: Path | None) -> str:
    return format or (format_of(output) if output else "")


def write_output(content: bytes, output: Path | None, manifest: Mapping[str, Any] | None = None) -> None:
    """Write a rendered table to a file, with its manifest, or print it."""
    if output and manifest is not None:
        beside = manifest_of(output)
        write_together({output: content, beside: as_json(manifest)})
        if output.is_file():  # no manifest is written beside a device or a pipe
            typer.echo(f"wrote {output} and {beside}", err=True)
    elif output:
        write(content, output)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
