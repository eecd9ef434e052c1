"""indicia schema"""

from __future__ import annotations

import typer

from indicia.cli import options as o
from indicia.cli.index_options import PluginOptions


def schema(*, output: o.Output = None, plugins: PluginOptions) -> None:
    """Print the JSON Schema of the index file and the installed methods, for completion in an editor."""
    import json

    # imported when the command runs, so that --help and completion start without polars
    from indicia.catalogue import installed
    from indicia.data import write
    from indicia.definition import index_schema

    text = json.dumps(index_schema(installed(plugins.plugin, only=plugins.only)), ensure_ascii=False, indent=2) + "\n"
    if output:
        write(text.encode(), output)
    else:
        typer.echo(text, nl=False)
