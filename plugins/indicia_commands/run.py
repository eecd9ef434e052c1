"""indicia run"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.row_options import RowOptions
from indicia.errors import OutputError
from indicia_commands.engine_options import PartitionOptions
from indicia_commands.expect import expectation
from indicia_commands.partitions import run_partitions, takes_partitions


def run(
    *,
    source: o.Source = None,
    options: IndexOptions,
    seed: o.Seed = None,
    show: o.ShowResult = "scores",
    node: Annotated[
        str | None,
        typer.Option(
            "--node", metavar="NAME", help="Further results (--show details) of this dimension or indicator: index."
        ),
    ] = None,
    details: Annotated[
        str | None,
        typer.Option("--table", metavar="NAME", help="With --node: one of its tables, such as pairs; default: all."),
    ] = None,
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
    """Score and rank; print the ranking, or write it to a file with a manifest beside it.

    \b
    Examples:
      indicia run index.toml -o scores.csv
      indicia run index.toml -a promethee --node index
      indicia run parts/ -c index.toml -o scores/
      indicia run "parts/year=*/*.parquet" -c index.toml -o scores/ --engine dask --scheduler tcp://127.0.0.1:8786

    A folder or pattern of files is read in partitions, and the scores are a folder of Parquet files.
    """
    expected = expectation(expect)
    if seed is not None:
        options = replace(options, setting=[*options.setting, f"methodology.seed={seed}"])
    index, table = options.open(source, code, output, **options.methods)
    if takes_partitions(engine, index, table):
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
    o.check_format(format, output, escape)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import print_result

    result = index.score(table)
    if show == "details" or node or details:
        from indicia_commands.details import print_details

        if show not in ("details", "scores"):
            raise OutputError(f"--show {show} takes no --node and no --table", remedy="--show details --node NAME")
        print_details(result, node or "index", details, format, output, lang, escape, rows)
    else:
        print_result(result, show, format, output, lang, escape, rows)
    if expected:
        expected.compare(result.manifest)
