"""Definitions from index files and mappings; the indicators may be in a table."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from indicia.catalogue import installed
from indicia.catalogue.hookspecs import FILE_SECTIONS
from indicia.data import is_table
from indicia.definition.faults import explain_faults, unknown_section
from indicia.definition.indicator_table import IndicatorTable
from indicia.definition.model import Definition
from indicia.definition.origin import Origin
from indicia.definition.weight_table import read_weight_sets
from indicia.errors import DefinitionError, PluginError, suggest, with_article
from indicia.paths import check_path

if TYPE_CHECKING:
    from indicia.catalogue import Catalogue
    from indicia.definition.section import Section


def _remedy_for_folder(folder: Path) -> str:
    """Return the remedy for a folder without an index file, with a table in the folder if there is one."""
    tables = sorted(file for file in folder.iterdir() if is_table(file.name)) if folder.is_dir() else []
    table = tables[0] if tables else "TABLE"
    return f"indicia init {table} writes one"


def load(path: Path) -> tuple[dict[str, Any], Origin]:
    """Read an index file and the table of its indicators, without checks of the definition."""
    raw, toml = read_toml(path, "index file", _remedy_for_folder)
    return with_table(raw, Origin(path, toml))


def read_toml(
    path: Path, noun: str, remedy_for_folder: Callable[[Path], str] | None = None
) -> tuple[dict[str, Any], str]:
    """Return the content and the text of a TOML file; `noun` names its kind in errors."""
    check_path(path)
    try:
        toml = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(toml), toml
    except FileNotFoundError as error:
        files = [file.name for file in path.parent.glob("*.toml")]
        remedy = suggest(path.name, files) or (remedy_for_folder(path.parent) if remedy_for_folder else None)
        raise DefinitionError(f"no such {noun}: {path}", remedy=remedy) from error
    except OSError as error:
        raise DefinitionError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{path} is not UTF-8 (byte {error.start})", remedy="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(path, toml, error) from error
    except RecursionError as error:
        raise DefinitionError(
            f"{path} is not {with_article(noun)}: lists or tables are nested too deeply",
            remedy=f"{with_article(noun)} needs no more than a few levels of lists and tables",
        ) from error


def _toml_error(path: Path, toml: str, error: tomllib.TOMLDecodeError) -> DefinitionError:
    """Return an error with the first line that is not TOML."""
    if path.suffix.lower() != ".toml":
        remedy = "an index file is TOML and ends in .toml; a table ends in .csv, .xlsx, .parquet, …"
        return DefinitionError(f"{path} is no index file", remedy=remedy)
    lines, position = toml.splitlines(), re.search(r"at line (\d+)", str(error))
    number = int(position[1]) if position else len(lines)
    where = f"{path.name}:{number}   {lines[number - 1].strip()}" if 0 < number <= len(lines) else None
    twice = "overwrite" in str(error) or "twice" in str(error)
    remedy = "write each word once" if twice else "put texts in quotes and lists in [ ]; write words and signs in ASCII"
    return DefinitionError(f"{path} is not TOML: {error}", where=where, remedy=remedy)


def with_table(raw: Mapping[str, Any], origin: Origin) -> tuple[dict[str, Any], Origin]:
    """Return a definition with the indicators and weights of the tables that it names, and the origin of all."""
    if isinstance(weights := raw.get("weights"), str):
        raw = {**raw, "weights": read_weight_sets(weights, origin.folder)}
        origin = replace(origin, weights_table=weights)
    path = raw.get("indicators")
    if not isinstance(path, str):
        return dict(raw), origin
    table = IndicatorTable.read(path, origin.folder)
    return {**raw, "indicators": dict(table.specifications)}, replace(origin, indicator_table=table)


def define(raw: Mapping[str, Any], origin: Origin, catalogue: Catalogue | None = None) -> Definition:
    """Check a definition; an error names the line of the first fault.

    Parameters
    ----------
    raw, origin
        The sections by name, and their file.
    catalogue
        The catalogue with the sections of plugins (default: that of all installed plugins).
    """
    file: type[Section] = Definition
    of_plugins = {name: table for name, table in raw.items() if name not in Definition.model_fields}
    try:
        definition = Definition.model_validate({name: raw[name] for name in raw if name not in of_plugins})
        if not of_plugins:
            return definition
        from indicia.definition.file_sections import model_of  # imported here, since many files state none

        catalogue = catalogue or installed(kinds=())
        offers = catalogue.offered(FILE_SECTIONS)
        if unknown := next((name for name in of_plugins if name not in offers), None):
            raise unknown_section(unknown, origin, offers, catalogue.left_out())
        if taken := next((offer for name, offer in offers.items() if name in Definition.model_fields), None):
            raise PluginError(f"plugin {taken.plugin} offers [{taken.name}], and the core has this section")
        file = model_of([offers[name] for name in of_plugins], origin)
        stated = file.model_validate(of_plugins)
    except ValidationError as error:
        raise explain_faults(error, raw, origin, file) from error
    return definition.with_sections({name: getattr(stated, name) for name in of_plugins})


def indicators_of(table: object, folder: Path = Path()) -> dict[str, Any]:
    """Return indicators from a mapping, a list of names, or a table with one row for each indicator."""
    if isinstance(table, Mapping):
        return {str(key): spec if isinstance(spec, Mapping) else {"direction": spec} for key, spec in table.items()}
    if isinstance(table, (list, tuple)):
        return {str(name): {} for name in table}
    return dict(IndicatorTable.read(table, folder).specifications)
