"""indicia init"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indicia.cli.index_options import ColumnOptions
from indicia.cli.options import Settings, check_output, settings
from indicia.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia_recognition import Observation, Recognised


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
    setting: Settings = [],
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
    text, recognised = draft_index_file(tables, output.parent, settings=settings(setting), **columns.by_role)
    write(text.encode(), output)
    _print_recognised(recognised)
    typer.echo(f"wrote {output}; next: indicia check {output}, indicia run {output}", err=True)


def _print_recognised(recognised: Recognised) -> None:
    """Print the roles, the directions with their reasons, and the observations, to standard error."""
    from indicia.cli.output import print_grid, print_line, print_paragraphs

    for role in ("unit", "label", "period", "groups"):
        if value := recognised.data.get(role):
            print_line(f"{role}: {value if isinstance(value, str) else ', '.join(value)}", err=True)
    indicators = recognised.definition["indicators"]
    rows = [
        (name, indicators[name].get("direction", "unclear"), recognised.direction_reason(name) or "stated")
        for name in recognised.indicators
    ]
    print_grid(("indicator", "direction", "reason"), rows, err=True)
    if recognised.observations:
        print_paragraphs(_lines(recognised.observations), err=True)


def _lines(observations: Iterable[Observation]) -> Iterator[str]:
    """Yield each observation, and below observations with the same remedy the remedy."""
    for remedy, same in groupby(observations, key=lambda observation: observation.remedy):
        for observation in same:
            sentence = " ".join(observation.sentence.splitlines())  # names in a header may have several lines
            yield f"question: {sentence}" if observation.effect == "question" else sentence
        if remedy:
            yield f"  {remedy}"
