"""indicia fit"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.errors import DefinitionError, join_names
from indicia_commands.engine_options import PartitionOptions
from indicia_commands.expect import expectation
from indicia_commands.partitions import fit_partitions, takes_partitions


def fit(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file of the fitted index, in JSON.")],
    source: o.UnfittedSource = None,
    options: IndexOptions,
    since: Annotated[
        Path | None,
        typer.Option("--since", metavar="FITTED", help="An earlier edition, of which --keep names what is kept."),
    ] = None,
    keep: Annotated[
        list[str],
        typer.Option(
            "--keep",
            metavar="WORD[=A,B]",
            help="With --since: bounds (default), statistics or weights; bounds=gdp,co2 of these indicators only.",
        ),
    ] = [],
    expect: o.Expect = None,
    engine: PartitionOptions,
    code: CodeOptions,
) -> None:
    """Write the statistics and weights of an index to a file, to score other units or a new period with them.

    \b
    Examples:
      indicia fit -o edition-2024.json
      indicia fit 2025.csv -c index.toml --since edition-2024.json -o edition-2025.json
      indicia fit --since edition-2024.json --keep bounds --keep weights -o edition-2025.json
      indicia fit parts/ -c index.toml -o fitted.json --engine dask --scheduler tcp://127.0.0.1:8786

    With --since, the new edition has the bounds of the earlier one, and all else is computed from the new data.
    """
    if keep and since is None:
        raise DefinitionError(
            "--keep names what is kept of an earlier edition, and there is none", remedy="--since edition.json"
        )
    expected = expectation(expect)
    index, table = options.open(source, code, output, **options.methods)
    if takes_partitions(engine, index, table):
        if since is not None:
            raise DefinitionError(
                "--since needs all rows in memory, and the table is read in partitions",
                remedy="fit without --since, or --engine memory",
            )
        fit_partitions(index, table, engine, output)
        return
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import note_raw_values, print_line
    from indicia.data import TableAsRead
    from indicia_bundle import fitted

    frame = index.read_table(table)
    earlier = None
    if since is not None:
        o.check_output(output, since)
        earlier = fitted.read(since, code.plugin, allow_code=code.allow_code, only_plugins=code.only)
    fitted_index = fitted.fit(index, TableAsRead(frame), since=earlier, keep=keep)
    fitted_index.write(output)
    note_raw_values(index.definition, output)
    for kind, names in fitted_index.kept.items():
        print_line(f"kept of {since}: {kind} of {join_names(names)}", err=True)
    typer.echo(f"wrote {output}, fitted to {fitted_index.record['data']['rows']} rows", err=True)
    if expected:
        expected.compare(index.inputs(frame).manifest)
