"""indicia explain"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia.errors import DefinitionError
from indicia_commands.analyse import Subject, command_at
from indicia_commands.look_options import LookOptions, Plot, check_chart_file, write_chart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.analyses import Analysis
    from indicia.answers.answer import Answer
    from indicia.progress import Progress

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

    states: ClassVar[tuple[str, ...]] = ("of", "a", "b")
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

    def chosen(self, analyses: Sequence[type[Analysis]], given: Mapping[str, str]) -> type[Analysis]:
        """Return the question of the units and options; an option of another question is refused."""
        check_chart_file(self.plot)
        if len(self.units) > 2:
            raise DefinitionError(
                f"{len(self.units)} units are named: {', '.join(self.units)}",
                remedy="name one unit, or two for the gap between them",
            )
        explain, gap, *others = analyses
        owners = {name: [each for each in analyses if name in each.__dataclass_fields__] for name in given}
        asking = {name: each[0] for name, each in owners.items() if len(each) == 1 and each[0] in others}
        flags = [given[name] for name in asking]
        if len({*asking.values()}) > 1:
            raise DefinitionError(
                f"{' and '.join(flags)} ask different questions", remedy="leave out all but one of them"
            )
        if flags and len(self.units) > 1:
            raise DefinitionError(
                f"two units ask for the gap between them, and {flags[0]} asks about one unit",
                remedy=f"name one unit, or leave {flags[0]} out",
            )
        asked = gap if len(self.units) > 1 else next(iter(asking.values()), explain)
        for name, having in owners.items():
            if asked not in having:
                questions = " and ".join(_QUESTIONS[each.name] for each in having)
                raise DefinitionError(
                    f"{given[name]} is for {questions}, and this is {_QUESTIONS[asked.name]}",
                    remedy=f"leave {given[name]} out",
                )
        return asked

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

        source, options = _source(self.index, self.table, self.options)
        index, data = options.open(source, code, output, **options.methods)
        reader_language(language, index.definition)  # an unknown one is an error before anything is computed
        units = dict(zip("ab", self.units, strict=True)) if len(self.units) > 1 else {"of": self.units[0]}
        asked: Any = chosen(index, analysis.name, {**units, **given})
        if "since" in given:
            from indicia_bundle.edition_sources import open_earlier  # here, since few explanations have another edition

            asked = replace(asked, since=open_earlier(asked.since, asked.since_table, code.choices))
        return answer_of(index, asked, data, progress=progress)

    def finish(self, answer: Answer[Any], language: str | None) -> None:
        """Draw the chart."""
        if self.plot:
            write_chart(self.look.charts(answer, language).waterfall(), self.plot, language)


_QUESTIONS = {
    "explain": "the explanation of a score",
    "gap": "the gap between two units",
    "move": "a move",
    "reach": "the way to a rank",
}
"""The words for the questions in errors, by the name of the analysis."""
explain: Callable[..., None] = command_at(
    *(f"indicia_after_score.{name}:{name.capitalize()}" for name in _QUESTIONS), subject=OfUnits
)


def _source(index: str | None, table: str | None, options: IndexOptions) -> tuple[str | None, IndexOptions]:
    """Return the first argument of other commands, and the options, for the words `--index` and `--table`."""
    if index is None or table is None:
        return index if table is None else table, options
    if options.config is not None:
        raise DefinitionError("--index and --config both name the index file", remedy="leave one of them out")
    path = Path(index)
    return table, replace(options, config=path / "index.toml" if path.is_dir() else path)
