"""The words for weights that are drawn: ±25%, simplex, dirichlet(100), constraints, or the path of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia.data import is_table
from indicia.errors import DefinitionError
from indicia_robustness.weight_regions.language import has_relation, read_constraints, split_constraints

if TYPE_CHECKING:
    from collections.abc import Mapping


def drawn_weights(words: str | Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the value of `weights` in `[robustness]` for words; a mapping is such a value already.

    >>> [drawn_weights(text) for text in ("±25%", "simplex", "dirichlet(100)", "panel.csv")]
    [{'spread': 0.25}, {'simplex': True}, {'dirichlet': 100.0}, {'table': 'panel.csv'}]
    >>> drawn_weights("health >= 2 income; air <= 30%")
    {'constraints': ['health >= 2 income', 'air <= 30%']}
    """
    if not isinstance(words, str):
        return words
    if has_relation(words) and not is_table(words.strip()):
        constraints = split_constraints(words)
        read_constraints(constraints)
        return {"constraints": constraints}
    word = words.strip().removeprefix("±").removeprefix("+-")
    if word == "simplex":
        return {"simplex": True}
    if is_table(word):
        return {"table": word}
    try:
        if word.startswith("dirichlet(") and word.endswith(")"):
            return {"dirichlet": float(word[10:-1])}
        return {"spread": float(word.removesuffix("%")) / (100 if word.endswith("%") else 1)}
    except ValueError as error:
        raise DefinitionError(
            f'cannot read the weights "{words}"',
            remedy='write ±25%, simplex, dirichlet(100), "health >= 2 income" or the path of a table',
        ) from error
