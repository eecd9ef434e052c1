"""indicia checks"""

from __future__ import annotations

from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.index_options import PluginOptions


def checks(
    *,
    code: Annotated[
        str | None, typer.Argument(help="Show this check in full.", autocompletion=o.names("check"))
    ] = None,
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    plugins: PluginOptions,
) -> None:
    """List the installed checks, or show the page of one: purpose, reason, example, remedy, references, thresholds."""
    # imported when the command runs, so that --help and completion start without polars
    from indicia.catalogue import installed
    from indicia.cli.output import print_table
    from indicia.data import escape_formulas
    from indicia.errors import MethodError, suggest
    from indicia_audit.check_reference import table
    from indicia_audit.rule_page import card, section

    o.check_format(format, output, escape)
    catalogue = installed(plugins.plugin, only=plugins.only)
    codes = catalogue.names("check")
    if code is not None and code.upper() in codes:
        code = code.upper()
    if code is not None and code not in codes:
        raise MethodError(f'unknown check "{code}"', remedy=suggest(code, codes))
    if code is not None and output is None and format in (None, "table", "md"):
        offer = catalogue.offers["check", code]
        typer.echo(card(offer) if format != "md" else section(offer, level=1))
        return
    frame = table(catalogue, code)
    print_table(escape_formulas(frame) if escape else frame, format, output)
