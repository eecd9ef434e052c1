"""indicia init"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indicia.cli.index_options import ColumnOptions
from indicia.cli.options import Settings, check_output, settings
from indicia.errors import OutputError, printable

if TYPE_CHECKING:
    from indicia.recognition import Recognised


def init(
    *,
    tables: Annotated[
        list[str],
        typer.Argument(
            metavar="TABLE [TABLE]...",
            help="csv, tsv, parquet, json, xlsx#Sheet or a database; further tables are joined or list indicators.",
        ),
    ],
    columns: ColumnOptions,
    setting: Settings = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The index file to write.")] = Path("index.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write a commented index file for a table; recognise its format and directions, and question its cells."""
    # imported when the command runs, so that --help and completion start without polars
    from indicia.data import write
    from indicia.index import draft_index_file

    check_output(output, *tables)
    if output.exists() and not force:
        raise OutputError(f"{output} exists already", remedy="--force replaces it, -o NAME writes another file")
    text, recognised = draft_index_file(tables, output.parent, settings=settings(setting or []), **columns.by_role)
    write(text.encode(), output)
    _print_recognised(recognised)
    typer.echo(f"wrote {output}; next: indicia check {output}, indicia run {output}", err=True)


def _print_recognised(recognised: Recognised) -> None:
    """Print the roles, the directions with their reasons, and the observations, to standard error."""
    from indicia.cli.output import print_grid

    def echo(line: str) -> None:
        typer.echo(printable(line), err=True)

    for role in ("unit", "label", "period", "groups"):
        if value := recognised.data.get(role):
            echo(f"{role}: {value if isinstance(value, str) else ', '.join(value)}")
    echo(f"indicators: {', '.join(recognised.indicators)}")
    rows = [
        (name, recognised.definition["indicators"][name].get("direction", "unclear"), recognised.direction_reason(name))
        for name in recognised.indicators
    ]
    print_grid(("indicator", "direction", "reason"), rows, err=True)
    for observation in recognised.observations:
        echo(f"question: {observation}" if observation.effect == "question" else str(observation))
