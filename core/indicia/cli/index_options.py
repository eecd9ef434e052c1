"""The options that most commands share: the index or table to work on, its methods, and the plugins to load."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indicia.cli import options as o
from indicia.cli.options import check_output, names, settings, split_methods
from indicia.errors import DataError, DefinitionError, suggest
from indicia.paths import check_path
from indicia.sources import CodeChoices, IndexSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.questions import Questions
    from indicia.types import TableLike


PluginFiles = Annotated[list[Path], typer.Option("--plugin", help="A Python file of methods; loading runs its code.")]


@dataclass(frozen=True)
class PluginOptions:
    """The plugins whose methods a command may use."""

    plugin: PluginFiles = field(default_factory=list)
    no_plugins: Annotated[bool, typer.Option("--no-plugins", help="Use only Indicia's own plugins.")] = False
    only_plugins: Annotated[
        str | None, typer.Option("--only-plugins", metavar="A,B", help="Use only these and Indicia's own plugins.")
    ] = None

    @property
    def only(self) -> list[str] | None:
        """The installed plugins that are used beside Indicia's own; None for all of them."""
        if self.no_plugins and self.only_plugins is not None:
            raise DefinitionError(
                "--no-plugins and --only-plugins contradict each other", remedy="leave out one of them"
            )
        return [] if self.no_plugins else None if self.only_plugins is None else self.only_plugins.split(",")


@dataclass(frozen=True)
class CodeOptions(PluginOptions):
    """The plugins whose methods a command may use, including the plugins that the index file names."""

    allow_code: Annotated[
        bool, typer.Option("--allow-code", help="Load plugin files that the index file names; this runs their code.")
    ] = False

    @property
    def choices(self) -> CodeChoices:
        """The same choices, for the library."""
        return CodeChoices.of(self.plugin, self.allow_code, self.only)


@dataclass(frozen=True)
class ColumnOptions:
    """The roles of the columns of a table that has no index file."""

    unit: Annotated[str | None, typer.Option("--unit", help="Table: the column that names the units.")] = None
    label: Annotated[str | None, typer.Option("--label", help="Table: a column with the names that readers see.")] = (
        None
    )
    period: Annotated[str | None, typer.Option("--period", help="Table: the column of the period (a panel).")] = None
    group: Annotated[list[str], typer.Option("--group", help="Table: a column that groups units.")] = field(
        default_factory=list
    )
    indicator: Annotated[
        list[str],
        typer.Option("--indicator", help="Table: a column to use; default: all with numbers, except codes and ranks."),
    ] = field(default_factory=list)
    cost: Annotated[list[str], typer.Option("--cost", help="Table: indicators where less is better: a,b.")] = field(
        default_factory=list
    )

    vocabulary: Annotated[
        Path | None,
        typer.Option("--vocabulary", metavar="FILE", help="Table: a TOML file of more words for directions."),
    ] = None
    encoding: o.Encoding = None

    @property
    def by_role(self) -> dict[str, Any]:
        """The columns, by the name of the argument of `indicia.score`."""
        return {
            "unit": self.unit,
            "label": self.label,
            "period": self.period,
            "groups": self.group,
            "indicators": self.indicator or None,
            "costs": self.cost,
            "vocabulary": self.vocabulary,
            "encoding": self.encoding,
        }


def _method(stage: str, letter: str, help: str) -> Any:
    return typer.Option(f"--{stage}", letter, help=help, autocompletion=names(stage))


@dataclass(frozen=True)
class IndexOptions:
    """The index file or table that a command works on, and the changes to it on the command line."""

    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="Index file, fitted index or pack, where the first argument is a table."),
    ] = None
    imputation: Annotated[
        str | None, _method("imputation", "-i", "Fill missing values, such as \"mean(within='region')\".")
    ] = None
    treatment: Annotated[str | None, _method("treatment", "-t", 'Treat outliers, such as "winsorise(points=5)".')] = (
        None
    )
    normalisation: Annotated[
        str | None,
        _method("normalisation", "-n", 'Bring indicators to one scale, such as "min_max(lower=1, upper=100)".'),
    ] = None
    weighting: Annotated[str | None, _method("weighting", "-w", "Weight the parts, such as entropy.")] = None
    aggregation: Annotated[
        str | None, _method("aggregation", "-a", "Combine the parts into one score, such as geometric.")
    ] = None
    setting: o.Settings = field(default_factory=list)
    variant: Annotated[str | None, typer.Option("--variant", help="One of the [variants] of the index file.")] = None
    columns: ColumnOptions = field(default_factory=ColumnOptions)

    @property
    def methods(self) -> dict[str, str | None]:
        """The method of each stage; None for a stage without an option."""
        return {
            "imputation": self.imputation,
            "treatment": self.treatment,
            "normalisation": self.normalisation,
            "weighting": self.weighting,
            "aggregation": self.aggregation,
        }

    @property
    def alternatives(self) -> dict[str, Any]:
        """The list of methods of each stage, split at commas."""
        return {stage: split_methods(text) for stage, text in self.methods.items()}

    def open(
        self, source: str | None, code: CodeOptions, output: Path | None = None, **methods: str | None
    ) -> tuple[Questions, TableLike | None]:
        """Return the index, and the table if one is named; refuse an `output` that would replace either.

        A fitted index has no table of its own: if none is named, reading it is an error. A pack has its index and its
        table; its files are in a temporary folder until the command ends.
        """
        # imported when the command runs, so that --help and completion start without polars
        from indicia.data import is_in_partitions
        from indicia.index import index_from_table

        found, table = locate(source, self.config, code)
        place = table if isinstance(table, str | Path) else None
        check_output(output, found and found.value, place, folder=True)
        columns, changes = self.columns.by_role, settings(self.setting)
        for stage, text in self.methods.items():
            if text is not None and f"methodology.{stage}" in changes:
                raise DefinitionError(
                    f"methodology.{stage} is given twice",
                    where=f"--{stage} {text} and --set methodology.{stage}=…",
                    remedy="leave one of them out",
                )
        if found is None:
            if place and is_in_partitions(str(place)):
                raise DefinitionError(
                    f"{table} is a table in partitions, and there is no index file",
                    remedy=f"{table} -c index.toml; indicia init writes an index file for one of its files",
                )
            if self.variant:
                raise DefinitionError(
                    "--variant chooses a variant of an index file, and this is a table",
                    remedy=f"indicia init {table} writes an index file",
                )
            return index_from_table(
                table, settings=changes, methods=methods, plugins=code.plugin, only_plugins=code.only, **columns
            )
        if used := [name for name, value in columns.items() if value]:
            raise DefinitionError(
                f"--{used[0].removesuffix('s')} describes a table; {found.value} is {found.noun}",
                remedy=f"write it in the index file, or --set {_SET.get(used[0], f'data.{used[0]}=…')}",
            )
        opened, data = found.open(code.choices, table)
        opened = opened.variant(self.variant) if self.variant else opened
        if changes or any(methods.values()):
            opened = opened.with_options(settings=changes, **methods)
        if output is not None and data is None and opened.definition.data.path:
            check_output(output, opened.origin.folder / opened.definition.data.path, folder=True)
        return opened, data

    def open_more(self, sources: Iterable[str], code: CodeOptions) -> list[Questions]:
        """Return the indices of more index files and fitted indices."""
        shared = IndexOptions(setting=self.setting, variant=self.variant)
        return [shared._open_file(source, code) for source in sources]

    def _open_file(self, source: str, code: CodeOptions) -> Questions:
        if locate(source, None, code)[0] is None:
            raise DefinitionError(
                f"{source} is a table, not an index file", remedy=f"indicia init {source} writes an index file"
            )
        return self.open(source, code)[0]


_SET = {"indicators": "indicators.NAME.weight=1", "costs": "indicators.NAME.direction=cost"}
"""Examples of `--set` in place of options for tables; the example of other options is `data.NAME=…`."""


def locate(source: str | None, config: Path | None, code: CodeOptions) -> tuple[IndexSource | None, TableLike | None]:
    """Return the index and the table that the arguments name; None for a missing argument."""
    from indicia.catalogue import open_source
    from indicia.data.partition_files import existing
    from indicia.shipped_sources import IndexFile

    if source is None and config is None:
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / "index.toml").is_file():
                return IndexFile(folder / "index.toml"), None
        raise DefinitionError(
            "no index.toml here or in a folder above", remedy="name an index file or a table, or: indicia init TABLE"
        )
    named = None if source is None else open_source(source, code.plugin, code.only)
    if not isinstance(named, IndexSource):
        table = None if named is None else named.value
        if config is None:
            return None, table
        index = open_source(config, code.plugin, code.only)
        # a table in place of an index file is refused where it is read
        return index if isinstance(index, IndexSource) else IndexFile(config), table
    if config is None:
        check_path(named.value)
        return named, None
    if not Path(str(source)).exists():
        names = [path.name for path in Path.cwd().iterdir()]
        raise DataError(f'no file or folder "{source}"', remedy=suggest(str(source), names))
    existing(Path(str(source)))
    raise DefinitionError(f"{source} and {config} cannot both be the index file", remedy="leave one of them out")
