"""Index files, read and checked: the definition, or an error that names file, line and remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError

from indicia.catalogue import Catalogue, installed
from indicia.catalogue.hookspecs import FILE_SECTIONS
from indicia.data import is_table, read_table
from indicia.definition.data_section import Data
from indicia.definition.file_sections import model_of
from indicia.definition.model import Definition
from indicia.definition.origin import IndicatorTable, Origin
from indicia.definition.section import Section, StatedSections
from indicia.errors import DefinitionError, PluginError, explain_validation, join_names, suggest, with_article
from indicia.paths import check_path

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def explain_faults(
    error: ValidationError, raw: Mapping[str, Any], origin: Origin, file: type[Section] = Definition
) -> DefinitionError:
    """Return an error for the first fault that pydantic reports; `file` is the class of the file as a whole."""
    first, *others = error.errors()
    first_path = _path_in(raw, first["loc"])
    # pydantic reports a fault for each form that a value may have; the deepest fault is of the intended form
    forms = [finding for finding in others if _path_in(raw, finding["loc"])[: len(first_path)] == first_path]
    finding = max((first, *forms), key=lambda finding: len(_path_in(raw, finding["loc"])))
    keys = _path_in(raw, finding["loc"])
    name = ".".join(map(str, keys))
    if finding["type"] == "extra_forbidden":
        return _unknown_key(keys, origin, file)
    place = finding["loc"][-1]
    if finding["type"] == "too_long" or (finding["type"] == "missing" and isinstance(place, int)):
        return DefinitionError(
            f"{name} must be two numbers", where=origin.where(keys), remedy=f"{keys[-1]} = [from, to]"
        )
    if finding["type"] == "missing":
        addition = "add [indicators], one line each" if place == "indicators" else f"add {place} = …"
        what = f"{name or 'the index file'} does not say {place}"
        return DefinitionError(what, where=origin.where(keys), remedy=addition)
    # a parameter of a method: skip(minimum_share=2)
    if place != keys[-1] and place in _section_of(keys, file).model_fields:
        name, words = f"{name}.{place}", [*keys, place]
    else:
        words = keys
    fault, remedy = explain_validation(finding)
    if finding is first and first["type"] != "literal_error":
        fault += "".join(f" or {form['ctx']['expected']}" for form in forms if form["type"] == "literal_error")
    if finding["type"] in ("model_type", "list_type", "tuple_type") and len(keys) == 1:
        remedy = remedy or _brackets(str(keys[0]), finding["input"])
    if remedy and remedy.startswith("["):
        remedy = f"{keys[-1]} = {remedy}"
    where = _contradictory_lines(raw, keys, fault, origin) if finding["type"] == "value_error" else None
    return DefinitionError(
        f"{name}{fault}", where=where or origin.where(keys), remedy=remedy or _within_limits(finding, words, file)
    )


def _brackets(section: str, value: object) -> str | None:
    """Return the heading of a section that the file writes as the other kind of section."""
    if isinstance(value, Mapping):
        return f"write the heading with two brackets: [[{section}]]"
    return f"write one section, [{section}]" if isinstance(value, list) else None


def _unknown_key(keys: Sequence[int | str], origin: Origin, file: type[Section]) -> DefinitionError:
    if len(keys) == 4 and (keys[0], keys[2]) == ("variants", "data") and keys[3] in Data.model_fields:
        return _other_table(keys, origin)
    table = ".".join(map(str, keys[:-1])) or ("the index file" if _is_index(file) else "the file")
    return DefinitionError(
        f'unknown key "{keys[-1]}" in {table}',
        where=origin.where(keys),
        remedy=_remedy_for_key(str(keys[-1]), keys[:-1], file),
    )


def unknown_section(name: str, origin: Origin, offered: Collection[str], left_out: Collection[str]) -> DefinitionError:
    """Return the error for a section that neither the core nor a plugin has; `left_out` are plugins not in use."""
    remedy = _remedy_for_key(name, (), Definition, offered)
    if left_out and not (remedy or "").startswith("did"):
        remedy = f"if it is a section of {join_names(left_out)}, leave out --no-plugins or --only-plugins"
    return DefinitionError(f'unknown key "{name}" in the index file', where=origin.where([name]), remedy=remedy)


def _is_index(file: type[Section]) -> bool:
    """Return True for models of an index file, not of another file with sections."""
    return issubclass(file, Definition | StatedSections)


_COUNTERPARTS = {("dimensions", "dimension"): "parent", ("indicators", "parent"): "dimension"}
"""The key of a table that means what a key of another table means."""
_METHODOLOGICAL = ("data", "dimensions", "indicators", "screening", "methodology", "eligible", "bands")
"""The tables whose keys are suggested in place of the same key in another table."""


def _remedy_for_key(
    key: str, place: Sequence[int | str], file: type[Section], further: Iterable[str] = ()
) -> str | None:
    """Return the remedy for an unknown key: the right key of the table, or the table to which the key belongs."""
    known = [*_section_of(place, file).model_fields, *further]
    for (table, name), word in _COUNTERPARTS.items():
        if name == key and table in place and word in known:
            return f'did you mean "{word}"?'
    if _is_index(file) and not get_close_matches(key, known, n=1, cutoff=0.85):
        if place and (inside := _tables_with(key, _section_of(place, file))):
            return f"write {' or '.join(f'{name}.{key}' for name in inside)}"
        if owners := [f"[{name}]" for name in _tables_with(key, Definition) if name in _METHODOLOGICAL]:
            return f"write it in {' or '.join(owners)}"
    return suggest(key, known)


def _contradictory_lines(raw: Any, keys: Sequence[int | str], fault: str, origin: Origin) -> str | None:
    """Return the lines of the keys of a table that its fault names, since keys may contradict each other."""
    table = raw
    for key in keys:
        table = table[key]
    if not isinstance(table, Mapping):
        return None
    named = [word for word in table if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", fault)]
    return origin.lines(*([*keys, word] for word in named)) if named else None


def _other_table(keys: Sequence[object], origin: Origin) -> DefinitionError:
    """Return the error for a variant with words of [data] that decide which units there are."""
    return DefinitionError(
        f'variant "{keys[1]}" changes {keys[3]} of [data], and all variants score the units of one table',
        where=origin.lines(keys, ["data", keys[3]]),
        remedy="write another index file with its own [data], and compare the two files",
    )


def _within_limits(finding: ErrorDetails, keys: Sequence[int | str], file: type[Section]) -> str | None:
    """Return a remedy for a number beyond its limits: the limit, and the default."""
    limits = {"ge": "{:g}, or more", "gt": "a number above {:g}", "le": "{:g}, or less", "lt": "a number below {:g}"}
    limit = next(
        (words.format(value) for key, value in finding.get("ctx", {}).items() if (words := limits.get(key))), None
    )
    if limit is None or not keys:
        return None
    field = _section_of(keys[:-1], file).model_fields.get(str(keys[-1]))
    default = field.default if field is not None and type(field.default) in (int, float) else None
    return f"{keys[-1]} = {limit}" + ("" if default is None else f"; the default is {default:_g}")


def _path_in(raw: Any, loc: Sequence[int | str]) -> list[int | str]:
    """Return the keys of a path that exist in the file; pydantic adds names for the members of unions."""
    path: list[int | str] = []
    for key in loc:
        try:
            raw = raw[key]
        except (KeyError, IndexError, TypeError):
            continue
        path.append(key)
    return path


def _section_of(keys: Sequence[object], file: type[Section]) -> type[Section]:
    """Return the class of the innermost table of a file that keys lead to, by the types of fields."""
    section, kind = file, file
    for key in keys:
        kind = _type_within(kind, key)
        section = next(iter(_sections(kind)), section)
    return section


def _type_within(kind: Any, key: object) -> Any:
    """Return the type of a value by its key in a table, a mapping or a list; None for other values."""
    if isinstance(kind, type) and issubclass(kind, Section):
        field = kind.model_fields.get(str(key))
        return field.annotation if field is not None else None
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return arguments[1]
    if get_origin(kind) in (tuple, list):
        return arguments[0]
    within = (_type_within(member, key) for member in arguments if get_origin(kind) in _ALTERNATIVES)
    return next((member for member in within if member is not None), None)


_ALTERNATIVES = (Union, UnionType, Annotated)


def _sections(kind: Any) -> Iterator[type[Section]]:
    """Yield the classes of tables among the alternatives of a type."""
    if isinstance(kind, type) and issubclass(kind, Section):
        yield kind
    for member in get_args(kind) if get_origin(kind) in _ALTERNATIVES else ():
        yield from _sections(member)


def _tables_with(key: str, section: type[Section]) -> list[str]:
    """Return the fields of a section that are tables, or hold tables by name or in a list, with this key."""
    kinds = {name: field.annotation for name, field in section.model_fields.items()}
    tables = {name: [*_sections(kind), *_sections(_type_within(kind, ""))] for name, kind in kinds.items()}
    return [name for name, classes in tables.items() if any(key in table.model_fields for table in classes)]


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


_NAMES = ("id", "name", "column")
"""The columns of a table of weights that may name the indicators and dimensions, the first of them that it has."""


def read_weight_sets(source: str, folder: Path = Path()) -> dict[str, dict[str, float]]:
    """Return the sets of a table that has a row for each indicator or dimension, and a column for each set."""
    frame = read_table(source, folder=folder)
    key = next((column for column in _NAMES if column in frame.columns), None)
    sets = [column for column in frame.columns if column != key]
    if key is None or not sets:
        raise DefinitionError(
            "the table of weights needs a column of names and a column for each set",
            where=f"{source}: columns {join_names(frame.columns, 30)}",
            remedy="name the first column name, and each other column like its set: name, experts, citizens",
        )
    weights: dict[str, dict[str, float]] = {name: {} for name in sets}
    rows: dict[str, int] = {}
    for number, row in enumerate(frame.iter_rows(named=True), start=2):
        part = str(row[key] or "").strip()
        if not part or part in rows:
            raise DefinitionError(
                f"the table of weights: row {number} "
                + (f'has "{part}", as row {rows[part]} has' if part else "has no name"),
                where=f'{source}: row {number}, column "{key}"',
                remedy="one row for each indicator or dimension",
            )
        rows[part] = number
        for name in sets:
            if row[name] in (None, ""):
                continue
            weights[name][part] = _weight(row[name], f'{source}: row {number} ({part}), column "{name}": {row[name]}')
    return weights


def _weight(cell: object, where: str) -> float:
    try:
        weight = float(str(cell))
    except ValueError:
        weight = -1.0
    if not 0 <= weight < float("inf"):
        raise DefinitionError(
            f"the table of weights has {cell!r}, which is no weight",
            where=where,
            remedy="a number that is 0 or more; an empty cell leaves the part out of the set",
        )
    return weight
