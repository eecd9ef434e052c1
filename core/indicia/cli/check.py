"""indicia check"""

from __future__ import annotations

import typer

from indicia.cli import options as o
from indicia.cli.chosen import Chosen, Code
from indicia.errors import printable


def check(
    *,
    source: o.Source = None,
    chosen: Chosen,
    code: Code,
) -> None:
    """Validate the index file and its data; compute no score."""
    index, table = chosen.open(source, code, None, **chosen.methods)
    for line in index.check(table):
        typer.echo(printable(line))
