"""indicia cite"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.errors import DefinitionError, printable

if TYPE_CHECKING:
    from indicia.citations import CitationFormat

_ENDINGS: dict[str, CitationFormat] = {".bib": "bibtex", ".ris": "ris", ".txt": "text"}


def _is_of_run(source: str) -> bool:
    """Return True for the manifest, the report or another file of a run."""
    return Path(source).suffix.lower() in (".json", ".html", ".htm") and Path(source).is_file()


def cite(
    *,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[INDEX|TABLE|MANIFEST]",
            help="Index file, table, or the manifest of a run; also a report, and a fitted index. Default: the nearest "
            "index.toml.",
        ),
    ] = None,
    options: IndexOptions,
    format: Annotated[
        Literal["bibtex", "ris", "text"] | None,
        typer.Option("--format", "-f", help="The format; default: that of the ending .bib, .ris or .txt, else bibtex."),
    ] = None,
    output: o.Output = None,
    code: CodeOptions,
) -> None:
    """List the works to cite: the index, Indicia, the sources of all methods, and the sources of the data.

    \b
    Examples:
      indicia cite -o references.bib              the works behind index.toml
      indicia cite index.toml --format text
      indicia cite scores.csv.manifest.json       the works behind a run

    The index is listed if its file has [publication]. A manifest lists what its run used, without the data.
    """
    # imported when the command runs, so that --help and completion start without polars
    from indicia.citations import render
    from indicia.data import write
    from indicia.result import read_citations
    from indicia_bundle.fitted_file import is_fitted_file

    o.check_output(output, source)
    changed = bool(options.config or options.setting or options.variant or any(options.methods.values()))
    if source is not None and _is_of_run(source) and not (changed and is_fitted_file(source)):
        if changed:
            raise DefinitionError(
                f"{source} is of a run that is over, and options cannot change it",
                remedy="leave the options out, or name the index file",
            )
        citations = read_citations(source)
    else:
        index, _ = options.open(source, code, output, **options.methods)
        citations = index.cite()
    of_ending = _ENDINGS.get(output.suffix.lower(), "bibtex") if output else "bibtex"
    content = render(citations, format or of_ending)
    if output is None:
        typer.echo(printable(content), nl=False)
        return
    write(content.encode(), output)
    typer.echo(f"wrote {output}", err=True)
