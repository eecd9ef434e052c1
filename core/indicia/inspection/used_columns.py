"""The columns that the methods of an index use beside the indicators, in any methodology that its file states."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from indicia.definition import OPTIONAL, STAGES, build_tree, used_columns_of, variant
from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from indicia.catalogue import Catalogue
    from indicia.definition import Definition, Node, Origin


def columns_of_methods(definition: Definition, tree: Node, catalogue: Catalogue, origin: Origin) -> set[str]:
    """Return the columns that methods of the index, of its variants and of `[robustness]` use."""
    columns = set(used_columns_of(tree))
    for name in definition.variants:
        with suppress(IndiciaError):  # a comparison gives the reason
            columns |= set(used_columns_of(build_tree(variant(definition, name, origin), catalogue, origin)))
    for stage in STAGES:
        for choice in getattr(definition.robustness, stage):
            if choice == "none" and stage in OPTIONAL:
                continue
            with suppress(IndiciaError):
                columns |= set(catalogue.choose(stage, choice, origin.folder).used_names)
    return columns
