"""The options that commands share, and what they mean to the library."""

from __future__ import annotations

import ast
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from indicia.cli import loading
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from indicia.index import Index

TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".parquet", ".json", ".ndjson", ".jsonl", ".xlsx")


def names(kind: str) -> Callable[[str], list[str]]:
    """Return what completes the names of the methods of a kind."""

    def complete(incomplete: str) -> list[str]:
        from indicia.catalogue import installed

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [name for name in installed().names(kind) if name.startswith(incomplete)]

    return complete


def every_name(incomplete: str) -> list[str]:
    """Complete the name of a method of any kind."""
    from indicia.catalogue import KINDS

    return sorted({name for kind in KINDS for name in names(kind.name)(incomplete)})


def every_kind(incomplete: str) -> list[str]:
    """Complete a kind of method."""
    from indicia.catalogue import KINDS

    return [kind.name for kind in KINDS if kind.name.startswith(incomplete)]


def every_plugin(incomplete: str) -> list[str]:
    """Complete the name of a plugin."""
    from indicia.catalogue import inventory

    found = inventory.plugins()
    return sorted({name for one in found for name in (one.distribution, one.name) if name.startswith(incomplete)})


Source = Annotated[
    str | None,
    typer.Argument(
        metavar="[INDEX|TABLE]", help='Index file or table; "-" is standard input. Default: the nearest index.toml.'
    ),
]
Config = Annotated[Path | None, typer.Option("--config", "-c", help="Index file, where the first argument is a table.")]
Imputation = Annotated[
    str | None,
    typer.Option("--imputation", "-i", help="Such as \"mean(within='region')\".", autocompletion=names("imputation")),
]
Treatment = Annotated[
    str | None,
    typer.Option("--treatment", "-t", help='Such as "winsorise(points=5)".', autocompletion=names("treatment")),
]
Normalisation = Annotated[
    str | None,
    typer.Option(
        "--normalisation", "-n", help='Such as "min_max(lower=1, upper=100)".', autocompletion=names("normalisation")
    ),
]
Weighting = Annotated[
    str | None, typer.Option("--weighting", "-w", help="Such as entropy.", autocompletion=names("weighting"))
]
Aggregation = Annotated[
    str | None, typer.Option("--aggregation", "-a", help="Such as geometric.", autocompletion=names("aggregation"))
]
Settings = Annotated[
    list[str], typer.Option("--set", metavar="KEY=VALUE", help="Set a word of the index file: indicators.gdp.weight=2.")
]
Variant = Annotated[str | None, typer.Option("--variant", help="One of the [variants] of the index file.")]
Plugins = Annotated[list[Path], typer.Option("--plugin", help="A file of methods. Loading it runs its code.")]
Unit = Annotated[str | None, typer.Option("--unit", help="Table: the column that names the units.")]
Label = Annotated[str | None, typer.Option("--label", help="Table: a column that names units for readers.")]
Period = Annotated[str | None, typer.Option("--period", help="Table: the column of the period (a panel).")]
Groups = Annotated[list[str], typer.Option("--group", help="Table: a column that groups units.")]
Indicators = Annotated[
    list[str], typer.Option("--indicator", help="Table: a column to use; default: all with numbers.")
]
Costs = Annotated[list[str], typer.Option("--cost", help="Table: an indicator of which less is better.")]
Shown = Annotated[
    Literal[
        "scores",
        "ranks",
        "normalised",
        "weights",
        "contributions",
        "prepared",
        "cells",
        "left_out",
        "trends",
        "details",
    ],
    typer.Option("--show", help="What to print or write."),
]
Format = Annotated[
    str | None, typer.Option("--format", "-f", help="table, csv, tsv, json, ndjson, md, latex, html, xlsx or parquet.")
]
Language = Annotated[str | None, typer.Option("--lang", help="Language of names, where the index file has several.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file; the ending says the format.")]


def settings(texts: Iterable[str]) -> dict[str, Any]:
    """Read `key=value` texts; values are numbers, true, false, lists, tables, or else words.

    >>> settings(["indicators.gdp.weight=2", "methodology.constant=drop"])
    {'indicators.gdp.weight': 2, 'methodology.constant': 'drop'}
    """
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise DefinitionError(f'cannot read --set "{text}"', remedy="write --set indicators.gdp.weight=2")
        found[key.strip()] = _value(value.strip())
    return found


def listed(text: str | None) -> list[str] | None:
    """Read methods with commas between them; those in brackets or quotes belong to a method.

    >>> listed("arithmetic,generalised(p=0.5, q=1)")
    ['arithmetic', 'generalised(p=0.5, q=1)']
    """
    if text is None:
        return None
    found, depth, quote = [""], 0, ""
    for mark in text:
        if quote or mark in "'\"":
            quote = "" if mark == quote else quote or mark
        else:
            depth += (mark in "([{") - (mark in ")]}")
        if mark == "," and not depth and not quote:
            found.append("")
        else:
            found[-1] += mark
    return [one for part in found if (one := part.strip())]


def _value(text: str) -> object:
    words = {"true": True, "false": False}
    if text in words:
        return words[text]
    for read in (ast.literal_eval, lambda written: tomllib.loads(f"value = {written}")["value"]):
        try:
            return read(text)
        except (SyntaxError, ValueError):
            continue
    return text


def find(source: str | None, config: Path | None) -> tuple[Path | None, str | None]:
    """Return the index file and the table that the arguments name, either of which may be missing."""
    if source is None and config is None:
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / "index.toml").is_file():
                return folder / "index.toml", None
        raise DefinitionError(
            "no index.toml here or in a folder above", remedy="name an index file or a table, or: indicia init TABLE"
        )
    if source is None or source.partition("#")[0].lower().endswith(TABLE_ENDINGS) or source == "-":
        return config, source
    if config is not None:
        raise DefinitionError(f"{source} and {config} cannot both be the index file")
    path = Path(source)
    return path / "index.toml" if path.is_dir() else path, None


def open_index(
    source: str | None,
    config: Path | None,
    plugins: list[Path],
    *,
    table_options: dict[str, Any],
    variant: str | None,
    settings: dict[str, Any],
    **methods: str | None,
) -> tuple[Index, object]:
    """Return the index that the arguments mean, and the table where it is not the index file's own."""
    from indicia import index

    path, table = find(source, config)
    if path is None:
        found, frame = index.of(table, plugins=plugins, only_plugins=loading.of(plugins).only, **table_options)
        return found.with_options(settings=settings, **methods), frame
    if used := [name for name, value in table_options.items() if value]:
        raise DefinitionError(
            f"--{used[0].removesuffix('s')} describes a table; {path} is an index file",
            remedy="say it in the index file",
        )
    code = loading.of(plugins)
    found = index.read(path, plugins, allow_code=code.allowed, only_plugins=code.only)
    found = found.with_options(settings=settings, **methods)
    return found.variant(variant) if variant else found, table


def open_files(
    sources: Iterable[str], plugins: list[Path], *, variant: str | None, settings: dict[str, Any]
) -> list[Index]:
    """Return the indices of several index files."""
    found = []
    for source in sources:
        if find(source, None)[0] is None:
            raise DefinitionError(f"{source} is no index file", remedy=f"indicia init {source} writes one")
        found.append(open_index(source, None, plugins, table_options={}, variant=variant, settings=settings)[0])
    return found
