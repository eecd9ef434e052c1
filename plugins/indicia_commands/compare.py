"""indicia compare"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from indicia.asking import COMPARE, Reference, compared, options_of_compare
from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, ColumnOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia.errors import DefinitionError
from indicia_commands.analyse import Subject, command_at
from indicia_commands.engine_options import PartitionOptions
from indicia_commands.partitions import check_unused, compare_partitions, takes_partitions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.analyses import Analysis
    from indicia.progress import Progress
    from indicia.questions import Questions
    from indicia.types import TableLike
    from indicia_compare import ComparisonAnswer

_IN_PARTITIONS = frozenset(
    {
        *("source", "show", "format", "output", "force"),
        *(
            each.name
            for group in (IndexOptions, ColumnOptions, PartitionOptions, CodeOptions)
            for each in fields(group)
        ),
    }
)
"""The arguments and options of a comparison over partitions."""


@dataclass(frozen=True)
class OfMethodologies(Subject):
    """Several methodologies: lists of methods, the variants of an index file, or several index files."""

    source: Annotated[
        list[str] | None,  # click before 8.3 takes no default list
        typer.Argument(
            metavar="[INDEX|TABLE]...",
            help='Index file or table, or several index files; "-" is standard input. Default: the nearest index.toml. '
            "A fitted index needs a table: TABLE -c fitted.json.",
        ),
    ] = None
    options: IndexOptions = field(default_factory=IndexOptions)
    engine: PartitionOptions = field(default_factory=PartitionOptions)
    force: o.Force = False

    sources: ClassVar[type | None] = Reference

    def instead(self, context: typer.Context, show: str | None, **options: Any) -> bool:
        """Compare over partitions, if the table is read in these; refuse options without the table that has a use."""
        for word, needed in (("of", "specification"), ("table", "details")):
            if context.params.get(word) and show != needed:
                remedy = f"add --show {needed}, or leave out --{word}"
                raise DefinitionError(f"--{word} needs --show {needed}", remedy=remedy)
        index, table = self._open(options["code"], options["output"])
        if not takes_partitions(self.engine, index, table):
            return False
        further = {"another index file": True} if (self.source or [])[1:] else {}
        given = o.given_options(context)
        check_unused(further | {flag: True for word, flag in given.items() if word not in _IN_PARTITIONS})
        methods, output = self.options.alternatives, options["output"]
        compare_partitions(index, table, self.engine, methods, show, output, options["format"], force=self.force)
        return True

    def answer(
        self,
        analysis: type[Analysis],
        given: dict[str, Any],
        code: CodeOptions,
        output: Path | None,
        language: str | None,
        progress: Progress,
    ) -> ComparisonAnswer:
        """Return the comparison with the options that are given."""
        del analysis  # it is that of comparisons
        index, table = self._open(code, output)
        reader_language(language, index.definition)  # an unknown one is an error before anything is computed
        others = self.options.open_more((self.source or [])[1:], code)
        options = {"others": others, **self.options.alternatives, **given}
        return compared(index, table, *options_of_compare(index, options), progress)

    def _open(self, code: CodeOptions, output: Path | None) -> tuple[Questions, TableLike | None]:
        """Return the first index with its table; it is opened once, since standard input is read once."""
        if "opened" not in vars(self):
            vars(self)["opened"] = self.options.open(next(iter(self.source or []), None), code, output)
        opened: tuple[Questions, TableLike | None] = vars(self)["opened"]
        return opened


compare: Callable[..., None] = command_at(COMPARE, subject=OfMethodologies)
