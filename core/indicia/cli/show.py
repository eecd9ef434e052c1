"""What commands print: rich tables in a terminal, data in the format asked for."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import polars as pl
import typer

from indicia.data import format_of, render, write
from indicia.definition import text
from indicia.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from indicia.result import Result

ROWS = 250
"""Rows of a table on the screen; a file gets all."""
_SHADES = "█▓▒░"
_BAR = 24


def result(run: Result, show: str, format: str | None, output: Path | None, language: str | None) -> None:
    """Print one table of a result, or write it with its manifest."""
    frame = run.frame(show)
    if output is None and format in (None, "table"):
        console = _console()
        console.print(_title(run, language), highlight=False, markup=False, soft_wrap=True)
        if show == "scores":
            ranking(console, run, language)
        else:
            _print(console, frame)
        for line in _said(run, show):
            console.print(line, highlight=False, markup=False, soft_wrap=True)
        return
    _emit(frame, format, output, " · ".join([run.title, *run.notes]))
    if output:
        manifest = output.with_name(f"{output.stem}.manifest.json")
        write((json.dumps(run.manifest, ensure_ascii=False, indent=2) + "\n").encode(), manifest)
        typer.echo(f"wrote {output} and {manifest}", err=True)
    for line in run.notes:
        typer.echo(f"note: {line}", err=True)


def table(frame: pl.DataFrame, format: str | None, output: Path | None) -> None:
    """Print a table, or write it."""
    if output is None and format in (None, "table"):
        _print(_console(), frame)
    else:
        _emit(frame, format, output, None)


def ranking(console: Console, run: Result, language: str | None) -> None:
    """Print the ranking, with the contribution of each dimension where scores add up."""
    data, tree = run.definition.data, run.scored.tree
    label = text(data.label, language) or None
    names = list(dict.fromkeys(column for column in (run.unit, label, data.period) if column))
    nodes = [part.id for part in tree.components if part.id in run.scored.nodes.columns]
    shown = run.ranking.head(ROWS)
    grid = _grid()
    grid.add_column("rank", justify="right")
    for name in names:
        grid.add_column(name, overflow="fold")
    grid.add_column("score", justify="right")
    bars = _bars(run, shown, nodes)
    if bars:
        grid.add_column("contribution by dimension", no_wrap=True)
    for node in nodes:
        grid.add_column(_short(text(run.definition.dimensions[node].name, language, default=node)), justify="right")
    digits = _digits(run)
    for number, row in enumerate(shown.select("rank", *names, "score", *nodes).iter_rows()):
        cells = [_number(row[0], 0), *map(_word, row[1 : 1 + len(names)]), _number(row[1 + len(names)], digits)]
        grid.add_row(
            *cells, *([bars[number]] if bars else []), *(_number(value, digits) for value in row[2 + len(names) :])
        )
    console.print(grid)
    if len(run.ranking) > ROWS:
        console.print(f"… {len(run.ranking) - ROWS:,} more rows; -o FILE writes all", highlight=False)


def _title(run: Result, language: str | None) -> str:
    return run.title.replace(text(run.definition.name), text(run.definition.name, language), 1)


def _said(run: Result, show: str) -> list[str]:
    lines = (
        [f"weights of {node}: {_told(facts)}" for node, facts in run.facts.items()]
        if show in ("scores", "weights")
        else []
    )
    lines += run.notes
    if show == "scores" and run.recovery:
        reference = run.definition.reference
        if reference and reference.top:
            size = len(set(reference.top))
            top = sorted(run.scores.filter(pl.col("rank") <= size)[run.unit].to_list())
            lines.append(f"top {size}, in no order: {', '.join(top)}")
        for one in run.recovery:
            lines.append(str(one))
            if reference and reference.top and len(one.differing):
                missed, extra = (
                    sorted(one.differing.filter(pl.col(side))[run.unit]) for side in ("published", "scored")
                )
                lines.append(f"published but not here: {', '.join(missed)}; here but not published: {', '.join(extra)}")
    return lines


def _told(facts: object) -> str:
    assert isinstance(facts, dict)
    return ", ".join(
        f"{name} = {value:.4g}" if isinstance(value, float) else f"{name} = {value}" for name, value in facts.items()
    )


def _bars(run: Result, shown: pl.DataFrame, nodes: list[str]) -> list[str]:
    """Return bars whose length is the score's share of the highest, in one shade a dimension."""
    tree = run.scored.tree
    best = run.scores["score"].max()
    if not (nodes and tree.aggregation.additive) or not isinstance(best, float) or best <= 0:
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


def _digits(run: Result) -> int:
    decimals = run.scored.tree.decimals
    if decimals is not None:
        return decimals
    ends = [abs(float(end)) for end in (run.scores["score"].min(), run.scores["score"].max()) if end is not None]  # type: ignore[arg-type]
    return 2 if max(ends, default=0.0) >= 10 else 4


def _number(value: float | None, digits: int) -> str:
    if value is None:
        return "–"
    return f"{value:g}" if digits == 0 else f"{value:.{digits}f}"


def _word(value: object) -> str:
    return "–" if value is None else str(value)


def _short(name: str, width: int = 12) -> str:
    from rich.cells import cell_len, set_cell_size

    return name if cell_len(name) <= width else set_cell_size(name, width - 1).rstrip() + "…"


def _print(console: Console, frame: pl.DataFrame) -> None:
    grid = _grid()
    numeric = [dtype.is_numeric() for dtype in frame.dtypes]
    for name, number in zip(frame.columns, numeric, strict=True):
        grid.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in frame.head(ROWS).iter_rows():
        grid.add_row(*(f"{value:.6g}" if isinstance(value, float) else _word(value) for value in row))
    console.print(grid)
    if len(frame) > ROWS:
        console.print(f"… {len(frame) - ROWS:,} more rows; -o FILE writes all", highlight=False)


def _grid() -> Table:
    from rich.table import Table

    return Table(box=None, pad_edge=False, header_style="bold")


def _console() -> Console:
    from rich.console import Console

    terminal = sys.stdout.isatty()
    return Console(width=None if terminal else 10_000, no_color=None if terminal else True, emoji=False)


def _emit(frame: pl.DataFrame, format: str | None, output: Path | None, title: str | None) -> None:
    if output:
        write(render(frame, format or format_of(output), title=title), output)
        return
    if format in ("xlsx", "parquet") and sys.stdout.isatty():
        raise OutputError(f"{format} is no text for a terminal", remedy="-o FILE writes it")
    sys.stdout.buffer.write(render(frame, str(format), title=title))
    sys.stdout.buffer.flush()
