"""indicia diff"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, cast, get_args

import typer

from indicia.cli import options as o
from indicia.cli.language import reader_language
from indicia.errors import DefinitionError
from indicia.presentation import RecastTable
from indicia_commands.analyse import Subject, command_at
from indicia_commands.expect import expectation
from indicia_commands.look_options import LookOptions, Plot, check_chart_file, write_chart
from indicia_editions.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from indicia.analyses import Analysis
    from indicia.answers.answer import Answer
    from indicia.cli.index_options import CodeOptions
    from indicia.progress import Progress
    from indicia_editions.difference import EditionDifference


@dataclass(frozen=True)
class OfEditions(Subject):
    """Two editions, and the chart of their difference; or the tables of several years, and a method."""

    old: Annotated[
        list[str],
        typer.Argument(
            metavar="OLD",
            help="The edition before: index file or folder, pack, fitted index, or scores; with --recast, the "
            "tables of the years, or a panel: 2020=data.csv gives a table another name.",
        ),
    ]
    new: Annotated[str, typer.Argument(metavar="NEW", help="The edition now, of any of these kinds.")]
    recast: Annotated[
        bool, typer.Option("--recast", help="Score the tables OLD by the method of NEW, as one series.")
    ] = False
    plot: Plot = None
    look: LookOptions = field(default_factory=LookOptions)

    sources: ClassVar[type] = Sources
    tables: ClassVar[tuple[str, ...]] = get_args(RecastTable)

    def instead(self, context: typer.Context, show: str | None, **options: Any) -> bool:
        """Print or write the series of --recast; its tables are refused without this option."""
        if not self.recast:
            if show in self.tables:
                raise DefinitionError(f"diff has no table {show} without --recast", remedy=f"--recast --show {show}")
            if options["expect"] is not None:
                raise DefinitionError(
                    "--expect needs --recast in diff", remedy="leave it out, or compare runs: indicia run --expect"
                )
            return False
        if show not in (None, *self.tables):
            raise DefinitionError(f"diff has no table {show} with --recast", remedy=f"one of {', '.join(self.tables)}")
        o.refuse_others(context, "--recast", {"recast", "old", "new", "show", *options, *vars(options["code"])})
        o.check_format(options["format"], options["output"], options["escape"])
        _recast(self.new, self.old, cast("RecastTable", show or "series"), **options)
        return True

    def answer(
        self,
        analysis: type[Analysis],
        given: dict[str, Any],
        code: CodeOptions,
        output: Path | None,
        language: str | None,
        progress: Progress,
    ) -> EditionDifference:
        """Return the difference with the options that are given."""
        from indicia_bundle import edition_sources

        del analysis, language, progress  # the analysis is that of differences, which reports no progress
        check_chart_file(self.plot)
        before, *others = self.old
        if others:
            raise DefinitionError(
                f"diff compares two editions, and {len(others) + 2} are named",
                remedy="name two; or --recast, which scores tables of several years by the last method",
            )
        for source in (before, self.new, given.get("old_table"), given.get("new_table")):
            o.check_output(output, source)
        return edition_sources.diff(before, self.new, code=code.choices, **given)

    def finish(self, answer: Answer[Any], language: str | None) -> None:
        """Draw the chart."""
        if self.plot:
            write_chart(self.look.charts(answer, language).dumbbell(), self.plot, language)


diff: Callable[..., None] = command_at("indicia_after_score.diff:Diff", subject=OfEditions)


def _recast(
    new: str,
    tables: Sequence[str],
    show: RecastTable,
    format: str | None,
    output: Path | None,
    escape: bool,
    lang: str | None,
    expect: Path | None,
    code: CodeOptions,
) -> None:
    """Print or write the series of several tables under one method."""
    expected = expectation(expect)
    from indicia.cli.output import note_raw_values, print_line, print_table
    from indicia.data import escape_formulas
    from indicia.definition import text
    from indicia_bundle import edition_sources

    for source in (new, *(edition_sources.named_table(table)[1] for table in tables)):
        o.check_output(output, source)
    outcome = edition_sources.recast(new, tables, code=code.choices)
    lang = reader_language(lang, outcome.definition)
    frame, manifest = outcome.frame(show), {**outcome.manifest, "table": show} if output or expected else None
    if output is None and format in (None, "table"):  # the labels of other languages are for files
        data = outcome.definition.data
        frame = frame.drop({*data.labels()} - {data.unit, text(data.label, lang)}, strict=False)
    print_table(escape_formulas(frame) if escape else frame, format, output, outcome.titled(lang), manifest)
    names = outcome.reader_names(lang)
    for note in outcome.notes:
        print_line(f"note: {note.in_language(lang, names)}", err=True)
    if output:
        note_raw_values(outcome.definition, output)
    if expected and manifest:
        expected.compare(manifest)
