"""indicia check"""

from __future__ import annotations

import typer

from indicia.cli import options as o
from indicia.cli.chosen import Chosen, Code
from indicia.cli.expect import expectation
from indicia.errors import printable


def check(
    *,
    source: o.Source = None,
    chosen: Chosen,
    expect: o.Expect = None,
    code: Code,
) -> None:
    """Validate the index file and its data; compute no score."""
    expected = expectation(expect)
    index, table = chosen.open(source, code, None, **chosen.methods)
    frame = index.read_table(table)
    for line in index.check(frame):
        typer.echo(printable(line))
    if expected:
        expected.compare(index.inputs(frame).manifest, [frame])
