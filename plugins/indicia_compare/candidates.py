"""The methodologies of a comparison: a grid of methods, the variants of an index file, or index files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from indicia.definition import OPTIONAL, STAGES, catalogue_of_file, choose, text, with_choices
from indicia.errors import DefinitionError, suggest
from indicia_compare.methodology import methods, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.definition import Definition, Node, Origin
    from indicia.definition.methodology_section import Methodology, Stages
    from indicia.definition.section import Text
    from indicia.types import TableLike
    from indicia_compare.methodology import Choices

STANDING = "as it stands"
"""The index without any of its variants."""


class Comparable(Protocol):
    """The attributes of an index that a comparison uses."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """The content of the index file."""

    @property
    def definition(self) -> Definition:
        """The definition, after all checks."""

    @property
    def catalogue(self) -> Catalogue:
        """The available methods."""

    @property
    def origin(self) -> Origin:
        """The file of the definition, for error messages."""

    @property
    def chosen(self) -> str | None:
        """The variant; None for the index without any variant."""

    def variant(self, name: str) -> Comparable:
        """Return one of the variants of the index."""

    def read_table(self, table: TableLike | None = None) -> pl.DataFrame:
        """Read the data of the index."""


@dataclass(frozen=True)
class Candidate:
    """A methodology that is not planned yet; its methods may be impossible to combine."""

    label: str
    index: Comparable
    definition: Definition
    origin: Origin
    chosen: Choices = field(default_factory=dict)
    """The listed choices; if empty, the choices come from the tree."""
    base: Definition | None = None
    """The definition of the index, with its variants; None if the candidate is no variant."""
    name: Text | None = None
    """The name for readers that the index file states."""
    comparable_if_equal: object = None
    """Two candidates show the effect of a choice only if they have equal values of this attribute."""

    def choices_with_values(self, tree: Node) -> tuple[Choices, dict[str, object]]:
        """Return the choices in words, and their exact values."""
        if self.chosen:
            return self.chosen, {**self.chosen, "kin": self.comparable_if_equal}
        settings = words(self.definition, self.base or self.definition.model_copy(update={"variants": {}}))
        methodology = self.definition.methodology
        values = {stage: repr([getattr(methodology, stage), *_by_level(methodology, stage)]) for stage in STAGES}
        choices = methods(tree) | {word: text for word, (text, _) in settings.items()}
        return choices, {
            **values,
            **{word: key for word, (_, key) in settings.items()},
            "kin": self.comparable_if_equal,
        }


def _by_level(methodology: Methodology, stage: str) -> list[object]:
    """Return the methods of a stage by level, up to the last level with a method."""
    choices = [getattr(level, stage) for level in methodology.levels]
    while choices and choices[-1] is None:
        choices.pop()
    return choices


def candidates(
    indices: Sequence[Comparable], listed: Mapping[str, object], named: Mapping[str, Comparable] = MappingProxyType({})
) -> list[Candidate]:
    """Return every combination of the methods that are listed by stage, for each of the indices.

    Without listed methods, the candidates are the indices, or a single index and its variants. `named` are further
    indices, by the name for readers. An unknown method raises an error here, as a mistake of the user; a combination
    that is impossible is left out later.
    """
    names = _names(indices, named)
    indices = [*indices, *named.values()]
    if grid := _grid(indices[0], listed):
        return [
            candidate
            for index, name in zip(indices, names, strict=True)
            for candidate in _combinations(index, name, grid)
        ]
    if len(indices) > 1:
        return [_of_file(index, name) for index, name in zip(indices, names, strict=True)]
    return list(_variants(indices[0]))


def _names(indices: Sequence[Comparable], named: Mapping[str, Comparable]) -> list[str]:
    """Return the names of all indices; an index alone beside named ones is that which stands."""
    own = [indices[0].chosen or STANDING] if named and len(indices) == 1 else _file_names(indices)
    if repeated := set(own) & set(named):
        raise DefinitionError(
            f'two methodologies have the name "{min(repeated)}"', remedy="give the one in compare another name"
        )
    return [*own, *named]


def _file_names(indices: Sequence[Comparable]) -> list[str]:
    """Return the names of the index files, with their folders if two have the same name."""
    if len(indices) == 1:
        return [""]
    paths = [index.origin.named_file for index in indices]
    names = [path.stem if path else f"index {number}" for number, path in enumerate(paths, start=1)]
    repeated_names = {name for name, count in Counter(names).items() if count > 1}
    distinct_names = [
        str(path.with_suffix("")) if path and path.stem in repeated_names else name
        for name, path in zip(names, paths, strict=True)
    ]
    if len(set(distinct_names)) < len(distinct_names):
        name = next(name for name, count in Counter(distinct_names).items() if count > 1)
        raise DefinitionError(f"the index file {name} is named twice", remedy="name each file once")
    return distinct_names


def _grid(index: Comparable, listed: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Return the listed methods, by stage and by name with parameters."""
    for stage in listed:
        if stage not in STAGES:
            raise DefinitionError(f'"{stage}" is no stage of an index', remedy=suggest(stage, STAGES))
    catalogue = catalogue_of_file(index.catalogue, index.definition, index.origin)
    grid: dict[str, dict[str, tuple[str, object]]] = {}
    for stage in STAGES:
        choices = listed.get(stage)
        if choices is None:
            continue
        listed_choices = list(choices) if isinstance(choices, (list, tuple)) else [choices]
        if not listed_choices:
            raise DefinitionError(f"no {stage} is listed", remedy=f"{stage} = [one, another]")
        for choice in listed_choices:
            is_none = choice == "none" and stage in OPTIONAL
            method = choice if is_none else catalogue.choose(stage, choice, index.origin.folder)
            grid.setdefault(stage, {}).setdefault(str(method), (getattr(method, "brief", "none"), choice))
    return {stage: dict(_short_names(methods)) for stage, methods in grid.items()}


def _short_names(methods: Mapping[str, tuple[str, object]]) -> Iterator[tuple[str, object]]:
    """Yield choices with short names, or with full names if two short names are equal."""
    count = Counter(brief for brief, _ in methods.values())
    for full, (brief, choice) in methods.items():
        yield (brief if count[brief] == 1 else full), choice


def _combinations(index: Comparable, name: str, grid: Mapping[str, Mapping[str, object]]) -> Iterator[Candidate]:
    options = index.origin.options | {f"methodology.{stage}" for stage in grid}
    origin = replace(index.origin, options=options)
    for names in product(*grid.values()):
        chosen = dict(zip(grid, names, strict=True))
        label = " > ".join(names)
        yield Candidate(
            label=f"{name}: {label}" if name else label,
            index=index,
            definition=with_choices(index.definition, {stage: grid[stage][choice] for stage, choice in chosen.items()}),
            origin=origin,
            chosen={"index": name, **chosen} if name else chosen,
        )


_WITHOUT_EFFECT = {"name", "note", "methodology", "variants", "reference", "plugins", "map"}
"""The words of an index file that are the methodology, or that no score depends on."""


def _of_file(index: Comparable, name: str) -> Candidate:
    """Return the candidate of an index file; two files show the effect of a choice if all else in them is equal."""
    _check_methods(index, index.definition, index.origin)
    rest = index.definition.model_dump(exclude=_WITHOUT_EFFECT)
    fit = index.definition.frozen and index.definition.frozen.record["sha256"]
    return Candidate(
        name,
        index,
        index.definition,
        index.origin,
        comparable_if_equal=(repr(rest), index.origin.folder, fit),
    )


def _variants(index: Comparable) -> Iterator[Candidate]:
    base = index.definition
    yield Candidate(index.chosen or STANDING, index, base, index.origin, base=None if index.chosen else base)
    labels = {key: text(variant.name, default=key) for key, variant in base.variants.items()}
    count = Counter(labels.values())
    for key, label in () if index.chosen else labels.items():
        variant = index.variant(key)
        _check_methods(variant, variant.definition, variant.origin)
        yield Candidate(
            label if count[label] == 1 else f"{label} ({key})",
            variant,
            variant.definition,
            variant.origin,
            base=base,
            name=base.variants[key].name if count[label] == 1 else None,
        )


def _check_methods(index: Comparable, definition: Definition, origin: Origin) -> None:
    methodology = definition.methodology
    catalogue = catalogue_of_file(index.catalogue, definition, index.origin)
    sources: list[tuple[Stages, list[object]]] = [(methodology, ["methodology"])]
    sources += [(level, ["methodology", "levels", number]) for number, level in enumerate(methodology.levels)]
    for stages, keys in sources:
        for stage in STAGES:
            choice = getattr(stages, stage)
            if choice is not None and not (choice == "none" and stage in OPTIONAL):
                choose(catalogue, stage, choice, origin, [*keys, stage])
