"""indicia plugins"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.index_options import PluginFiles, PluginOptions
from indicia.cli.option_groups import expand_option_groups

plugins: typer.Typer = typer.Typer(
    name="plugins", help="List, describe, create and test plugins.", no_args_is_help=True, rich_markup_mode=None
)


@plugins.command("list")
@expand_option_groups
def list_plugins(
    *, options: PluginOptions, format: o.Format = None, output: o.Output = None, escape: o.EscapeFormulas = False
) -> None:
    """List the plugins: version, state (ok, failed, shadowed or doubtful, with the reason), methods, origin."""
    # imported when the command runs, so that --help and completion start without polars
    from indicia.catalogue import inventory
    from indicia.cli.output import print_table
    from indicia.data import escape_formulas

    o.check_format(format, output, escape)
    table = inventory.table(inventory.plugins(options.plugin, options.only))
    print_table(escape_formulas(table) if escape else table, format, output)


@plugins.command()
def info(
    name: Annotated[
        str, typer.Argument(help="A distribution, a module, or the file of --plugin.", autocompletion=o.every_plugin)
    ],
    plugin: PluginFiles = [],
) -> None:
    """Describe a plugin: version, version of the contract, origin, state, time of import, methods."""
    from indicia.catalogue import inventory

    typer.echo("\n".join(map(inventory.card, inventory.find(name, plugin))))


@plugins.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the project, such as my-sigmoid or indicia-sigmoid.")],
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            help="imputation, treatment, normalisation, weighting, aggregation, agreement, consensus, check, analysis, "
            "section, chart or exporter.",
            autocompletion=o.every_kind,
        ),
    ] = "normalisation",
    single_file: Annotated[bool, typer.Option("--single-file", help="Write one module, for --plugin.")] = False,
    lazy: Annotated[
        bool,
        typer.Option("--lazy", help="Write the class to a module of its own, which is imported when a run uses it."),
    ] = False,
    licence: Annotated[str, typer.Option("--license", help="MIT, BSD-3-Clause, Apache-2.0 or none.")] = "MIT",
    folder: Annotated[Path, typer.Option("--in", help="The folder to write to.")] = Path(),
) -> None:
    """Write a plugin that can be installed and passes its tests; then replace its formula or output by your own."""
    from indicia_conformance import scaffold

    files = scaffold.create(name, kind, folder, single_file=single_file, lazy=lazy, licence=licence)
    for path in files:
        typer.echo(f"wrote {path}", err=True)
    home = files[0] if single_file else files[0].parent  # pyproject.toml comes first
    typer.echo(f"next: indicia plugins test {home}" + ("" if single_file else f"; pip install -e {home}"), err=True)


@plugins.command("test")
def run_tests(
    target: Annotated[
        str, typer.Argument(help="A Python file, the folder of a package, or a plugin or method by name.")
    ],
    method: Annotated[
        str | None, typer.Option("--method", help="Test only this method, with parameters: 'my_sigmoid(slope=2)'.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Also write the outcome in Markdown.")] = None,
) -> None:
    """Test whether methods, checks and outputs of a plugin keep the promises of their kind; exit 1 if not."""
    import indicia_conformance as testing
    from indicia.data import write

    cards = []
    for card in testing.cards_of_plugin(target, method):
        typer.echo(card)
        cards.append(card)
    if output:
        write("\n".join(card.markdown() for card in cards).encode(), output)
        typer.echo(f"wrote {output}", err=True)
    if broken := sum(len(card.broken) for card in cards):
        typer.echo(f"{broken} promise(s) broken", err=True)
        raise typer.Exit(1)
