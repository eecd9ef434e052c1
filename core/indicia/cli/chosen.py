"""What a command works on, and what code it may run: options of most commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from indicia.cli import options as o
from indicia.cli.options import check_output, listed, names, settings
from indicia.errors import DefinitionError
from indicia.paths import check_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.index import Index


PluginFiles = Annotated[list[Path], typer.Option("--plugin", help="A file of methods. Loading it runs its code.")]


@dataclass(frozen=True)
class Plugins:
    """The plugins that a command looks at."""

    plugin: PluginFiles = field(default_factory=list)
    no_plugins: Annotated[bool, typer.Option("--no-plugins", help="Look at no installed plugin but Indicia's own.")] = (
        False
    )
    only_plugins: Annotated[
        str | None, typer.Option("--only-plugins", metavar="A,B", help="Look at these installed plugins alone.")
    ] = None

    @property
    def only(self) -> list[str] | None:
        """The installed plugins that are looked at beside Indicia's own; None for all of them."""
        if self.no_plugins and self.only_plugins is not None:
            raise DefinitionError(
                "--no-plugins and --only-plugins cannot both be meant", remedy="leave out one of them"
            )
        return [] if self.no_plugins else None if self.only_plugins is None else self.only_plugins.split(",")


@dataclass(frozen=True)
class Code(Plugins):
    """The plugins that a command looks at, those of an index file among them."""

    allow_code: Annotated[
        bool, typer.Option("--allow-code", help="Load the plugin files that the index file names: it runs their code.")
    ] = False


@dataclass(frozen=True)
class Columns:
    """What the columns of a table are, where no index file says it."""

    unit: Annotated[str | None, typer.Option("--unit", help="Table: the column that names the units.")] = None
    label: Annotated[str | None, typer.Option("--label", help="Table: a column that names units for readers.")] = None
    period: Annotated[str | None, typer.Option("--period", help="Table: the column of the period (a panel).")] = None
    group: Annotated[list[str], typer.Option("--group", help="Table: a column that groups units.")] = field(
        default_factory=list
    )
    indicator: Annotated[
        list[str],
        typer.Option("--indicator", help="Table: a column to use; default: all with numbers but codes and ranks."),
    ] = field(default_factory=list)
    cost: Annotated[list[str], typer.Option("--cost", help="Table: an indicator of which less is better.")] = field(
        default_factory=list
    )

    encoding: o.Encoding = None

    @property
    def named(self) -> dict[str, Any]:
        """The columns, by what they are."""
        return {
            "unit": self.unit,
            "label": self.label,
            "period": self.period,
            "groups": self.group,
            "indicators": self.indicator or None,
            "costs": self.cost,
            "encoding": self.encoding,
        }


@dataclass(frozen=True)
class Chosen:
    """What is chosen for the index, or the table, that a command works on."""

    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Index file, where the first argument is a table.")
    ] = None
    imputation: Annotated[
        str | None,
        typer.Option(
            "--imputation", "-i", help="Such as \"mean(within='region')\".", autocompletion=names("imputation")
        ),
    ] = None
    treatment: Annotated[
        str | None,
        typer.Option("--treatment", "-t", help='Such as "winsorise(points=5)".', autocompletion=names("treatment")),
    ] = None
    normalisation: Annotated[
        str | None,
        typer.Option(
            "--normalisation",
            "-n",
            help='Such as "min_max(lower=1, upper=100)".',
            autocompletion=names("normalisation"),
        ),
    ] = None
    weighting: Annotated[
        str | None, typer.Option("--weighting", "-w", help="Such as entropy.", autocompletion=names("weighting"))
    ] = None
    aggregation: Annotated[
        str | None, typer.Option("--aggregation", "-a", help="Such as geometric.", autocompletion=names("aggregation"))
    ] = None
    setting: Annotated[
        list[str],
        typer.Option("--set", metavar="KEY=VALUE", help="Set a word of the index file: indicators.gdp.weight=2."),
    ] = field(default_factory=list)
    variant: Annotated[str | None, typer.Option("--variant", help="One of the [variants] of the index file.")] = None
    columns: Columns = field(default_factory=Columns)

    @property
    def methods(self) -> dict[str, str | None]:
        """The method of each stage."""
        return {
            "imputation": self.imputation,
            "treatment": self.treatment,
            "normalisation": self.normalisation,
            "weighting": self.weighting,
            "aggregation": self.aggregation,
        }

    @property
    def alternatives(self) -> dict[str, list[str] | None]:
        """The methods of each stage, where commas list several."""
        return {stage: listed(text) for stage, text in self.methods.items()}

    def open(
        self, source: str | None, code: Code, output: Path | None = None, **methods: str | None
    ) -> tuple[Index, object]:
        """Return the index, and the table where it is not the index file's own; neither may be the `output`."""
        # imported when the command runs, so that --help and completion start without polars
        from indicia import index

        path, table = _found(source, self.config)
        check_output(output, path, table)
        about, said = self.columns.named, settings(self.setting)
        if path is None:
            if self.variant:
                raise DefinitionError(
                    "--variant chooses one of an index file", remedy=f"indicia init {table} writes one"
                )
            about |= {argument: _words(argument, said.pop(word)) for word, argument in _READ.items() if word in said}
            found, frame = index.of(table, plugins=code.plugin, only_plugins=code.only, **about)
            return found.with_options(settings=said, **methods), frame
        if used := [name for name, value in about.items() if value]:
            raise DefinitionError(
                f"--{used[0].removesuffix('s')} describes a table; {path} is an index file",
                remedy=f"say it in the index file, or --set {_SET.get(used[0], f'data.{used[0]}=…')}",
            )
        found = index.read(path, code.plugin, allow_code=code.allow_code, only_plugins=code.only)
        found = found.variant(self.variant) if self.variant else found
        found = found.with_options(settings=said, **methods)
        if output is not None and table is None and found.definition.data.path:
            check_output(output, path.parent / found.definition.data.path)
        return found, table

    def open_more(self, sources: Iterable[str], code: Code) -> list[Index]:
        """Return the indices of more index files."""
        alike = Chosen(setting=self.setting, variant=self.variant)
        return [alike._of_file(source, code) for source in sources]

    def _of_file(self, source: str, code: Code) -> Index:
        if _found(source, None)[0] is None:
            raise DefinitionError(f"{source} is no index file", remedy=f"indicia init {source} writes one")
        return self.open(source, code)[0]


_READ = {f"data.{word}": word for word in ("unit", "label", "period", "groups", "encoding")} | {"data.missing": "marks"}
"""What is said by which word of an index file before a table is looked at."""
_SEVERAL = ("groups", "marks")
_SET = {"indicators": "indicators.NAME.weight=1", "costs": "indicators.NAME.direction=cost"}


def _words(argument: str, value: object) -> str | list[str]:
    if argument not in _SEVERAL:
        return str(value)
    return [str(one) for one in (value if isinstance(value, (list, tuple)) else [value])]


def _found(source: str | None, config: Path | None) -> tuple[Path | None, str | None]:
    """Return the index file and the table that the arguments name, either of which may be missing."""
    from indicia.data import is_table

    if source is None and config is None:
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / "index.toml").is_file():
                return folder / "index.toml", None
        raise DefinitionError(
            "no index.toml here or in a folder above", remedy="name an index file or a table, or: indicia init TABLE"
        )
    if source is None or is_table(source.partition("#")[0]) or source == "-":
        return config, source
    if config is not None:
        raise DefinitionError(f"{source} and {config} cannot both be the index file")
    path = Path(source)
    check_path(path)
    return path / "index.toml" if path.is_dir() else path, None
