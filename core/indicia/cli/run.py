"""indicia run"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.chosen import Chosen, Code


def run(
    *,
    source: o.Source = None,
    chosen: Chosen,
    show: o.Shown = "scores",
    format: o.Format = None,
    output: o.Output = None,
    lang: o.Language = None,
    expect: Annotated[
        Path | None,
        typer.Option("--expect", help="The manifest of an earlier run: say which plugins, versions or data differ."),
    ] = None,
    code: Code,
) -> None:
    """Score and rank; print the ranking, or write it with a manifest beside it."""
    o.check_format(format, output)
    index, table = chosen.open(source, code, output, **chosen.methods)
    from indicia.cli import show as shown

    result = index.score(table)
    if expect:
        from indicia.result.replay import read_manifest

        for line in result.departures(read_manifest(expect)):
            shown.say(f"warning: not as in {expect.name}: {line}", err=True)
    shown.result(result, show, format, output, lang)
