"""The methods of a run in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Node
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
