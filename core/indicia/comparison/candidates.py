"""Which methodologies are compared: a grid of methods, the variants of an index file, or index files."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Protocol

from indicia.comparison.methodology import methods, words
from indicia.definition import OPTIONAL, STAGES, choose, variant, with_choices, with_judgements
from indicia.errors import DefinitionError, suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.comparison.methodology import Choices
    from indicia.definition import Definition, Node, Origin
    from indicia.definition.model import Methodology, Stages

STANDING = "as it stands"
"""The index without any of its variants."""


class Comparable(Protocol):
    """An index, as far as a comparison needs to know it."""

    @property
    def raw(self) -> Mapping[str, Any]:
        """What the index file says."""

    @property
    def definition(self) -> Definition:
        """The definition, checked."""

    @property
    def catalogue(self) -> Catalogue:
        """The methods at hand."""

    @property
    def origin(self) -> Origin:
        """Where the definition comes from."""

    @property
    def chosen(self) -> str | None:
        """The variant that is meant, if not the index as it stands."""

    def read_table(self, table: object = None) -> pl.DataFrame:
        """Read the data of the index."""


@dataclass(frozen=True)
class Candidate:
    """A methodology that may turn out to be impossible."""

    label: str
    index: Comparable
    definition: Definition
    origin: Origin
    chosen: Choices = field(default_factory=dict)
    """The choices that were listed; where there are none, they are read from the tree."""
    whole: Mapping[str, object] = field(default_factory=dict)
    """The indicators of which a variant may leave out some."""
    kin: object = None
    """Candidates of which this differs are not compared choice by choice."""

    def told(self, tree: Node) -> tuple[Choices, dict[str, object]]:
        """Return the choices in words, and what they are told apart by."""
        if self.chosen:
            return self.chosen, {**self.chosen, "kin": self.kin}
        said = words(self.definition, self.whole)
        methodology = self.definition.methodology
        told = {stage: repr([getattr(methodology, stage), *_by_level(methodology, stage)]) for stage in STAGES}
        choices = methods(tree) | {word: text for word, (text, _) in said.items()}
        return choices, {**told, **{word: key for word, (_, key) in said.items()}, "kin": self.kin}


def _by_level(methodology: Methodology, stage: str) -> list[object]:
    """Return what levels say of a stage, up to the last that says something."""
    said = [getattr(level, stage) for level in methodology.levels]
    while said and said[-1] is None:
        said.pop()
    return said


def candidates(indices: Sequence[Comparable], listed: Mapping[str, object]) -> list[Candidate]:
    """Return every combination of the methods that are listed by stage, in each of the indices.

    Where nothing is listed: the indices themselves, or one index and its variants, unless it is one of them itself.
    A method that the catalogue does not have is an error here, since it is a slip and no impossible combination.
    """
    names = _named(indices)
    if grid := _grid(indices[0], listed):
        return [one for index, name in zip(indices, names, strict=True) for one in _combined(index, name, grid)]
    if len(indices) > 1:
        return [_whole(index, name) for index, name in zip(indices, names, strict=True)]
    return list(_variants(indices[0]))


def _named(indices: Sequence[Comparable]) -> list[str]:
    """Return names of indices: that of the file, with as much of its path as tells it from others."""
    if len(indices) == 1:
        return [""]
    paths = [index.origin.path for index in indices]
    names = [path.stem if path else f"index {number}" for number, path in enumerate(paths, start=1)]
    twice = {name for name, count in Counter(names).items() if count > 1}
    told = [
        str(path.with_suffix("")) if path and path.stem in twice else name
        for name, path in zip(names, paths, strict=True)
    ]
    if len(set(told)) < len(told):
        name = next(name for name, count in Counter(told).items() if count > 1)
        raise DefinitionError(f"{name} stands twice among the index files", remedy="name each once")
    return told


def _grid(index: Comparable, listed: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Return the methods that are listed, by stage and by their names with parameters."""
    for stage in listed:
        if stage not in STAGES:
            raise DefinitionError(f'"{stage}" is no stage of an index', remedy=suggest(stage, STAGES))
    catalogue = with_judgements(index.catalogue, index.definition, index.origin)
    found: dict[str, dict[str, tuple[str, object]]] = {}
    for stage in STAGES:
        given = listed.get(stage)
        if given is None:
            continue
        several = list(given) if isinstance(given, (list, tuple)) else [given]
        if not several:
            raise DefinitionError(f"no {stage} is listed", remedy=f"{stage} = [one, another]")
        for choice in several:
            none = choice == "none" and stage in OPTIONAL
            method = choice if none else catalogue.choose(stage, choice, index.origin.folder)
            found.setdefault(stage, {}).setdefault(str(method), (getattr(method, "brief", "none"), choice))
    return {stage: dict(_briefly(methods)) for stage, methods in found.items()}


def _briefly(methods: Mapping[str, tuple[str, object]]) -> Iterator[tuple[str, object]]:
    """Yield choices with their names, in full where they are told apart by that alone."""
    count = Counter(brief for brief, _ in methods.values())
    for full, (brief, choice) in methods.items():
        yield (brief if count[brief] == 1 else full), choice


def _combined(index: Comparable, name: str, grid: Mapping[str, Mapping[str, object]]) -> Iterator[Candidate]:
    options = index.origin.options | {f"methodology.{stage}" for stage in grid}
    origin = replace(index.origin, options=options)
    for names in product(*grid.values()):
        chosen = dict(zip(grid, names, strict=True))
        label = " > ".join(names)
        yield Candidate(
            label=f"{name}: {label}" if name else label,
            index=index,
            definition=with_choices(index.definition, {stage: grid[stage][text] for stage, text in chosen.items()}),
            origin=origin,
            chosen={"index": name, **chosen} if name else chosen,
        )


def _whole(index: Comparable, name: str) -> Candidate:
    """Return an index file; of two, choices are told apart one by one where all else is the same."""
    _check_methods(index, index.definition, index.origin)
    rest = index.definition.model_dump(exclude={"name", "note", "methodology", "variants", "reference", "plugins"})
    return Candidate(
        name,
        index,
        index.definition,
        index.origin,
        whole=index.definition.indicators,
        kin=(repr(rest), index.origin.folder),
    )


def _variants(index: Comparable) -> Iterator[Candidate]:
    whole = index.definition
    yield Candidate(index.chosen or STANDING, index, whole, index.origin, whole=whole.indicators)
    for name in () if index.chosen else whole.variants:
        definition = variant(whole, name, index.origin)
        origin = index.origin.of_variant(index.raw, name)
        _check_methods(index, definition, origin)
        yield Candidate(name, index, definition, origin, whole=whole.indicators)


def _check_methods(index: Comparable, definition: Definition, origin: Origin) -> None:
    methodology = definition.methodology
    catalogue = with_judgements(index.catalogue, definition, index.origin)
    said: list[tuple[Stages, list[object]]] = [(methodology, ["methodology"])]
    said += [(level, ["methodology", "levels", number]) for number, level in enumerate(methodology.levels)]
    for stages, keys in said:
        for stage in STAGES:
            choice = getattr(stages, stage)
            if choice is not None and not (choice == "none" and stage in OPTIONAL):
                choose(catalogue, stage, choice, origin, [*keys, stage])
