"""indicia diff"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, cast, get_args

import typer

from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions
from indicia.cli.language import reader_language
from indicia.cli.look_options import LookOptions, Plot, check_chart_file, write_chart
from indicia.errors import DefinitionError
from indicia.presentation import DifferenceTable, RecastTable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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
    context: typer.Context,
    old: Annotated[
        list[str],
        typer.Argument(
            metavar="OLD",
            help="The edition before: index file or folder, pack, fitted index, or scores; with --recast, the "
            "tables of the years, or a panel: 2020=data.csv gives a table another name.",
        ),
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The edition now, of any of these kinds.")],
    old_table: Annotated[
        str | None, typer.Option("--old-table", metavar="TABLE", help="The data of OLD; a fitted index needs them.")
    ] = None,
    new_table: Annotated[
        str | None, typer.Option("--new-table", metavar="TABLE", help="The data of NEW; a fitted index needs them.")
    ] = None,
    recast: Annotated[
        bool,
        typer.Option("--recast", help="Score the tables OLD by the method of NEW, as one series."),
    ] = False,
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
    expect: o.Expect = None,
    code: CodeOptions,
) -> None:
    """Compare two editions: units, scores, ranks, causes of moves, methodology, revised data.

    An edition is an index file or its folder, a pack, a fitted index with its table, or a table of units with scores or
    ranks. A table of scores tells no causes, methodology or revisions.

    With --recast, the tables OLD are scored by the method of NEW, and --show has series or editions. A fitted index
    scores all of them by its statistics; an index with a period scores them as one panel, with statistics as the index
    file states them; another index scores each by itself.

    \b
    Examples:
      indicia diff 2023/index.toml 2024/index.toml
      indicia diff edition-2023.json 2024 --old-table 2023/data.csv
      indicia diff published-2023.csv 2024 --score "Index value"
      indicia diff 2023 2024 --fail-on "max_move > 10" --fail-on "left > 0"
      indicia diff 2023 2024 --show revisions -o revisions.csv
      indicia diff 2023 2024 --plot movers.svg     the largest moves as a chart
      indicia diff 2023 2024 -o changes.md     also .html, .tex, .xlsx, .json
      indicia diff 2022.csv 2023=data.csv edition-2024.json --recast -o series.csv
    """
    o.check_format(format, output, escape)
    tables = get_args(RecastTable if recast else DifferenceTable)
    if show is not None and show not in tables:
        raise DefinitionError(
            f"diff has no table {show} {'with' if recast else 'without'} --recast", remedy=f"one of {', '.join(tables)}"
        )
    if recast:
        used = {"recast", "old", "new", "show", "format", "output", "escape", "lang", "expect", *vars(code)}
        o.refuse_others(context, "--recast", used)
        _recast(new, old, cast("RecastTable", show or "series"), format, output, escape, lang, expect, code)
        return
    if expect is not None:
        raise DefinitionError(
            "--expect needs --recast in diff", remedy="leave it out, or compare runs: indicia run --expect"
        )
    check_chart_file(plot)
    before, *others = old
    if others:
        raise DefinitionError(
            f"diff compares two editions, and {len(others) + 2} are named",
            remedy="name two; or --recast, which scores tables of several years by the last method",
        )
    for source in (before, new, old_table, new_table):
        o.check_output(output, source)
    # imported when the command runs, so that --help and completion start without polars
    from indicia import edition_sources
    from indicia.cli.output import print_line, print_table, write_output
    from indicia.data import escape_formulas, format_of
    from indicia.definition import check_raw_values
    from indicia.editions.rules import read_rules

    read_rules(fail_on)  # a wrong rule is an error before anything is computed
    difference = edition_sources.diff(
        before,
        new,
        old_table=old_table,
        new_table=new_table,
        start=start,
        end=end,
        renamed=_renamed(rename),
        columns=edition_sources.ScoreColumns(unit, score, rank, period),
        code=code.choices,
    )
    lang = reader_language(lang, difference.definition)
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
        frame = difference.frame(cast("DifferenceTable", show or "units"))
        print_table(escape_formulas(frame) if escape else frame, format, output, difference.titled(lang), manifest)
    if plot:
        write_chart(look.charts(difference, lang).dumbbell(), plot, lang)
    if rules and (show is not None or kind != "table"):
        names = difference.reader_names(lang)
        for sentence in rules:
            print_line(sentence.in_language(lang, names), err=True)
    if rules:
        raise typer.Exit(1)


def _recast(
    new: str,
    tables: Sequence[str],
    show: RecastTable,
    format: str | None,
    output: Path | None,
    escape: bool,
    language: str | None,
    expect: Path | None,
    code: CodeOptions,
) -> None:
    """Print or write the series of several tables under one method."""
    expected = expectation(expect)
    from indicia import edition_sources
    from indicia.cli.output import note_raw_values, print_line, print_table
    from indicia.data import escape_formulas
    from indicia.definition import text

    for source in (new, *(edition_sources.named_table(table)[1] for table in tables)):
        o.check_output(output, source)
    outcome = edition_sources.recast(new, tables, code=code.choices)
    language = reader_language(language, outcome.definition)
    frame, manifest = outcome.frame(show), {**outcome.manifest, "table": show} if output or expected else None
    if output is None and format in (None, "table"):  # the labels of other languages are for files
        data = outcome.definition.data
        frame = frame.drop({*data.labels()} - {data.unit, text(data.label, language)}, strict=False)
    print_table(escape_formulas(frame) if escape else frame, format, output, outcome.titled(language), manifest)
    names = outcome.reader_names(language)
    for note in outcome.notes:
        print_line(f"note: {note.in_language(language, names)}", err=True)
    if output:
        note_raw_values(outcome.definition, output)
    if expected and manifest:
        expected.compare(manifest)


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
