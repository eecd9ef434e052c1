"""indicia check"""

from __future__ import annotations

import typer

from indicia.cli import options as o


def check(
    source: o.Source = None,
    config: o.Config = None,
    setting: o.Settings = [],
    variant: o.Variant = None,
    plugin: o.Plugins = [],
) -> None:
    """Validate the index file and its data; compute no score."""
    index, table = o.open_index(source, config, plugin, table_options={}, variant=variant, settings=o.settings(setting))
    for line in index.check(table):
        typer.echo(line)
