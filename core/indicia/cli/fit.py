"""indicia fit"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.chosen import Chosen, Code


def fit(
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file of the fitted index, in JSON.")],
    source: o.Source = None,
    chosen: Chosen,
    code: Code,
) -> None:
    """Freeze the statistics and weights of an index, to score other units or a new period with them."""
    index, table = chosen.open(source, code, output, **chosen.methods)
    from indicia import fitted

    found = fitted.fit(index, table)
    found.write(output)
    typer.echo(f"wrote {output}, fitted to {found.origin['data']['rows']} rows", err=True)
