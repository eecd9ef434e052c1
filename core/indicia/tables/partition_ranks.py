"""Ranks in formulas, over the rows of all partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.formulas.node import Column, Operation, postorder
from indicia.formulas.to_text import to_text
from indicia.partitions.central_moments import ask_keys, codes_of
from indicia.partitions.partition import Partition, for_each
from indicia.partitions.sorted_columns import rank_within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.formulas import Node
    from indicia.formulas.to_polars import Compiler
    from indicia.partitions.sorted_runs import Codes


def with_ranks(
    partition: Partition, place: str, frame: pl.DataFrame, roots: Mapping[str, Node], compiler: Compiler
) -> tuple[pl.DataFrame, dict[str, Node]]:
    """Compute the ranks in formulas over all rows, and return the rows with them, and formulas that read them.

    Parameters
    ----------
    partition, place
        The partition, and the name of the formulas in the run.
    frame : pl.DataFrame
        The rows of the partition.
    roots : mapping
        The formula of each column. Its ranks are those within all rows, or within the groups that it names.
    compiler : Compiler
        Has the values of the placeholders in the formulas.
    """
    names = [name for name, root in roots.items() if any(_is_rank(node) for node in postorder([root]))]
    if not names:
        return frame, dict(roots)
    ranked = for_each(partition, names, lambda name: _ranked(partition, place, frame, name, roots[name], compiler))
    columns = [column for of_root, _ in ranked for column in of_root]
    return frame.hstack(columns), {**roots, **dict(zip(names, (root for _, root in ranked), strict=True))}


def _is_rank(node: Node) -> bool:
    return isinstance(node, Operation) and node.kind == "rank"


def _ranked(
    partition: Partition, place: str, frame: pl.DataFrame, name: str, root: Node, compiler: Compiler
) -> tuple[list[pl.Series], Node]:
    """Return the columns of the ranks in a formula, and the formula with these columns in place of ranks."""
    placeholders = {node for node in postorder([root]) if node.is_placeholder}
    trees: dict[Node, Node] = {node: node for node in placeholders}
    codes: dict[tuple[str, ...], Codes] = {}
    columns: list[pl.Series] = []
    key = _key_of(root)
    for node in postorder([root], done=trees):
        args = tuple(trees[arg] for arg in node.args)
        if node.kind == "over":
            trees[node] = args[0]
        elif not _is_rank(node):
            trees[node] = node if args == node.args else type(node)(node.kind, args, node.options)
        else:
            if key and key not in codes:
                rows = frame.select(key)
                codes[key] = codes_of(rows, ask_keys(partition, f"{place}: ranks within {', '.join(key)}", rows))
            ties, descending = node.options
            with_columns = frame.hstack(columns) if columns else frame
            values = with_columns.select(compiler(args[0]).cast(pl.Float64).alias(name)).to_series()
            column = f"\0rank {name} {len(columns)}"
            text = f"{place}: {name}: {to_text(node)}, ties {ties}{', descending' if descending else ''}"
            ranks = rank_within(partition, text, values, ties, descending, codes.get(key))
            columns.append(ranks.alias(column))
            trees[node] = Column("column", (), (column,))
    return columns, trees[root]


def _key_of(root: Node) -> tuple[str, ...]:
    """Return the groups within which a formula is computed."""
    keys: Sequence[tuple[str, ...]] = [node.options[0] for node in postorder([root]) if node.kind == "over"]
    return keys[0] if keys else ()
