"""`indicia robustness --given`: the confidence in ranks from a table of draws that the user brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from indicia.cli.options import check_output
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from indicia.cli.index_options import CodeOptions, IndexOptions
    from indicia.types import Period
    from indicia_statistics.analysis import DrawnRanks


@dataclass(frozen=True)
class GivenOptions:
    """A table of draws, and its kind."""

    given: Annotated[
        str | None,
        typer.Option(
            "--given",
            metavar="TABLE",
            help="Draws of your own in place of new ones: scores or ranks, a row a draw or a unit, or long. An index "
            "is optional, for nominal ranks.",
        ),
    ] = None
    nominal: Annotated[
        str | None,
        typer.Option("--nominal", help="With --given: the column or draw of the nominal values; default: nominal."),
    ] = None
    values: Annotated[
        Literal["scores", "ranks", "low_is_best"] | None,
        typer.Option("--values", help="With --given: scores (default), ranks, or scores of which the lowest is best."),
    ] = None

    def check_unused(self) -> None:
        """Refuse options of a table of draws where no table is given."""
        for name, value in (("--nominal", self.nominal), ("--values", self.values)):
            if value is not None:
                raise DefinitionError(f"{name} is about a table of draws", remedy=f"--given draws.csv {name} {value}")

    def print_tables(
        self,
        source: str | None,
        options: IndexOptions,
        period: Period | None,
        show: str | None,
        *,
        format: str | None,
        output: Path | None,
        escape: bool,
        code: CodeOptions,
        **others: object,
    ) -> None:
        """Read the table of draws, and print or write its tables; a named index has the nominal ranks."""
        del others  # the language, which draws without an index do not have
        # imported when the command runs, so that --help and completion start without polars
        from importlib.metadata import version

        from indicia.data import TableFormat, fingerprint, read_table
        from indicia_statistics.analysis import drawn_ranks

        assert self.given is not None
        check_output(output, self.given)
        unit, encoding = options.columns.unit, options.columns.encoding
        form = TableFormat() if encoding is None else TableFormat(encoding=encoding)
        table = read_table(self.given, form, text=[] if unit is None else [unit])
        is_ranked = self.values == "ranks"
        words: dict[str, Any] = {
            "values": "ranks" if is_ranked else "scores",
            "low_is_best": self.values == "low_is_best",
        }
        if source is not None or options.config is not None:
            if self.nominal is not None:
                raise DefinitionError(
                    "--nominal and an index both state nominal ranks", remedy="leave out one of the two"
                )
            words["nominal_ranks"], of_index = _of_index(source, options, code, period)
            words |= (
                {} if is_ranked else {"ties": of_index.ties, "low_is_best": words["low_is_best"] or of_index.lowest}
            )
        drawn = drawn_ranks(table, unit=unit, nominal=self.nominal, **words)
        words.pop("nominal_ranks", None)
        manifest = {
            "indicia": version("indicia"),
            "draws": fingerprint(table),
            "layout": drawn.layout,
            **words,
            "nominal": None if drawn.nominal is None else dict(zip(drawn.names, drawn.nominal.tolist(), strict=True)),
        }
        _print_drawn(drawn, manifest, show, format, output, escape)


@dataclass(frozen=True)
class _RulesOfRanks:
    """The rules by which an index ranks its units."""

    ties: str
    lowest: bool
    """True if the lowest score is the best."""


def _of_index(
    source: str | None, options: IndexOptions, code: CodeOptions, period: Period | None
) -> tuple[dict[str, float], _RulesOfRanks]:
    """Return the ranks of an index by unit, without units that it does not rank, and the rules of its ranks."""
    from dataclasses import replace

    import polars as pl

    from indicia.stages.rank import lowest_ranks_first
    from indicia.tables.periods import rows_of_period

    columns = replace(options.columns, unit=None)  # the column of the table of draws
    index, data = replace(options, columns=columns).open(source, code)
    result = index.score(data)
    _, rows = rows_of_period(result.scored.source, period)
    scores = result.frame("scores")
    unit = str(result.definition.data.unit)
    analysed = result.scored.units.filter(pl.Series(rows))
    keys = [name for name in result.scored.source.key if name in scores.columns]
    ranks = analysed.select(keys).join(scores, on=keys, how="left").select(unit, "rank").drop_nulls()
    rules = _RulesOfRanks(result.definition.methodology.ties, lowest_ranks_first(result.definition, result.scored.tree))
    return {str(name): float(rank) for name, rank in ranks.iter_rows()}, rules


def _print_drawn(
    drawn: DrawnRanks,
    manifest: Mapping[str, Any],
    show: str | None,
    format: str | None,
    output: Path | None,
    escape: bool,
) -> None:
    """Print the confidence in the ranks of given draws, or print or write one table."""
    from indicia.cli.output import print_line, print_table
    from indicia.data import escape_formulas

    if show is None and output is None and format in (None, "table"):
        _page(drawn)
        return
    name = show or "units"
    frame = drawn.frame(name)
    beside = {**manifest, "table": name} if output else None
    print_table(escape_formulas(frame) if escape else frame, format, output, drawn.title, beside)
    if output or format not in (None, "table"):
        for note in drawn.notes:
            print_line(f"note: {note}", err=True)


def _page(drawn: DrawnRanks) -> None:
    """Print the spread of the ranks as an analysis of robustness shows it."""
    from indicia.answers.document import texts_of
    from indicia.cli.blocks import print_blocks
    from indicia.cli.output import print_line
    from indicia.documents.blocks import Line

    print_line(drawn.title)
    table = drawn.declared["units"]
    columns = table.declared_columns(drawn.units, {"unit": [drawn.unit]})
    print_blocks([texts_of(table, drawn.units, columns, {})], width=None)
    print_blocks([Line(str(note)) for note in drawn.notes], width=None)
