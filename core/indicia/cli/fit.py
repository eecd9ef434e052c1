"""indicia fit"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions, IndexOptions


def fit(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file of the fitted index, in JSON.")],
    source: o.Source = None,
    options: IndexOptions,
    expect: o.Expect = None,
    code: CodeOptions,
) -> None:
    """Write the statistics and weights of an index to a file, to score other units or a new period with them."""
    expected = expectation(expect)
    index, table = options.open(source, code, output, **options.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia import fitted
    from indicia.cli.output import note_raw_values
    from indicia.data import TableAsRead

    frame = index.read_table(table)
    fitted_index = fitted.fit(index, TableAsRead(frame))
    fitted_index.write(output)
    note_raw_values(index.definition, output)
    typer.echo(f"wrote {output}, fitted to {fitted_index.record['data']['rows']} rows", err=True)
    if expected:
        expected.compare(index.inputs(frame).manifest, [frame])
