"""indicia check"""

from __future__ import annotations

import typer

from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.errors import printable


def check(*, source: o.Source = None, options: IndexOptions, expect: o.Expect = None, code: CodeOptions) -> None:
    """Check the index file and its data without computing a score."""
    expected = expectation(expect)
    index, table = options.open(source, code, None, **options.methods)
    frame = index.read_table(table)
    for line in index.check(frame):
        typer.echo(printable(line))
    if expected:
        expected.compare(index.inputs(frame).manifest, [frame])
