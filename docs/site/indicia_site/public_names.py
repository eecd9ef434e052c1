"""The public names of the library: those that users import, and the classes that these return."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Room:
    """A module whose names are public, and its page."""

    module: str
    title: str
    about: str
    names: tuple[str, ...] = ()
    """The names; without them, those of `__all__`."""

    @property
    def public(self) -> tuple[str, ...]:
        """The public names in alphabetical order, functions first."""
        names = self.names or tuple(import_module(self.module).__all__)
        return tuple(sorted(names, key=lambda name: (name[0].isupper(), name.lower())))

    @property
    def objects(self) -> dict[str, Any]:
        """The public names with their objects."""
        home = import_module(self.module)
        return {name: getattr(home, name) for name in self.public}


_AUDIT = ("AuditAnswer", "AuditFigures", "AuditSettings")
_COMPARISON = ("Comparison", "ComparisonAnswer", "LeftOut", "Methodology", "Published")
_ROBUSTNESS = ("Factor", "Robust")
_OF_PARTITIONS = "The outcome of the same question of a table in partitions."
_BLOCKS = ("Block", "Items", "Line", "TextTable")
_NEEDS = ("Asked", "BestValue", "Frame", "Groups", "Panel", "Rows", "Scores", "Subject")
ROOMS = (
    Room("indicia", "indicia", "Reading, scoring, fitting, comparing and packing an index."),
    Room("indicia.index", "An index", "What `indicia.read` returns: score, compare, question.", ("Index",)),
    Room("indicia.result", "A result", "What `Index.score` returns: scores, ranks, weights.", ("Result",)),
    Room("indicia_bundle.fitted", "A fitted index", "What `indicia.fit` returns.", ("FittedIndex",)),
    Room("indicia_compare", "Comparisons", "The outcome of `Index.compare`.", _COMPARISON),
    Room("indicia_robustness", "Robustness", "The outcome of `Index.robustness`.", _ROBUSTNESS),
    Room("indicia_audit", "Audits", "The outcome of `Index.audit`.", _AUDIT),
    Room("indicia_editions.difference", "Editions", "The outcome of `indicia.diff`.", ("EditionDifference",)),
    Room("indicia_editions.recast", "Recast series", "The outcome of `indicia.recast`.", ("Recast",)),
    Room("indicia_bundle", "Packs", "The outcomes of `indicia.pack` and `indicia.replay`.", ("Pack", "Replay")),
    Room("indicia.answers.answer", "Answers of analyses", "The outcome of analyses.", ("Answer",)),
    Room("indicia_audit.inspection", "Checks of the data", "The outcome of `Index.check`.", ("Inspection",)),
    Room("indicia_partitions.result", "Scores over partitions", "`Index.score_partitions`.", ("PartitionedResult",)),
    Room("indicia_partitions.compare", "Comparisons over partitions", _OF_PARTITIONS, ("PartitionedComparison",)),
    Room("indicia_partitions.inspection", "Checks over partitions", _OF_PARTITIONS, ("PartitionedInspection",)),
    Room(
        "indicia_bundle.fitted.streaming",
        "Streamed scores",
        "The outcome of `FittedIndex.score_stream`.",
        ("Streamed",),
    ),
    Room("indicia_audit.inspection.findings", "Findings", "The findings of checks and audits.", ("ReportedFinding",)),
    Room("indicia.notes", "Notes", "What a result states beside its figures.", ("Note",)),
    Room("indicia.citations", "Citations", "The outcome of `Result.cite`.", ("Citation",)),
    Room("indicia.result.inputs", "Inputs", "The files and tables of a result.", ("Inputs",)),
    Room(
        "indicia_paper.drawing", "Charts", "The charts of an outcome: `result.plot.ranking()`.", ("Charts", "Drawing")
    ),
    Room("indicia.types", "Types of arguments", "What functions take: tables, methods, periods; for annotations."),
    Room("indicia.catalogue", "The catalogue", "The installed methods, and the marks of hooks."),
    Room("indicia.methods", "Writing methods", "The contract of methods: what authors of plugins import."),
    Room("indicia.checks", "Writing checks", "The contract of checks."),
    Room("indicia.analyses", "Writing analyses", "The contract of analyses."),
    Room("indicia.answers.needs", "Facts for analyses", "The facts that analyses need.", _NEEDS),
    Room("indicia.documents.blocks", "Documents", "The blocks of documents, before any format.", _BLOCKS),
    Room("indicia.outputs", "Writing outputs", "The contract of sections, charts and exporters."),
    Room("indicia.testing", "Testing methods", "The tests of methods and checks of a plugin."),
)
"""The modules with public names, in the order of the site."""


@dataclass(frozen=True)
class Member:
    """A public attribute of a class."""

    owner: type
    """The class that defines it."""
    name: str

    @cached_property
    def value(self) -> Any:
        """The attribute as the class holds it, or the method that it lends; None for a field without default."""
        value = vars(self.owner).get(self.name)
        return value if isinstance(value, classmethod | staticmethod) else getattr(value, "__func__", value)

    @property
    def kind(self) -> str:
        """The word of Sphinx: method, property or attribute."""
        if inspect.isfunction(self.value) or isinstance(self.value, classmethod | staticmethod):
            return "method"
        is_property = isinstance(self.value, property) or type(self.value).__name__ == "cached_property"
        return "property" if is_property else "attribute"


def members(owner: type) -> list[Member]:
    """Return the public attributes that a class, and its bases of Indicia, define; each name once."""
    found: dict[str, Member] = {}
    for base in owner.__mro__:
        if base.__module__.startswith("indicia"):
            for name in (*inspect.get_annotations(base), *vars(base)):
                if not name.startswith("_"):
                    found.setdefault(name, Member(base, name))
    return list(found.values())
