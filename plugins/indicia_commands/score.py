"""indicia score"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions
from indicia.cli.row_options import RowOptions
from indicia.errors import DefinitionError
from indicia_commands.engine_options import PartitionOptions
from indicia_commands.expect import expectation
from indicia_commands.partitions import run_partitions, takes_partitions


def score(
    *,
    fitted: Annotated[Path, typer.Argument(metavar="FITTED", help="The file that indicia fit wrote.")],
    table: Annotated[str, typer.Argument(metavar="TABLE", help='The units to score; "-" is standard input.')],
    stream: Annotated[
        bool, typer.Option("--stream", help="Score slice by slice into a file, in little memory and without ranks.")
    ] = False,
    allow_outside: Annotated[
        bool, typer.Option("--allow-outside", help="Score data of which most rows are outside the fitted range.")
    ] = False,
    encoding: o.Encoding = None,
    show: o.ShowResult = "scores",
    rows: RowOptions,
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    expect: o.Expect = None,
    force: o.Force = False,
    engine: PartitionOptions,
    code: CodeOptions,
) -> None:
    """Score units with a fitted index, and name the values outside the fitted range.

    Data of which most rows are outside the range of an indicator are refused: their scale is another one.

    A folder or pattern of files is read in partitions, and the scores are a folder of Parquet files with exact ranks.
    """
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import print_line, print_result, progress_bar
    from indicia_bundle import fitted as fits

    o.check_output(output, fitted, table, folder=True)
    expected = expectation(expect)
    index = fits.read(fitted, code.plugin, allow_code=code.allow_code, only_plugins=code.only)
    index = index.with_encoding(encoding) if encoding else index
    index = index.allowing_outside() if allow_outside else index
    if not stream and takes_partitions(engine, index, table):
        run_partitions(
            index,
            table,
            engine,
            show,
            rows,
            output,
            format,
            force=force,
            escape=escape,
            language=lang,
            expected=expected,
        )
        return
    if not stream or output:
        o.check_format(None if stream else format, output, escape)
    if not stream:
        result = index.score(table)
        print_result(result, show, format, output, lang, escape, rows)
        if expected:
            expected.compare(result.manifest)
        return
    if output is None:
        raise DefinitionError("--stream writes to a file", remedy="-o scores.csv")
    with progress_bar() as progress:
        streamed = index.stream(table, output, progress=progress, manifest=o.manifest_of(output), escape=escape)
    typer.echo(f"wrote {output} ({streamed.rows} rows) and {o.manifest_of(output)}", err=True)
    for name, count in streamed.outside.items():
        print_line(f"note: outside the fitted range of {name}: {count}", err=True)
    if expected:
        expected.compare(index.stream_inputs(Path(table)).manifest)
