"""A definition with other words: those of a variant of the index file, and those of options."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from indicia.definition.graph import path_lengths
from indicia.definition.methodology_section import STAGES
from indicia.definition.parts_section import RANK, SCORE
from indicia.definition.read import define
from indicia.definition.section import ROOT, Text, text
from indicia.definition.weight_sets import check_weight_sets
from indicia.errors import DefinitionError, suggest

if TYPE_CHECKING:
    from indicia.catalogue import Catalogue
    from indicia.definition.model import Definition, Variant
    from indicia.definition.origin import Origin

    Path = tuple[str, ...]


_PARTS = ("indicators", "dimensions")
"""The tables of a variant with a table for each part of the index."""
_TABLES = ("data", "screening", "eligible", "judgements")
"""The tables of a variant whose keys replace the keys of the same table of the index."""
_OF_VARIANT = ("name", "note", "without")
"""The keys that describe the variant itself, or leave out parts."""


def define_variant(raw: Mapping[str, Any], name: str, origin: Origin, catalogue: Catalogue | None = None) -> Definition:
    """Return the definition of a variant, after all checks; `origin` is that of the variant."""
    base = define(raw, origin_of_variant(origin, raw, None), catalogue)
    check_names_in_tables(base, origin)
    if name not in base.variants:
        raise DefinitionError(
            f'unknown variant "{name}"',
            where=origin.where(["variants"]),
            remedy=suggest(name, base.variants) or "the index file has no [variants]",
        )
    return define(_merge(raw, name, base.variants[name], origin), origin, catalogue)


def origin_of_variant(origin: Origin, raw: Mapping[str, Any], name: str | None) -> Origin:
    """Return the origin of the definition of a variant, which knows the lines of the words that the variant states."""
    table = variant_table(raw, name)
    stated = list(_changes(table))
    values = {".".join(path): value for path, _, value in stated}
    if table.get("without"):
        values["without"] = table["without"]
    places = {path: ("variants", str(name), *place) for path, place, _ in stated}
    return replace(origin, places=places, variant=name, changes=values)


def _changes(table: Mapping[str, Any]) -> Iterator[tuple[Path, Path, Any]]:
    """Yield each word that a variant states: its path in the index, its path in the variant, and its value."""
    for key, value in table.items():
        if key in _OF_VARIANT:
            continue
        if key == "direction":
            yield (key,), (key,), value
            continue
        if key not in (*_PARTS, *_TABLES):
            yield ("methodology", key), (key,), value
            continue
        for word, inner in value.items() if isinstance(value, Mapping) else ():
            if key in _TABLES:
                yield (key, word), (key, word), inner
            elif isinstance(inner, Mapping):
                yield from (((path := (key, word, last)), path, setting) for last, setting in inner.items())


def place_in_variant(table: Mapping[str, Any], path: Path) -> Path | None:
    """Return the path in the table of a variant of a word that the variant states; None if it does not state it.

    >>> place_in_variant({"indicators": {"gdp": {"weight": 2}}, "ties": "min"}, ("indicators", "gdp", "weight"))
    ('indicators', 'gdp', 'weight')
    >>> place_in_variant({"indicators": {"gdp": {"weight": 2}}, "ties": "min"}, ("methodology", "ties"))
    ('ties',)
    """
    for stated, place, _ in _changes(table):
        if path[: len(stated)] == stated:
            return place + path[len(stated) :]
    return None


def drop_words_below(table: dict[str, Any], path: Path) -> None:
    """Remove from the table of a variant all words within a table of the index, which an option replaces as a whole."""
    for stated, place, _ in list(_changes(table)):
        if len(stated) > len(path) and stated[: len(path)] == path:
            *tables, last = place
            inner = table
            for key in tables:
                inner = inner[key]
            del inner[last]


def _merge(raw: Mapping[str, Any], name: str, variant: Variant, origin: Origin) -> dict[str, Any]:
    """Return the raw definition of a variant."""
    table, merged = variant_table(raw, name), copy_table(raw)
    for path, _, value in _changes(table):
        *parents, last = path
        inner = merged
        for key in parents:
            inner = inner.setdefault(key, {})
        inner[last] = value
    _check_emptied_dimensions(raw, merged, name, variant, origin)
    _leave_out(merged, variant.without)
    if not merged["indicators"]:
        raise DefinitionError(
            f'variant "{name}" leaves out all indicators',
            where=origin.where(["variants", name, "without"]),
            remedy="keep an indicator in the variant",
        )
    if "levels" not in table and (levels := merged.get("methodology", {}).get("levels")):
        # a choice of the variant for all levels replaces the choices of single levels
        replaced = [stage for stage in STAGES if table.get(stage) is not None]
        kept = [{word: choice for word, choice in level.items() if word not in replaced} for level in levels]
        merged["methodology"]["levels"] = kept[: _depth(merged)]  # the levels of the index, which may have more
    if variant.name is not None:
        merged["name"] = _name(raw.get("name", "Index"), variant.name)
    return merged


def _name(index: Text, variant: Text) -> Text:
    """Return the name of an index with the name of a variant in brackets, in all languages of either.

    >>> _name({"en": "Cities", "fr": "Villes"}, "Experts")
    {'en': 'Cities (Experts)', 'fr': 'Villes (Experts)'}
    """
    languages = {language for name in (index, variant) if isinstance(name, dict) for language in name}
    if not languages:
        return f"{index} ({variant})"
    return {language: f"{text(index, language)} ({text(variant, language)})" for language in sorted(languages)}


def _parents(part: Mapping[str, Any], word: str) -> tuple[str, ...]:
    """Return the parents of a raw part; the index by default."""
    parents = part.get(word) or ROOT
    return (parents,) if isinstance(parents, str) else tuple(parents)


def _dimensions_in_use(raw: Mapping[str, Any], left_out: Collection[str] = ()) -> set[str]:
    """Return the dimensions that have indicators below them, on paths without the dimensions that are left out."""
    dimensions = {name: part for name, part in raw.get("dimensions", {}).items() if name not in left_out}
    occupied = {parent for part in raw["indicators"].values() for parent in _parents(part, "dimension")}
    while (
        above := {parent for name in occupied & {*dimensions} for parent in _parents(dimensions[name], "parent")}
        - occupied
    ):
        occupied |= above
    return occupied & {*dimensions}


def _check_emptied_dimensions(
    raw: Mapping[str, Any], merged: Mapping[str, Any], name: str, variant: Variant, origin: Origin
) -> None:
    """Refuse a variant that moves all parts of a dimension to other dimensions, and keeps the dimension."""
    emptied = sorted(_dimensions_in_use(raw) - _dimensions_in_use(merged) - {*variant.without})
    if not emptied:
        return
    moves = [("indicators", part, "dimension") for part in variant.indicators]
    moves += [("dimensions", part, "parent") for part in variant.dimensions]
    left = next((move for move in moves if emptied[0] in _parents(raw[move[0]][move[1]], move[2])), None)
    raise DefinitionError(
        f'variant "{name}" leaves no indicator in the dimension {emptied[0]}',
        where=origin.lines(*([left] if left else []), ["dimensions", emptied[0]]),
        remedy=f'leave the dimension out too: without = ["{emptied[0]}"]',
    )


def _leave_out(merged: dict[str, Any], names: Collection[str]) -> None:
    """Leave out indicators, dimensions with all that belongs to them, and the dimensions that are then empty."""
    if not names:
        return
    dimensions, left_out = merged.get("dimensions", {}), {*names}
    while (
        below := {name for name, part in dimensions.items() if left_out.issuperset(_parents(part, "parent"))} - left_out
    ):
        left_out |= below
    merged["indicators"] = {
        name: part
        for name, part in merged["indicators"].items()
        if name not in left_out and not left_out.issuperset(_parents(part, "dimension"))
    }
    kept = _dimensions_in_use(merged, left_out)
    merged["dimensions"] = {
        name: _with_parents(part, "parent", kept) for name, part in dimensions.items() if name in kept
    }
    merged["indicators"] = {name: _with_parents(part, "dimension", kept) for name, part in merged["indicators"].items()}
    figures = {SCORE, RANK, *merged["indicators"], *kept}
    # bands of a part that the variant leaves out have no figures
    bands = merged.get("bands", {}).items()
    merged["bands"] = {name: spec for name, spec in bands if spec.get("of", SCORE) in figures}


def _with_parents(part: Mapping[str, Any], word: str, kept: Collection[str]) -> Mapping[str, Any]:
    """Return a raw part with the parents that are kept, and with its weights in them."""
    parents = [parent for parent in _parents(part, word) if parent in kept or parent == ROOT]
    if len(parents) == len(_parents(part, word)):
        return part
    changed = {**part, word: parents}
    if isinstance(weights := part.get("weight"), Mapping):
        changed["weight"] = {parent: weight for parent, weight in weights.items() if parent in parents}
    return changed


def _depth(raw: Mapping[str, Any]) -> int:
    """Return the number of levels of the tree of a raw definition, the index included."""
    lengths = path_lengths({name: _parents(part, "parent") for name, part in raw.get("dimensions", {}).items()})
    return 1 + max(max(of_part) for of_part in lengths.values())


def variant_table(raw: Mapping[str, Any], variant: str | None) -> dict[str, Any]:
    """Return the table of a variant; an empty table if the definition has no such variant."""
    variants = raw.get("variants")
    table = variants.get(variant) if isinstance(variants, Mapping) else None
    return table if isinstance(table, dict) else {}


def copy_table(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a raw table, whose tables and lists may be changed."""

    def copy(value: Any) -> Any:
        if isinstance(value, Mapping):
            return copy_table(value)
        return [copy(element) for element in value] if isinstance(value, list) else value

    return {key: copy(value) for key, value in table.items()}


_NOUNS = {"indicators": "indicator", "dimensions": "dimension"}


def check_names_in_tables(definition: Definition, origin: Origin) -> None:
    """Refuse variants and sets of weights that name parts that the index lacks, and variants without its reference."""
    check_weight_sets(definition, origin)
    for name, variant in definition.variants.items():
        for kind, noun in _NOUNS.items():
            parts = getattr(definition, kind)
            if unknown := next((part for part in getattr(variant, kind) if part not in parts), None):
                raise DefinitionError(
                    f'variant "{name}" changes the {noun} "{unknown}", which the index does not have',
                    where=origin.where(["variants", name, kind, unknown]),
                    remedy=suggest(unknown, parts) or f"add it to [{kind}]",
                )
        known = [*definition.indicators, *definition.dimensions]
        if unknown := next((part for part in variant.without if part not in known), None):
            raise DefinitionError(
                f'variant "{name}" leaves out "{unknown}", which is no indicator and no dimension',
                where=origin.where(["variants", name, "without"]),
                remedy=suggest(unknown, known),
            )
        _check_reference(definition, name, variant, origin)


def _check_reference(definition: Definition, name: str, variant: Variant, origin: Origin) -> None:
    """Refuse a variant that leaves out units of the published set, so that they have no score to compare."""
    top = definition.reference.top if definition.reference else None
    rules: dict[tuple[str, str], Collection[str]] = {
        ("data", "without"): variant.data.without or (),
        ("screening", "without"): variant.screening.without,
        ("eligible", "without"): variant.eligible.without,
    }
    if variant.eligible.only is not None:
        rules["eligible", "only"] = set(top or ()) - set(variant.eligible.only)
    for word, names in rules.items():
        if left_out := next((unit for unit in top or () if unit in names), None):
            raise DefinitionError(
                f'variant "{name}" leaves out {left_out}, which [reference] compares',
                where=origin.lines(["variants", name, *word], ["reference", "top"]),
                remedy=f"keep {left_out} in the variant, or take it out of the reference",
            )


def with_options(
    raw: Mapping[str, Any], variant: str | None = None, /, settings: Mapping[str, Any] | None = None, **choices: object
) -> dict[str, Any]:
    """Return a definition with other choices by stage, and with `settings` by dotted path.

    A choice for a stage replaces the choices of the methodology and of its levels, but not the choices of single nodes
    and indicators. A setting that the `variant` states too replaces the value of the variant.

    >>> with_options({"indicators": {"gdp": {}}}, settings={"indicators.gdp.weight": 2})
    {'indicators': {'gdp': {'weight': 2}}, 'methodology': {}}
    """
    changed = copy_table(raw)
    methodology, of_variant = changed.setdefault("methodology", {}), variant_table(changed, variant)
    if not isinstance(methodology, dict):
        return changed  # `define` refuses it and names the line
    for stage, choice in choices.items():
        if stage not in STAGES:
            raise DefinitionError(f'"{stage}" is no stage of an index', remedy=suggest(stage, STAGES))
        if choice is not None:
            (of_variant if stage in of_variant else methodology)[stage] = choice
            for level in (*_levels(methodology), *_levels(of_variant)):
                level.pop(stage, None)
    for dotted, value in (settings or {}).items():
        path = tuple(dotted.split("."))
        drop_words_below(of_variant, path)
        if place := place_in_variant(of_variant, path):
            path = ("variants", str(variant), *place)
        *tables, last = path
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


def with_choices(definition: Definition, choices: Mapping[str, Any]) -> Definition:
    """Return a definition with other choices by stage, in its methodology and in all levels."""
    if not choices:
        return definition
    unset = dict.fromkeys(choices)
    levels = tuple(level.model_copy(update=unset) for level in definition.methodology.levels)
    methodology = definition.methodology.model_copy(update={**choices, "levels": levels})
    return definition.model_copy(update={"methodology": methodology})
