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
from indicia.definition.bands_section import RANK, SCORE, Bands
from indicia.definition.data_section import Data, JoinedTable, Long, Wide
from indicia.definition.indicator_table import IndicatorTable
from indicia.definition.locate import locate
from indicia.definition.model import (
    Definition,
    Dimension,
    Eligible,
    Indicator,
    Methodology,
    Missing,
    Reference,
    Screening,
    Stages,
    Variant,
    Waiver,
)
from indicia.definition.outside_section import NeighbourPairs, Outside, OutsideVariable
from indicia.definition.robustness_section import DataErrors, Robustness, WeightDraws
from indicia.definition.scopes import STATISTICS_STAGES, Scope, StageScopes
from indicia.errors import DefinitionError, IndiciaError, explain_validation, suggest
from indicia.paths import check_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The table of a variant for each word that the variant has in place of `[methodology]`."""
    indicator_table: IndicatorTable | None = None
    """The table of the indicators, if they are in a table of their own."""
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
        if len(keys) > 1 and keys[0] == "methodology" and (table := self.elsewhere.get(str(keys[1]))):
            keys = [*table, *keys[1:]]
            dotted = ".".join(str(key) for key in keys)
        if self.indicator_table and (cell := self.indicator_table.where(keys)):
            return cell
        line = locate(self.toml, keys)
        if self.path and line:
            return f"{self.path.name}:{line[0]}   {line[1]}"
        return dotted or None

    def of_variant(self, raw: Mapping[str, Any], name: str) -> Origin:
        """Return the origin of the definition with the methodology of a variant."""
        return replace(self, elsewhere=dict.fromkeys(_variant_table(raw, name), ("variants", name)))

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
    """Return a definition with the indicators of its table, if `indicators` names a file, and the origin of both."""
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


def with_options(
    raw: Mapping[str, Any], variant: str | None = None, /, settings: Mapping[str, Any] | None = None, **choices: object
) -> dict[str, Any]:
    """Return a definition with other choices by stage, and with `settings` by dotted path.

    A choice for a stage replaces the choices of the methodology and of its levels, but not the choices of single nodes
    and indicators. A word in the table of the `variant` is replaced there.

    >>> with_options({"indicators": {"gdp": {}}}, settings={"indicators.gdp.weight": 2})
    {'indicators': {'gdp': {'weight': 2}}, 'methodology': {}}
    """
    changed = _copy(raw)
    methodology, variant_table = changed.setdefault("methodology", {}), _variant_table(changed, variant)
    if not isinstance(methodology, dict):
        return changed  # `define` refuses it and names the line
    for stage, choice in choices.items():
        if stage not in STAGES:
            raise DefinitionError(f'"{stage}" is no stage of an index', remedy=suggest(stage, STAGES))
        if choice is not None:
            (variant_table if stage in variant_table else methodology)[stage] = choice
            for level in (*_levels(methodology), *_levels(variant_table)):
                level.pop(stage, None)
    for dotted, value in (settings or {}).items():
        *tables, last = dotted.split(".")
        if tables[:1] == ["methodology"] and [*tables, last][1] in variant_table:
            tables[:1] = ["variants", str(variant)]
        table = changed
        for key in tables:
            table = table.setdefault(key, {})
            if not isinstance(table, dict):
                raise DefinitionError(f'cannot set "{dotted}": "{key}" is not a table')
        table[last] = value
    return changed


def _levels(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    levels = table.get("levels")
    return [level for level in levels if isinstance(level, dict)] if isinstance(levels, list) else []


def _variant_table(raw: Mapping[str, Any], variant: str | None) -> dict[str, Any]:
    """Return the table of a variant; an empty table if the definition has no such variant."""
    variants = raw.get("variants")
    table = variants.get(variant) if isinstance(variants, Mapping) else None
    return table if isinstance(table, dict) else {}


def with_choices(definition: Definition, choices: Mapping[str, Any]) -> Definition:
    """Return a definition with other choices by stage, in its methodology and in all levels."""
    if not choices:
        return definition
    unset = dict.fromkeys(choices)
    levels = tuple(level.model_copy(update=unset) for level in definition.methodology.levels)
    methodology = definition.methodology.model_copy(update={**choices, "levels": levels})
    return definition.model_copy(update={"methodology": methodology})


def variant(definition: Definition, name: str, origin: Origin) -> Definition:
    """Return the index with the methodology of one of its variants."""
    if name not in definition.variants:
        raise DefinitionError(
            f'unknown variant "{name}"',
            where=origin.where(["variants"]),
            remedy=suggest(name, definition.variants) or "the index file has no [variants]",
        )
    stages = definition.variants[name]
    for indicator in stages.without:
        if indicator not in definition.indicators:
            raise DefinitionError(
                f'variant "{name}" leaves out "{indicator}", which is no indicator',
                where=origin.where(["variants", name, "without"]),
                remedy=suggest(indicator, definition.indicators),
            )
    changes = {field: getattr(stages, field) for field in stages.model_fields_set - {"without"}}
    # a choice of the variant for all levels replaces the choices of single levels
    unset = {stage: None for stage in STAGES if changes.get(stage) is not None}
    levels = changes.get("levels", definition.methodology.levels)
    changes["levels"] = tuple(level.model_copy(update=unset) for level in levels) if unset else levels
    indicators = {key: spec for key, spec in definition.indicators.items() if key not in stages.without}
    # dimensions with indicators, and the parents of such dimensions
    ids = {spec.dimension for spec in indicators.values()}
    while parents := {definition.dimensions[key].parent for key in ids if key in definition.dimensions} - ids:
        ids |= parents
    dimensions = {key: node for key, node in definition.dimensions.items() if key in ids}
    # bands of a part that the variant leaves out have no figures
    bands = {key: spec for key, spec in definition.bands.items() if spec.of in {SCORE, RANK, *indicators, *dimensions}}
    parts = {"indicators": indicators, "dimensions": dimensions, "bands": bands}
    smaller = definition.model_copy(update=parts)
    if "levels" not in stages.model_fields_set:  # the levels are those of the full index, which may have more levels
        changes["levels"] = changes["levels"][: smaller.depth]
    return smaller.model_copy(update={"methodology": definition.methodology.model_copy(update=changes)})


def indicators_of(table: object, folder: Path = Path()) -> dict[str, Any]:
    """Return indicators from a mapping, a list of names, or a table with one row for each indicator."""
    if isinstance(table, Mapping):
        return {str(key): spec if isinstance(spec, Mapping) else {"direction": spec} for key, spec in table.items()}
    if isinstance(table, (list, tuple)):
        return {str(name): {} for name in table}
    return dict(IndicatorTable.read(table, folder).specifications)


def _copy(table: Mapping[str, Any]) -> dict[str, Any]:
    def copied(value: Any) -> Any:
        if isinstance(value, Mapping):
            return _copy(value)
        return [copied(element) for element in value] if isinstance(value, list) else value

    return {key: copied(value) for key, value in table.items()}


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
    return DefinitionError(f"{name}{fault}", where=origin.where(keys), remedy=remedy or _within_limits(finding, words))


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
        "attributes": IndicatorAttributes if "indicators" in keys[:1] else Attributes,
        "wide": Wide,
        "long": Long,
    }
    if "robustness" in keys:
        tables |= {"weights": WeightDraws, "data": DataErrors}
    if "statistics" in keys:
        tables |= dict.fromkeys(STATISTICS_STAGES, Scope)
    return next((tables[str(key)] for key in reversed(keys) if key in tables), Definition)
