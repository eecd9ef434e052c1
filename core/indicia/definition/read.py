"""Definitions from index files and mappings; the indicators may be in a table."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from indicia.data import is_table
from indicia.definition.aggregates_section import Aggregate
from indicia.definition.attributes_section import Attributes, IndicatorAttributes
from indicia.definition.bands_section import Bands
from indicia.definition.data_section import Data, JoinedTable, Long, Wide
from indicia.definition.indicator_table import IndicatorTable
from indicia.definition.locate import locate
from indicia.definition.model import (
    Definition,
    Dimension,
    Indicator,
    Methodology,
    Missing,
    Reference,
    RowChanges,
    Stages,
    Variant,
    Waiver,
)
from indicia.definition.outside_section import NeighbourPairs, Outside, OutsideVariable
from indicia.definition.publication_section import Publication, Source
from indicia.definition.robustness_section import DataErrors, Robustness, WeightDraws
from indicia.definition.scopes import STATISTICS_STAGES, Scope, StageScopes
from indicia.definition.screening_section import Eligible, Screening
from indicia.definition.weight_table import read_weight_sets
from indicia.errors import DefinitionError, IndiciaError, explain_validation, suggest
from indicia.paths import check_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pydantic_core import ErrorDetails

    from indicia.definition.section import Section
    from indicia.notes import Note

STAGES = ("imputation", "treatment", "normalisation", "weighting", "aggregation")


OPTIONAL = ("imputation", "treatment")
"""The stages that an index may leave out, with "none"."""


@dataclass(frozen=True)
class Origin:
    """The source of a definition, so that an error can name the line of the fault."""

    path: Path | None = None
    toml: str = ""
    options: frozenset[str] = frozenset()
    """The dotted paths of the settings that options have changed."""
    elsewhere: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """The path in the file of each word that a variant or another table has in place of the word of the index."""
    variant: str | None = None
    """The variant that is scored."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """The values that the variant states, by dotted path."""
    indicator_table: IndicatorTable | None = None
    """The table of the indicators, if they are in a table of their own."""
    weights_table: str | None = None
    """The path of the table of the sets of weights, if they are in a table of their own."""
    notes: tuple[Note, ...] = ()
    """Notes on a definition that is proposed for a table without an index file."""

    @cached_property
    def folder(self) -> Path:
        """The folder of relative paths in the definition."""
        return self.path.parent if self.path else Path()

    def where(self, keys: Sequence[object]) -> str | None:
        """Return the file, line and text of a setting; without a file, the dotted path of the setting."""
        dotted = ".".join(str(key) for key in keys)
        if any(f"{dotted}.".startswith(f"{option}.") for option in self.options):
            return f"given as an option: {dotted}"
        path = tuple(map(str, keys))
        for stated, place in self.elsewhere.items():
            if path[: len(stated)] == stated:
                return self._line([*place, *keys[len(stated) :]])
        # a table of which a variant changes some words: the line of the table, and the line in the variant
        below = [place for stated, place in self.elsewhere.items() if len(path) > 1 and stated[: len(path)] == path]
        return "\n".join(dict.fromkeys(filter(None, map(self._line, [keys, *below[:1]])))) or None

    def _line(self, keys: Sequence[object]) -> str | None:
        """Return the place of a setting under the path that the file has for it."""
        if self.indicator_table and (cell := self.indicator_table.where(keys)):
            return cell
        line = locate(self.toml, keys)
        if self.path and line:
            return f"{self.path.name}:{line[0]}   {line[1]}"
        return ".".join(str(key) for key in keys) or None

    def with_stages_from(self, table: str, stages: Iterable[str]) -> Origin:
        """Return the origin of a definition whose choices of these stages stand in another table of the file."""
        places: dict[tuple[str, ...], tuple[str, ...]] = {("methodology", stage): (table, stage) for stage in stages}
        return replace(self, elsewhere={**self.elsewhere, **places})

    def lines(self, *paths: Sequence[object]) -> str | None:
        """Return the places of several settings that contradict each other, one in a line."""
        return "\n".join(dict.fromkeys(filter(None, map(self.where, paths)))) or None

    def locate(self, error: IndiciaError) -> None:
        """Add to an error the line of the word that causes it."""
        if error.word and error.where is None:
            error.where = self.where(error.word)

    @contextmanager
    def located(self) -> Iterator[None]:
        """Add the line of the fault to an error that is raised in the context."""
        try:
            yield
        except IndiciaError as error:
            self.locate(error)
            raise


def _remedy_for_folder(folder: Path) -> str:
    """Return the remedy for a folder without an index file, with a table in the folder if there is one."""
    tables = sorted(file for file in folder.iterdir() if is_table(file.name)) if folder.is_dir() else []
    table = tables[0] if tables else "TABLE"
    return f"indicia init {table} writes one"


def load(path: Path) -> tuple[dict[str, Any], Origin]:
    """Read an index file and the table of its indicators, without checks of the definition."""
    check_path(path)
    try:
        toml = path.read_text(encoding="utf-8-sig")
        raw = tomllib.loads(toml)
    except FileNotFoundError as error:
        files = [file.name for file in path.parent.glob("*.toml")]
        remedy = suggest(path.name, files) or _remedy_for_folder(path.parent)
        raise DefinitionError(f"no such index file: {path}", remedy=remedy) from error
    except OSError as error:
        raise DefinitionError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DefinitionError(f"{path} is not UTF-8 (byte {error.start})", remedy="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(path, toml, error) from error
    except RecursionError as error:
        raise DefinitionError(
            f"{path} is not an index file: lists or tables are nested too deeply",
            remedy="an index file needs no more than a few levels of lists and tables",
        ) from error
    return with_table(raw, Origin(path, toml))


def _toml_error(path: Path, toml: str, error: tomllib.TOMLDecodeError) -> DefinitionError:
    """Return an error with the first line that is not TOML."""
    if path.suffix.lower() != ".toml":
        remedy = "an index file is TOML and ends in .toml; a table ends in .csv, .xlsx, .parquet, …"
        return DefinitionError(f"{path} is neither an index file nor a table", remedy=remedy)
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


def define(raw: Mapping[str, Any], origin: Origin) -> Definition:
    """Check a definition; an error names the line of the first fault."""
    try:
        return Definition.model_validate(raw)
    except ValidationError as error:
        raise _explain(error, raw, origin) from error


def indicators_of(table: object, folder: Path = Path()) -> dict[str, Any]:
    """Return indicators from a mapping, a list of names, or a table with one row for each indicator."""
    if isinstance(table, Mapping):
        return {str(key): spec if isinstance(spec, Mapping) else {"direction": spec} for key, spec in table.items()}
    if isinstance(table, (list, tuple)):
        return {str(name): {} for name in table}
    return dict(IndicatorTable.read(table, folder).specifications)


def _explain(error: ValidationError, raw: Mapping[str, Any], origin: Origin) -> DefinitionError:
    """Return an error for the first fault that pydantic reports."""
    first, *others = error.errors()
    first_path = _path_in(raw, first["loc"])
    # pydantic reports a fault for each form that a value may have; the deepest fault is of the intended form
    forms = [finding for finding in others if _path_in(raw, finding["loc"])[: len(first_path)] == first_path]
    finding = max((first, *forms), key=lambda finding: len(_path_in(raw, finding["loc"])))
    keys = _path_in(raw, finding["loc"])
    name = ".".join(map(str, keys))
    if finding["type"] == "extra_forbidden":
        if len(keys) == 4 and (keys[0], keys[2]) == ("variants", "data") and keys[3] in Data.model_fields:
            return _other_table(keys, origin)
        return DefinitionError(
            f'unknown key "{keys[-1]}" in {".".join(map(str, keys[:-1])) or "the index file"}',
            where=origin.where(keys),
            remedy=suggest(str(keys[-1]), list(_model(keys[:-1]).model_fields)),
        )
    place = finding["loc"][-1]
    if finding["type"] == "too_long" or (finding["type"] == "missing" and isinstance(place, int)):
        return DefinitionError(
            f"{name} must be two numbers", where=origin.where(keys), remedy=f"{keys[-1]} = [from, to]"
        )
    if finding["type"] == "missing":
        word = str(place)
        remedy = "add [indicators], one line each" if word == "indicators" else None
        return DefinitionError(
            f"{name or 'the index file'} does not say {word}", where=origin.where(keys), remedy=remedy
        )
    if place != keys[-1] and place in _model(keys).model_fields:  # a parameter of a method: skip(minimum_share=2)
        name, words = f"{name}.{place}", [*keys, place]
    else:
        words = keys
    fault, remedy = explain_validation(finding)
    if finding is first and first["type"] != "literal_error":
        fault += "".join(f" or {form['ctx']['expected']}" for form in forms if form["type"] == "literal_error")
    if remedy and remedy.startswith("["):
        remedy = f"{keys[-1]} = {remedy}"
    where = _contradictory_lines(raw, keys, fault, origin) if finding["type"] == "value_error" else None
    return DefinitionError(
        f"{name}{fault}", where=where or origin.where(keys), remedy=remedy or _within_limits(finding, words)
    )


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


def _within_limits(finding: ErrorDetails, keys: Sequence[int | str]) -> str | None:
    """Return a remedy for a number beyond its limits: the limit, and the default."""
    limits = {"ge": "{:g}, or more", "gt": "a number above {:g}", "le": "{:g}, or less", "lt": "a number below {:g}"}
    limit = next(
        (words.format(value) for key, value in finding.get("ctx", {}).items() if (words := limits.get(key))), None
    )
    if limit is None or not keys:
        return None
    field = _model(keys[:-1]).model_fields.get(str(keys[-1]))
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


def _model(keys: Sequence[object]) -> type[Section]:
    """Return the class of a table of the index file."""
    tables: dict[str, type[Section]] = {
        "data": Data,
        "dimensions": Dimension,
        "indicators": Indicator,
        "methodology": Methodology,
        "eligible": Eligible,
        "bands": Bands,
        "aggregates": Aggregate,
        "reference": Reference,
        "variants": Variant,
        "waivers": Waiver,
        "publication": Publication,
        "sources": Source,
        "levels": Stages,
        "missing": Missing,
        "screening": Screening,
        "robustness": Robustness,
        "statistics": StageScopes,
        "weights": Scope,
        "joins": JoinedTable,
        "outside": Outside,
        "variables": OutsideVariable,
        "neighbours": NeighbourPairs,
        "attributes": IndicatorAttributes if "indicators" in keys else Attributes,
        "wide": Wide,
        "long": Long,
    }
    if "variants" in keys:
        tables["data"] = RowChanges
    if "robustness" in keys:
        tables |= {"weights": WeightDraws, "data": DataErrors}
    if "statistics" in keys:
        tables |= dict.fromkeys(STATISTICS_STAGES, Scope)
    return next((tables[str(key)] for key in reversed(keys) if key in tables), Definition)
