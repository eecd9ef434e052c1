"""indicia methods"""

from __future__ import annotations

from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.index_options import PluginOptions


def methods(
    *,
    name: Annotated[str | None, typer.Argument(help="Show this method in full.", autocompletion=o.every_name)] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind",
            help="Only methods of this kind, such as weighting; also section, chart or exporter.",
            autocompletion=o.every_kind,
        ),
    ] = None,
    where: Annotated[
        str,
        typer.Option("--where", help="Only methods with these properties, such as monotone,defined_at_zero."),
    ] = "",
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    plugins: PluginOptions,
) -> None:
    """List the installed methods, or show one: formula, parameters, needs, reference, plugin.

    A list in a file, or in another format than the table, also has formula, reference, DOI and properties.
    """
    # imported when the command runs, so that --help and completion start without polars
    from indicia.catalogue import installed
    from indicia.catalogue.reference import card
    from indicia.cli.output import print_table
    from indicia.data import escape_formulas

    o.check_format(format, output, escape)
    catalogue = installed(plugins.plugin, only=plugins.only)
    table = catalogue.table(where.split(",") if where else (), kind)
    if name and output is None and format in (None, "table"):
        for offer in catalogue.find(name):
            if kind in (None, offer.kind):
                typer.echo(card(offer))
        return
    if output is None and format in (None, "table"):
        table = table.select("kind", "name", "parameters", "summary", "plugin")
    if name:
        table = table.filter(table["name"].is_in([offer.name for offer in catalogue.find(name)]))
    print_table(escape_formulas(table) if escape else table, format, output)
