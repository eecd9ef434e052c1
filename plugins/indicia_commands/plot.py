"""indicia plot"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia.cli.usage_errors import Command
from indicia.errors import OutputError
from indicia_commands.look_options import LookOptions


def _kinds(incomplete: str) -> list[str]:
    """Complete the name of a chart."""
    return [name for name, _ in _list_of_charts() if name.startswith(incomplete)]


def _list_of_charts() -> list[tuple[str, str]]:
    """Return the charts of the catalogue as `indicia plot` names them, with the first sentence of their docstrings."""
    from indicia_paper.drawing import charts

    sentences = ((name, (chart.__doc__ or "").strip().split("\n\n")[0]) for name, chart in charts().items())
    return [(name.replace("_", "-"), " ".join(sentence.split())) for name, sentence in sentences]


class HelpWithCharts(Command):
    """The command, whose help lists the charts of all plugins."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the charts below the options."""
        del ctx
        with formatter.section("Charts"):
            formatter.write_dl(_list_of_charts())


def plot(
    *,
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help="The chart, one of the list below.", autocompletion=_kinds),
    ],
    source: o.Source = None,
    options: IndexOptions,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; its ending determines the format.")
    ] = None,
    format: Annotated[
        Literal["svg", "png", "pdf", "html", "json"] | None,
        typer.Option("--format", "-f", help="html needs no network; json is Vega-Lite."),
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option("--of", help="The unit of the chart; twice for the two units of a waterfall or a dumbbell."),
    ] = None,
    part: Annotated[
        str | None, typer.Option("--part", help="The dimension or indicator to show in place of the whole index.")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--against", help="The variable of [outside.variables] that a scatter compares with.")
    ] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Show this number of units, from the first.")] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Colour the bars of a ranking by these bands of the index file.")
    ] = None,
    at: o.Period = None,
    draws: o.Draws = None,
    seed: o.Seed = None,
    look: LookOptions,
    lang: o.Language = None,
    code: CodeOptions,
) -> None:
    """Draw one chart, with title, sources and alternative text.

    The charts slope and specification compare methodologies: the [variants] of the index file, or methods with commas
    between them. Without these, a slope chart of a panel compares its periods. A chart names the units and
    methodologies that it leaves out.

    \b
    Examples:
      indicia plot ranking --top 20 --highlight Lima -o ranking.svg
      indicia plot waterfall --of Lima --of Oslo -o gap.png
      indicia plot scatter --against income --style house.toml --size 900x600 -o scatter.svg
    """
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import print_line, progress_bar
    from indicia.data import write
    from indicia_paper.drawing import chart_class, drawing
    from indicia_paper.exporting import exporter_of, files_of

    written = format or (output.suffix.lower().removeprefix(".") if output else None)
    methods = {stage: alternatives for stage, alternatives in options.alternatives.items() if alternatives}
    single = {stage: alternatives[0] for stage, alternatives in methods.items() if len(alternatives) == 1}
    if not code.plugin:  # the charts of plugin files are known when the index is open
        chart_class(kind)
    if written is None:
        raise OutputError(
            "the chart has no file and no format", remedy=f"-o {kind}.svg, or --format svg for standard output"
        )
    exporter_of("chart", written)
    index, table = options.open(source, code, output, **single)
    units = of or []
    if len(units) > 2:
        raise OutputError(f"--of names {len(units)} units", remedy="--highlight marks further units")
    lang = reader_language(lang, index.definition)
    chart_options = look.chart_options(lang or "en", at)
    given = {
        "top": top,
        "by": by,
        "part": part,
        "against": against,
        **dict(zip(("unit", "other"), units, strict=False)),
    }
    with progress_bar() as progress:
        drawn = drawing(
            index,
            kind,
            table,
            options=chart_options,
            parameters={word: value for word, value in given.items() if value is not None},
            methods={stage: alternatives for stage, alternatives in methods.items() if stage not in single},
            draws=draws,
            seed=seed,
            catalogue=index.catalogue,
            progress=progress,
        )
    for note in drawn.notes:
        print_line(f"note: {note}", err=True)
    content = files_of(drawn.chart, "chart", written, language=lang)[""]
    if output:
        write(content, output)
        typer.echo(f"wrote {output}", err=True)
        return
    if written in ("png", "pdf") and sys.stdout.isatty():
        raise OutputError(f"a terminal cannot show {written}", remedy=f"-o {kind}.{written} writes a file")
    sys.stdout.buffer.write(content)
