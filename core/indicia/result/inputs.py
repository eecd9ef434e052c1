"""The inputs of a run in words: data, methodology, and the methodology in a line."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from math import isinf
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.citations import Citation, with_unique_keys
from indicia.data import fingerprint, read_table
from indicia.data.format_words import format_words
from indicia.definition import (
    ROOT,
    Definition,
    Leaf,
    Node,
    Origin,
    files_outside,
    text,
    used_columns_of,
    weight_sets_in,
)
from indicia.definition.methodology_section import Methodology, Stages
from indicia.definition.tree import LEAF_STAGES, NODE_STAGES
from indicia.methods.numbers import SEED
from indicia.notes import Names, Note
from indicia.result.manifests import FORMAT
from indicia.result.run_citations import (
    citations_after_fit,
    citations_of,
    data_citations,
    manifest_of,
    names_of_methods,
    works_of_methods,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from indicia.catalogue import Catalogue
    from indicia.definition.data_section import NeighbourPairs, OutsideVariable
    from indicia.methods import Method


_TITLE_CHARACTERS = 60
"""The most characters of a title for the settings of one method."""


def methods_in_one_line(tree: Node) -> str:
    """Return the methods of a tree by stage; if nodes differ, all methods, from the index down."""
    stages: tuple[list[Method], ...] = (
        [leaf.imputation for leaf in tree.leaves() if leaf.imputation],
        [leaf.treatment for leaf in tree.leaves() if leaf.treatment],
        [leaf.normalisation for leaf in tree.leaves()],
        [node.weighting for node in tree.nodes() if len(node.components) > 1],
        [node.aggregation for node in tree.nodes()],
    )
    return " > ".join(map(_stage_methods, filter(None, stages)))


def _stage_methods(methods: Sequence[Method]) -> str:
    """Return the methods of a stage, each with its settings, or with their number if they are long."""
    settings: dict[str, dict[str, None]] = {}
    for method in methods:
        settings.setdefault(method.name, {})[method.title] = None
    short_texts = {
        name: f"{name} ({len(briefs)} settings)"
        for name, briefs in settings.items()
        if len(briefs) > 1 and sum(map(len, briefs)) > _TITLE_CHARACTERS
    }
    return " + ".join(dict.fromkeys(short_texts.get(method.name, method.title) for method in methods))


_FOR_READERS = {"name", "short", "unit", "source", "note", "simulated", "attributes"}
_FOR_READERS |= {"limits", "whole", "lever"}  # of the way to a rank: no score depends on them
_METHODOLOGY = set(Methodology.model_fields) - set(Stages.model_fields) - {"levels"}
"""The keys of a methodology that choose no method. The manifest includes every key that the model has."""
_ALWAYS_WRITTEN = {"constant", "statistics", "weights", "ties", "rank_by", "ranks"}
"""The keys that are written with their default values too; a manifest from before a later key then still agrees."""
_LATER_KEYS = _METHODOLOGY - _ALWAYS_WRITTEN
_SOLVERS = ("scipy",)
"""Libraries that only some methods use; the manifest names them if the process has loaded them."""


@dataclass(frozen=True)
class Inputs:
    """An index with its methods, and the table that it scores."""

    definition: Definition
    tree: Node
    """The planned tree, before any indicator is left out because of its data."""
    catalogue: Catalogue
    table: pl.DataFrame | Mapping[str, Any]
    """The table; for a file that is read in slices, the hash and the number of its bytes."""
    origin: Origin

    @property
    def fitted(self) -> Mapping[str, Any] | None:
        """The fingerprint of the statistics and weights of a fitted index, and the works to cite for it."""
        frozen = self.definition.frozen
        return None if frozen is None else frozen.record

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The notes on the definition: a format and directions that are proposed, directions that are assumed."""
        assumed = [
            name for name, spec in self.definition.indicators.items() if "direction" not in spec.model_fields_set
        ]
        if not assumed:
            return self.origin.notes
        return (*self.origin.notes, Note("assumed_direction", parts=Names.of(assumed, 10)))

    @cached_property
    def files_outside(self) -> tuple[str, ...]:
        """The files named by the index file that lie outside its folder."""
        return files_outside(self.definition, self.tree, self.origin)

    @property
    def plugins(self) -> dict[str, str]:
        """The plugins of the methods of the index, with their versions."""
        return self.catalogue.versions_of(self._methods)

    @cached_property
    def citations(self) -> tuple[Citation, ...]:
        """The works to cite: the index, the software, the sources of methods and of data."""
        return self.citations_with(())

    def citations_with(
        self, methods: Iterable[Method], sources: Mapping[str, Sequence[str]] = MappingProxyType({})
    ) -> tuple[Citation, ...]:
        """Return the works to cite for a run that uses further methods, such as alternatives, and sources of values."""
        further = list(methods)
        works = works_of_methods([*self._methods, *further])
        plugins = {**self.plugins, **self.catalogue.versions_of(further)}
        if self.fitted and (records := self.fitted.get("citations")):  # the tree of a fitted index has no weightings
            recorded = map(Citation.of_record, records)
            in_use, of_fit = names_of_methods([*self._methods, *further]), self._names_of_fit
            of_methods = citations_after_fit(recorded, works, plugins, in_use=in_use, of_fit=of_fit)
            return with_unique_keys([*of_methods, *data_citations(self.definition, (), sources)])
        return citations_of(self.definition, self.tree.leaves(), works, plugins, sources)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The inputs as values that JSON can hold."""
        plugins = self.plugins
        return {
            "format": FORMAT,
            **software(),
            "plugins": plugins,
            "code": self.catalogue.code_of(plugins),
            "index": text(self.definition.name),
            "data": {**self._table, **_of_data(self.definition), **self._cells},
            **({} if isinstance(self.table, pl.DataFrame) else {"file": dict(self.table)}),
            **self._outside,
            **({"files_outside": list(self.files_outside)} if self.files_outside else {}),
            **({"variant": self._variant} if self.origin.variant else {}),
            **self.methodology,
            **({"columns_used": list(used)} if (used := used_columns_of(self.tree)) else {}),
            "fitted": self.fitted and {word: self.fitted[word] for word in _OF_FITTED if word in self.fitted},
            "fitted_to": self.fitted and self.fitted["to"],
            **_of_publication(self.definition),
            **manifest_of(self.citations),
        }

    @property
    def _variant(self) -> dict[str, Any]:
        """The variant that is scored, and the words that it states."""
        changes: dict[str, Any] = json.loads(json.dumps(self.origin.changes, default=str))
        return {"name": self.origin.variant, "changes": changes}

    @cached_property
    def methodology(self) -> dict[str, Any]:
        """The settings that scores depend on, with the method and parameters of every indicator and node."""
        definition, leaves, nodes = self.definition, list(self.tree.leaves()), list(self.tree.nodes())
        aggregates = {
            key: aggregate.model_dump(mode="json", exclude={"name", "note"}, exclude_defaults=True)
            for key, aggregate in definition.aggregates.items()
        }
        return {
            "methodology": {
                **definition.methodology.model_dump(mode="json", include=_ALWAYS_WRITTEN),
                **definition.methodology.model_dump(mode="json", include=_LATER_KEYS, exclude_defaults=True),
                **self._seed,
            },
            "screening": definition.screening.model_dump(mode="json", exclude_defaults=True),
            **({"aggregates": aggregates} if aggregates else {}),
            "eligible": definition.eligible.model_dump(mode="json", exclude_defaults=True),
            **({"bands": bands} if (bands := dict(_of_bands(definition))) else {}),
            "indicators": {leaf.id: _of_leaf(leaf) for leaf in leaves},
            "dimensions": {node.id: _of_dimension(node, definition) for node in nodes[1:]},
            **{
                stage: {leaf.id: str(method) for leaf in leaves if (method := getattr(leaf, stage))}
                for stage in LEAF_STAGES
            },
            "nodes": {node.id: _of_node(node) for node in nodes},
            **({"weights": weights} if (weights := self._weight_sets) else {}),
        }

    @property
    def _seed(self) -> dict[str, int]:
        """The seed of random methods, if the methodology states none and a method is random."""
        if self.definition.methodology.seed is not None:
            return {}
        return {"seed": SEED} if any(method.draws_random_numbers for method in self._methods) else {}

    @property
    def _weight_sets(self) -> dict[str, dict[str, float]]:
        """The named sets of weights that nodes use."""
        return {
            weights.set_name: weights.settings["weights"]
            for node in self.tree.nodes()
            for weights in weight_sets_in(node.weighting)
        }

    def changes_from(self, other: Inputs) -> Iterator[tuple[str, Any]]:
        """Yield each setting that differs from another run, with its value in this run."""
        before = dict(_flat((), other.methodology))
        if other.table is not self.table:
            yield "data.sha256", self._table.get("sha256")
        for place, value in _flat((), self.methodology):
            if before.pop(place, _ABSENT) != value:
                yield place, value
        for place in before:
            yield place, None

    @cached_property
    def _table(self) -> dict[str, Any]:
        """The fingerprint of the table."""
        table = self.table
        if not isinstance(table, pl.DataFrame):
            return {}
        return {"sha256": fingerprint(table), "rows": table.height, "columns": table.width}

    @cached_property
    def _cells(self) -> dict[str, Any]:
        """The words on attributes of values, and the fingerprint of the table of cells."""
        attributes = self.definition.data.attributes
        own = {
            name: spec.attributes.model_dump(mode="json", exclude_none=True)
            for name, spec in self.definition.indicators.items()
            if spec.attributes is not None
        }
        if attributes is None and not own:
            return {}
        words: dict[str, Any] = {} if attributes is None else attributes.model_dump(exclude={"path"}, exclude_none=True)
        if attributes is not None and attributes.path is not None:
            # the path may be that of a private folder
            words["cells"] = fingerprint(read_table(attributes.path, folder=self.origin.folder))
        return {"attributes": {**words, **({"of_indicators": own} if own else {})}}

    @cached_property
    def _outside(self) -> dict[str, Any]:
        """The words on variables outside the index and on neighbours, and the fingerprints of their tables."""
        outside, folder = self.definition.outside, self.origin.folder

        def words(part: OutsideVariable | NeighbourPairs) -> dict[str, Any]:
            table = {"table": fingerprint(read_table(part.path, folder=folder))} if part.path else {}
            return {
                **part.model_dump(mode="json", exclude={"path", "name", "source", "note"}, exclude_none=True),
                **table,
            }

        entries: dict[str, Any] = {name: words(variable) for name, variable in outside.variables.items()}
        neighbours = {} if outside.neighbours is None else {"neighbours": words(outside.neighbours)}
        parts = {**({"variables": entries} if entries else {}), **neighbours}
        return {"outside": parts} if parts else {}

    @property
    def _methods(self) -> list[Method]:
        return _methods_of(self.tree)

    @property
    def _names_of_fit(self) -> set[str]:
        """The methods of the fit of a fitted index."""
        frozen = self.definition.frozen
        return set() if frozen is None or frozen.tree is None else names_of_methods(_methods_of(frozen.tree))


def _methods_of(tree: Node) -> list[Method]:
    stages: list[tuple[Leaf | Node, str]] = [(leaf, stage) for leaf in tree.leaves() for stage in LEAF_STAGES]
    stages += [(node, stage) for node in tree.nodes() for stage in NODE_STAGES]
    return [method for part, stage in stages if (method := getattr(part, stage)) is not None]


_ABSENT = object()
_OF_FITTED = ("path", "file_sha256", "sha256")
"""The name of the file of a fitted index, the hash of its bytes, and the hash of its statistics and weights."""


def _flat(place: tuple[str, ...], value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from _flat((*place, name), part)
    else:
        yield ".".join(place), value


def as_json(manifest: Mapping[str, Any]) -> bytes:
    """Return the bytes of a manifest file."""
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


def software() -> dict[str, str]:
    """Return the versions of Indicia, its libraries and Python, and the platform."""
    loaded = {library: version(library) for library in _SOLVERS if library in sys.modules}
    return {
        "indicia": version("indicia"),
        "polars": pl.__version__,
        "numpy": np.__version__,
        **loaded,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def _of_data(definition: Definition) -> dict[str, Any]:
    words = {"unit", "label", "period", "groups", "where"}
    read_as = format_words(definition.data.format)
    # the path of a joined table may be that of a private folder, and its content is a part of the fingerprint
    joins = [{word: value for word, value in join.items() if word != "path"} for join in read_as.pop("joins", ())]
    return {
        **definition.data.model_dump(mode="json", include=words, exclude_defaults=True),
        **({"read_as": read_as} if read_as else {}),
        **({"joins": joins} if joins else {}),
    }


def _of_bands(definition: Definition) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, bands in definition.bands.items():
        words = bands.model_dump(mode="json", exclude={"name", "note", "ranges"}, exclude_defaults=True)
        # JSON has no infinity, which a limit of a range may be
        ranges = {
            band: [str(limit) if isinf(limit) else limit for limit in pair] for band, pair in bands.ordered_ranges
        }
        yield name, {"of": bands.of, **words, **({"ranges": ranges} if ranges else {})}


def _of_publication(definition: Definition) -> dict[str, Any]:
    publication = definition.publication
    return {} if publication is None else {"publication": publication.model_dump(mode="json", exclude_defaults=True)}


def _of_leaf(leaf: Leaf) -> dict[str, Any]:
    spec = leaf.spec
    words = spec.model_dump(mode="json", exclude={*_FOR_READERS, *LEAF_STAGES, "decimals"}, exclude_defaults=True)
    rounded = {} if leaf.decimals is None else {"decimals": leaf.decimals}
    places = {"dimension": _names(spec.parents), "direction": spec.direction, "weight": spec.weight}
    return {"dimension": ROOT, **words, **places, **rounded}


def _of_dimension(node: Node, definition: Definition) -> dict[str, Any]:
    dimension = definition.dimensions[node.id]
    counts = {} if dimension.counts else {"counts": False}
    return {"parent": _names(dimension.parents), "weight": node.weight, **counts}


def _names(names: Sequence[str]) -> str | list[str]:
    """Return the name of a single parent, or the list of several."""
    return names[0] if len(names) == 1 else list(names)


def _of_node(node: Node) -> dict[str, Any]:
    missing = node.missing.model_dump(mode="json", exclude={"policy"}, exclude_defaults=True)
    return {
        "components": [part.id for part in node.components],
        **({"shown": [part.id for part in node.shown]} if node.shown else {}),
        "weighting": str(node.weighting),
        "aggregation": str(node.aggregation),
        "missing": node.missing.policy,
        **{f"missing.{word}": value for word, value in missing.items()},
        "decimals": node.decimals,
        "rescaling": str(node.rescaling) if node.rescaling else None,
        "as_component": str(node.as_component) if node.as_component else None,
        **({"direction": node.direction} if node.direction != "benefit" else {}),
        **({} if node.sum_of_weights is None else {"scale_weights": False}),
    }
