"""indicia diff"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from indicia.cli import options as o
from indicia.cli.chart_file import Plot, check_chart_file, write_chart
from indicia.cli.index_options import CodeOptions
from indicia.cli.look_options import LookOptions
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.editions.difference import EditionDifference
    from indicia.notes import Note

_RAW = ("revisions", "revision_summary")
"""The tables that hold raw values, or statistics of them."""
_CHANGES = 12
"""The most changes of the methodology on the screen."""
_MOVERS = 10
"""The most units in the table of movers on the screen."""
_NAME = 18
"""The most columns of a name on the screen."""


def diff(
    *,
    old: Annotated[
        str,
        typer.Argument(metavar="OLD", help="The edition before: index file or folder, pack, fitted index, or scores."),
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The edition now, of any of these kinds.")],
    old_table: Annotated[
        str | None, typer.Option("--old-table", metavar="TABLE", help="The data of OLD; a fitted index needs them.")
    ] = None,
    new_table: Annotated[
        str | None, typer.Option("--new-table", metavar="TABLE", help="The data of NEW; a fitted index needs them.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="PERIOD", help="Panel: the period of OLD; default: its last.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="PERIOD", help="Panel: the period of NEW; default: its last.")
    ] = None,
    rename: Annotated[
        list[str], typer.Option("--rename", metavar="OLD=NEW", help="A unit that has another name in OLD.")
    ] = [],
    unit: Annotated[str | None, typer.Option("--unit", help="Table of scores: the column of the units.")] = None,
    score: Annotated[str | None, typer.Option("--score", help="Table of scores: the column of the scores.")] = None,
    rank: Annotated[str | None, typer.Option("--rank", help="Table of scores: the column of the ranks.")] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="Table of scores: the column of the periods of a panel.")
    ] = None,
    fail_on: Annotated[
        list[str],
        typer.Option(
            "--fail-on",
            metavar="RULE",
            help='Exit 1 if a rule holds: "max_move > 10"; also mean_move, entered, left, max_score_change, '
            "revised_cells, method_changes, top10_changed …",
        ),
    ] = [],
    show: o.ShowDifference = None,
    plot: Plot = None,
    look: LookOptions,
    format: o.Format = None,
    output: o.Output = None,
    escape: o.EscapeFormulas = False,
    lang: o.Language = None,
    code: CodeOptions,
) -> None:
    """Compare two editions: units, scores, ranks, causes of moves, methodology, revised data.

    An edition is an index file or its folder, a pack, a fitted index with its table, or a table of units with scores or
    ranks. A table of scores tells no causes, methodology or revisions.

    \b
    Examples:
      indicia diff 2023/index.toml 2024/index.toml
      indicia diff edition-2023.json 2024 --old-table 2023/data.csv
      indicia diff published-2023.csv 2024 --score "Index value"
      indicia diff 2023 2024 --fail-on "max_move > 10" --fail-on "left > 0"
      indicia diff 2023 2024 --show revisions -o revisions.csv
      indicia diff 2023 2024 --plot movers.svg     the largest moves as a chart
      indicia diff 2023 2024 -o changes.md     also .html, .tex, .xlsx, .json
    """
    o.check_format(format, output, escape)
    check_chart_file(plot)
    for source in (old, new, old_table, new_table):
        o.check_output(output, source)
    # imported when the command runs, so that --help and completion start without polars
    from indicia import edition_sources
    from indicia.cli.output import print_line, print_table, write_output
    from indicia.data import escape_formulas, format_of
    from indicia.definition import check_language, check_raw_values
    from indicia.editions.rules import read_rules

    read_rules(fail_on)  # a wrong rule is an error before anything is computed
    difference = edition_sources.diff(
        old,
        new,
        old_table=old_table,
        new_table=new_table,
        start=start,
        end=end,
        renamed=_renamed(rename),
        columns=edition_sources.ScoreColumns(unit, score, rank, period),
        code=code.of_editions,
    )
    check_language(lang, difference.definition)
    rules = difference.failing(fail_on)
    kind = format or (format_of(output) if output else "table")
    manifest = {**difference.manifest, "table": show or "all"} if output else None
    if show is None and kind == "table":
        _page(difference, rules, lang)
    elif show is None and (document := next((form for form in _DOCUMENTS if form == kind), None)):
        from indicia.exporting import files_of

        content = files_of(difference, "difference", document, language=lang, rules=rules)[""]
        write_output(content, output, manifest)
    else:
        if show in _RAW and (output is not None or format not in (None, "table")):
            for edition in (difference.old, difference.new):
                if edition.result is not None:
                    check_raw_values(edition.definition, edition.result.origin, f"a file of the table {show}")
        frame = difference.frame(show or "units")
        print_table(escape_formulas(frame) if escape else frame, format, output, difference.titled(lang), manifest)
    if plot:
        write_chart(look.charts(difference, lang).dumbbell(), plot, lang)
    if rules and (show is not None or kind != "table"):
        names = difference.reader_names(lang)
        for sentence in rules:
            print_line(sentence.in_language(lang, names), err=True)
    if rules:
        raise typer.Exit(1)


_DOCUMENTS: tuple[Literal["md", "html", "latex", "xlsx", "json"], ...] = ("md", "html", "latex", "xlsx", "json")
"""The formats that hold all tables of a difference."""


def _renamed(texts: Sequence[str]) -> dict[str, str]:
    """Read the new names of renamed units.

    >>> _renamed(["Swaziland=Eswatini"])
    {'Swaziland': 'Eswatini'}
    """
    renamed = {}
    for text in texts:
        former, equals, present = text.partition("=")
        if not (former.strip() and equals and present.strip()):
            raise DefinitionError(f'cannot read --rename "{text}"', remedy="write --rename Swaziland=Eswatini")
        renamed[former.strip()] = present.strip()
    return renamed


def _page(difference: EditionDifference, rules: Sequence[Note], language: str | None) -> None:
    """Print the headline, the largest moves with their causes, and the changes of methodology and data."""
    from indicia.cli.blocks import print_blocks
    from indicia.cli.folding import fold
    from indicia.cli.output import print_line, shorten
    from indicia.documents.blocks import TextTable
    from indicia.editions.sections import headline, sections_of

    print_line(fold(difference.titled(language), 2))
    print_line(fold(headline(difference, language, for_author=True)))
    blocks = sections_of(difference, language, _MOVERS, rules, for_author=True, most_changes=_CHANGES)
    print_blocks(
        replace(block, rows=[[shorten(cell, _NAME) for cell in row] for row in block.rows])
        if isinstance(block, TextTable)
        else block
        for block in blocks
    )
