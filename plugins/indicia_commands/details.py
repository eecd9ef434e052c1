"""Printing and writing of the further results of a node's methods: `indicia run --show details --node X`."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING

from indicia.cli.language import reader_language
from indicia.cli.output import print_line, print_paragraphs, print_result, print_title, remarks_on, write_output
from indicia.errors import MethodError

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from indicia.cli.row_options import RowOptions
    from indicia.result import Result


def print_details(
    run: Result,
    node: str,
    table: str | None,
    format: str | None,
    output: Path | None,
    language: str | None,
    escape: bool,
    options: RowOptions,
) -> None:
    """Print one table of details or all of them, or write them; JSON without `table` has all, by name.

    Another file without `table` has the first, and a line names the others. A table that its method refuses is left out
    beside others, with the reason.
    """
    if table is None and (format == "json" or (output and not format and output.suffix == ".json")):
        _write_all(run, node, output, options)
        return
    language = reader_language(language, run.definition)
    known = run.detail_tables(node)
    if table is not None or not known:
        run.details(node, table)  # an error comes before anything is printed
    on_screen = output is None and format in (None, "table")
    shown = [table] if table is not None else list(known) if on_screen else [next(iter(known))]
    if on_screen:
        print_title(run, language)
    for name in shown:
        if on_screen:
            print_line(f"\n{node}, {name}: {known[name]}")
        try:
            print_result(run, "details", format, output, language, escape, options, (node, name))
        except MethodError as error:
            if len(shown) == 1:
                raise
            print_line(f"none: {error.what}")
    if on_screen and (lines := remarks_on(run, "details")):
        print_paragraphs(lines)
    if table is None and not on_screen and len(known) > 1:
        others = ", ".join(f"--table {quote(name)}" for name in known if name not in shown)
        print_line(f"note: this is the table {shown[0]}; the others are {others}", err=True)


def _write_all(run: Result, node: str, output: Path | None, options: RowOptions) -> None:
    """Write all tables of a node as one JSON object, each as a list of rows."""
    known = run.detail_tables(node)
    if not known:
        run.details(node)  # the error for a node without details
    tables: dict[str, pl.DataFrame] = {}
    for name in known:
        try:
            tables[name] = run.details(node, name)
        except MethodError as error:
            print_line(f"note: there is no table {name}: {error.what}", err=True)
    period = run.definition.data.period
    chosen = {name: frame[options.rows(frame, period, latest_first=False)] for name, frame in tables.items()}
    content = {name: json.loads(frame.write_json()) for name, frame in chosen.items()}
    manifest = {**run.manifest, "table": "details", "node": node} if output else None
    write_output(json.dumps(content, ensure_ascii=False).encode() + b"\n", output, manifest)
