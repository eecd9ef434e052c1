"""indicia explain"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, get_args

import typer

from indicia.cli.analyse import Subject, command_at
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia.cli.look_options import LookOptions, Plot, check_chart_file, write_chart
from indicia.cli.question_options import QuestionOptions
from indicia.errors import DefinitionError
from indicia.presentation import ExplanationTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.analyses import Analysis
    from indicia.answers.answer import Answer
    from indicia.cli.question_options import Question
    from indicia.editions.edition import Edition
    from indicia.explanation.outcome import Explanation
    from indicia.progress import Progress
    from indicia.questions import Questions
    from indicia.types import TableLike

_QUICK = 5_000_000
"""The size in bytes of the largest table that the completion of unit names reads."""


def _units(context: typer.Context, incomplete: str) -> list[str]:
    """Complete the name of a unit, if the index and its table are local files that are read quickly."""
    chosen = context.params
    with suppress(Exception):  # a shell has no use for an error
        source, options = _source(chosen.get("index"), chosen.get("table"), IndexOptions(config=chosen.get("config")))
        index, table = options.open(source, CodeOptions())
        data = index.definition.data
        path = Path(str(table or index.origin.folder / str(data.path)))
        if path.stat().st_size > _QUICK:
            return []
        frame = index.read_table(table)
        columns = [column for column in (data.unit, *data.labels()) if column in frame.columns]
        names = [str(name) for column in columns for name in frame[str(column)].drop_nulls()]
        return sorted({name for name in names if name.startswith(incomplete)})
    return []


@dataclass(frozen=True)
class OfUnits(Subject):
    """A unit of an index or two, and the chart of the answer."""

    units: Annotated[
        list[str],
        typer.Argument(metavar="UNIT [UNIT]", help="A unit; or two, for the gap.", autocompletion=_units),
    ]
    questions: QuestionOptions
    options: IndexOptions
    look: LookOptions
    index: Annotated[
        str | None,
        typer.Option(
            "--index", metavar="INDEX", help="Index file, fitted index, pack; default: the nearest index.toml."
        ),
    ] = None
    table: Annotated[
        str | None, typer.Option("--table", metavar="TABLE", help="The data; default: the table of the index file.")
    ] = None
    plot: Plot = None

    tables: ClassVar[tuple[str, ...]] = get_args(ExplanationTable)
    states: ClassVar[tuple[str, ...]] = ("of",)
    folded: ClassVar[bool] = True
    help: ClassVar[str] = """Explain a score, the gap between two units, a move, or the way to a rank.

    The parts of an explanation add up to what they explain.

    \b
    Examples:
      indicia explain Lima                        why Lima has its score
      indicia explain Lima Oslo --weights ±25%    the gap, and how sure it is
      indicia explain Lima --from 2021 --to 2022  the move: own data, others' data, method, sample
      indicia explain Lima --since 2021/index.toml
      indicia explain Lima --reach 10             the least changes that lead to rank 10
      indicia explain Lima --overtake Oslo --price income=2 --limit income=9000
      indicia explain Lima --plot lima.svg        the same as a chart
    """

    def instead(self, context: typer.Context, show: str | None, **options: Any) -> bool:
        """Print or write the explanation of a score, a gap or a move."""
        check_chart_file(self.plot)
        at = context.params["at"]
        question = _question(self.units, self.questions, context.params, at)
        if question != "reach":
            self._explain(question, at, show, **options)
        return question != "reach"

    def answer(
        self,
        analysis: type[Analysis],
        given: dict[str, Any],
        code: CodeOptions,
        output: Path | None,
        language: str | None,
        progress: Progress,
    ) -> Answer[Any]:
        """Return the answer for the unit with the options that are given."""
        from indicia.answers.ask import answer_of, chosen

        index, data = self._opened(code, output)
        reader_language(language, index.definition)  # an unknown one is an error before anything is computed
        return answer_of(index, chosen(index, analysis.name, {"of": self.units[0], **given}), data, progress=progress)

    def finish(self, answer: Explanation | Answer[Any], language: str | None) -> None:
        """Draw the chart."""
        if self.plot:
            write_chart(self.look.charts(answer, language).waterfall(), self.plot, language)

    def _opened(self, code: CodeOptions, output: Path | None) -> tuple[Questions, TableLike | None]:
        source, options = _source(self.index, self.table, self.options)
        return options.open(source, code, output, **options.methods)

    def _explain(
        self,
        question: Question,
        at: str | None,
        show: str | None,
        *,
        format: str | None,
        output: Path | None,
        escape: bool,
        lang: str | None,
        expect: Path | None,
        code: CodeOptions,
    ) -> None:
        """Print or write an explanation."""
        expected = expectation(expect)
        opened, data = self._opened(code, output)
        # imported when the command runs, so that --help and completion start without polars
        from indicia.cli.blocks import print_blocks
        from indicia.cli.folding import fold
        from indicia.cli.output import print_line, print_table, progress_bar
        from indicia.data import escape_formulas

        lang = reader_language(lang, opened.definition)
        with progress_bar() as progress:
            outcome = _explain(question, opened, data, self.units, self.questions, code, at, progress)
        if show is None and output is None and format in (None, "table"):
            blocks = outcome.blocks(lang)  # before anything is printed, since a table may raise an error
            print_line(fold(outcome.titled(lang), 2))
            print_blocks(blocks)
        else:
            name: Any = show or outcome.table_names[0]
            frame = outcome.frame(name) if output is None and format in (None, "table") else outcome.published(name)
            if name == "draws" and frame.is_empty():
                raise DefinitionError(
                    "nothing is drawn, so that the table draws is empty",
                    remedy="--weights ±25% varies the weights, or [robustness] in the index file says what varies",
                )
            manifest = {**outcome.manifest, "table": name} if output else None
            print_table(escape_formulas(frame) if escape else frame, format, output, outcome.titled(lang), manifest)
            if output or format not in (None, "table"):
                names = outcome.reader_names(lang)
                for line in (*outcome.sentences(lang), *(note.in_language(lang, names) for note in outcome.notes)):
                    print_line(f"note: {line}", err=True)
        self.finish(outcome, lang)
        if expected:
            expected.compare(outcome.manifest)


explain: Callable[..., None] = command_at("indicia_after_score.reach:Reach", OfUnits)


def _question(units: list[str], questions: QuestionOptions, options: Mapping[str, Any], at: str | None) -> Question:
    """Return the question that the units and options ask."""
    if len(units) > 2:
        raise DefinitionError(
            f"{len(units)} units are named: {', '.join(units)}", remedy="name one unit, or two for the gap between them"
        )
    question = questions.question(len(units) - 1, options)
    period = "--from" if questions.start is not None else "--to"
    if at is not None and (questions.start is not None or questions.end is not None):
        raise DefinitionError(
            f"--at chooses one period, and {period} asks about two", remedy=f"leave --at or {period} out"
        )
    return question


def _source(index: str | None, table: str | None, options: IndexOptions) -> tuple[str | None, IndexOptions]:
    """Return the first argument of other commands, and the options, for the words `--index` and `--table`."""
    if index is None or table is None:
        return index if table is None else table, options
    if options.config is not None:
        raise DefinitionError("--index and --config both name the index file", remedy="leave one of them out")
    path = Path(index)
    return table, replace(options, config=path / "index.toml" if path.is_dir() else path)


def _explain(
    question: Question,
    index: Questions,
    table: TableLike | None,
    units: list[str],
    options: QuestionOptions,
    code: CodeOptions,
    at: str | None,
    progress: Progress,
) -> Explanation:
    """Answer the question."""
    unit = units[0]
    if question == "score":
        return index.explain(unit, table=table, period=at)
    drawn: dict[str, Any] = {
        "weights": options.weights,
        "draws": options.draws,
        "seed": options.seed,
        "progress": progress,
    }
    if question == "gap":
        return index.explain(unit, units[1], table=table, period=at, **drawn)
    end = at if options.end is None else options.end
    since = _earlier_edition(options, code)
    return index.move(unit, table=table, start=options.start, end=end, since=since, **drawn)


def _earlier_edition(options: QuestionOptions, code: CodeOptions) -> Edition | None:
    """Return the edition of `--since`, with its words on the command line as its name."""
    if options.since is None:
        return None
    from indicia.edition_sources import open_edition

    # two tables of one fitted index are named apart
    name = f"{options.since} ({options.since_table})" if options.since_table else options.since
    edition = open_edition(options.since, table=options.since_table, name=name, side="since", code=code.choices)
    if edition.result is None:
        raise DefinitionError(
            f"{options.since} has scores and no data, so that a move since then has no causes",
            remedy="indicia diff compares a table of scores with an index",
        )
    return edition.as_edition()
