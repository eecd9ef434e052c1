"""Printing and writing of the further results of a node's methods: `indicia run --show details --node X`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from indicia.cli.output import print_line, print_paragraphs, print_result, print_title, write_output
from indicia.cli.remarks import remarks_on

if TYPE_CHECKING:
    from pathlib import Path

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

    Another file without `table` has the first, and a line names the others.
    """
    if table is None and (format == "json" or (output and not format and output.suffix == ".json")):
        _write_all(run, node, output, options)
        return
    run.details(node, table)  # an error for a node without details comes before anything is printed
    known = run.detail_tables(node)
    on_screen = output is None and format in (None, "table")
    shown = [table] if table is not None else list(known) if on_screen else [next(iter(known))]
    if on_screen:
        print_title(run, language)
    for name in shown:
        if on_screen:
            print_line(f"\n{node}, {name}: {known[name]}")
        print_result(run, "details", format, output, language, escape, options, (node, name))
    if on_screen and (lines := remarks_on(run, "details")):
        print_paragraphs(lines)
    if table is None and not on_screen and len(known) > 1:
        others = ", ".join(f"--table {name}" for name in known if name not in shown)
        print_line(f"note: this is the table {shown[0]}; the others are {others}", err=True)


def _write_all(run: Result, node: str, output: Path | None, options: RowOptions) -> None:
    """Write all tables of a node as one JSON object, each as a list of rows."""
    run.details(node)  # refuses a node without details
    tables = {name: run.details(node, name) for name in run.detail_tables(node)}
    period = run.definition.data.period
    chosen = {name: frame[options.rows(frame, period, latest_first=False)] for name, frame in tables.items()}
    content = {name: json.loads(frame.write_json()) for name, frame in chosen.items()}
    manifest = {**run.manifest, "table": "details", "node": node} if output else None
    write_output(json.dumps(content, ensure_ascii=False).encode() + b"\n", output, manifest)
