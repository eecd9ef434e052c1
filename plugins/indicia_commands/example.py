"""indicia example"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def _names(incomplete: str) -> list[str]:
    """Complete the name of an example."""
    from indicia.shipped_examples import EXAMPLES

    return [name for name in EXAMPLES if name.startswith(incomplete)]


def example(
    *,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="The example; without it, the examples are listed.", autocompletion=_names),
    ] = None,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder for the copy, FOLDER/NAME.")] = Path(
        "examples"
    ),
) -> None:
    """Copy an example that comes with Indicia, and print the command that shows it.

    The commands of the documentation name the copy as it is by default: examples/NAME. Nothing is replaced.
    """
    # imported when the command runs, so that --help and completion start without polars
    from indicia.shipped_examples import EXAMPLES, copy_example, title

    if name is None:
        width = max(map(len, EXAMPLES))
        for known in EXAMPLES:
            typer.echo(f"{known:<{width}}  {title(known)}")
        typer.echo(f"next: indicia example {next(iter(EXAMPLES))}", err=True)
        return
    copied, kept = copy_example(name, folder)
    for path in copied:
        typer.echo(f"wrote {path.as_posix()}", err=True)
    for path in kept:
        typer.echo(f"note: {path.as_posix()}, which the example reads, exists already and is kept", err=True)
    command = EXAMPLES[name].command.format(folder=(folder / name).as_posix())
    typer.echo(f"next: {command}", err=True)
