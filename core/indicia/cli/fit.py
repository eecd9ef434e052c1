"""indicia fit"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.chosen import Chosen, Code
from indicia.cli.expect import expectation


def fit(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file of the fitted index, in JSON.")],
    source: o.Source = None,
    chosen: Chosen,
    expect: o.Expect = None,
    code: Code,
) -> None:
    """Freeze the statistics and weights of an index, to score other units or a new period with them."""
    expected = expectation(expect)
    index, table = chosen.open(source, code, output, **chosen.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia import fitted

    frame = index.read_table(table)
    found = fitted.fit(index, frame)
    found.write(output)
    typer.echo(f"wrote {output}, fitted to {found.origin['data']['rows']} rows", err=True)
    if expected:
        expected.compare(index.inputs(frame).manifest, [frame])
