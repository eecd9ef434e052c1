"""indicia diff"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from indicia.cli import options as o
from indicia.cli.analyse import command_at
from indicia.cli.chart_file import Plot, check_chart_file, write_chart
from indicia.cli.look_options import LookOptions
from indicia.editions.sources import Sources

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.cli.index_options import CodeOptions
    from indicia.editions.difference import EditionDifference
    from indicia.progress import Progress


@dataclass(frozen=True)
class OfEditions:
    """Two editions, and the chart of their difference."""

    old: Annotated[
        str,
        typer.Argument(metavar="OLD", help="The edition before: index file or folder, pack, fitted index, or scores."),
    ]
    new: Annotated[str, typer.Argument(metavar="NEW", help="The edition now, of any of these kinds.")]
    plot: Plot = None
    look: LookOptions = field(default_factory=LookOptions)

    sources: ClassVar[type] = Sources

    def answer(
        self, name: str, given: dict[str, Any], code: CodeOptions, output: Path | None, progress: Progress
    ) -> EditionDifference:
        """Return the difference with the options that are given."""
        from indicia import edition_sources

        del name, progress  # the analysis is that of differences, which reports no progress
        check_chart_file(self.plot)
        for source in (self.old, self.new, given.get("old_table"), given.get("new_table")):
            o.check_output(output, source)
        return edition_sources.diff(self.old, self.new, code=code.of_editions, **given)

    def finish(self, answer: EditionDifference, language: str | None) -> None:
        """Draw the chart."""
        if self.plot:
            write_chart(self.look.charts(answer, language).dumbbell(), self.plot, language)


diff = command_at("indicia_after_score.diff:Diff", OfEditions)
