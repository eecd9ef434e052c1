"""Compute the statistics of formulas over partitions: ask for their reductions, and put the values together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import polars as pl

from indicia.formulas import ONE, Node
from indicia.formulas.node import Column, Reduction, postorder
from indicia.formulas.to_text import to_text
from indicia.partitions.central_moments import (
    MergeMomentsByCode,
    NoValues,
    PartitionColumn,
    ask_keys,
    codes_of,
    kurtosis,
    skewness,
)
from indicia.partitions.mergeable import MergeReductions, is_mergeable, is_sum_of_running_sums, value_column
from indicia.partitions.partition import Partition, for_each
from indicia.partitions.quantiles import Quantile, ask_quantiles
from indicia.partitions.sorted_columns import running_sums_within
from indicia.tables.scope import VALUE, Value, join_statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from indicia.formulas.to_polars import Compiler
    from indicia.partitions.sorted_runs import Codes


@dataclass(frozen=True)
class PartitionStatistics:
    """Computes statistics of the rows of a scope, of which this run has one partition."""

    partition: Partition
    place: str
    """The name of the formulas in the run."""
    key: tuple[str, ...]
    reference: pl.Expr | None
    earlier: Mapping[str, Value] = field(default_factory=dict)
    """The values of earlier statistics, by the names of their columns, which later statistics may use."""

    def compute(self, frame: pl.DataFrame, statistics: Mapping[Node, str], compiler: Compiler) -> dict[str, Value]:
        """Return the values of trees of reductions, and of numbers that methods learn, by name; see `_compute`."""
        fits = {node: name for node, name in statistics.items() if node.kind == "fit"}
        trees = {node: name for node, name in statistics.items() if node not in fits}
        values = for_each(
            self.partition,
            ((self._fits, fits), (self._compute, trees)),
            lambda kind: kind[0](frame, kind[1], compiler) if kind[1] else {},
        )
        return {name: value for of_kind in values for name, value in of_kind.items()}

    def _fits(self, frame: pl.DataFrame, fits: Mapping[Node, str], compiler: Compiler) -> dict[str, Value]:
        """Return the numbers that methods learn from whole columns, by name."""
        rows = frame if self.reference is None else frame.filter(self.reference)
        questions = _Reductions(self.partition, self.place, self.key, rows, {}, compiler)
        values = for_each(self.partition, enumerate(fits), lambda numbered: questions.fit(*numbered))
        return dict(zip(fits.values(), values, strict=True))

    def _compute(self, frame: pl.DataFrame, statistics: Mapping[Node, str], compiler: Compiler) -> dict[str, Value]:
        """Return the values of trees of reductions, by name.

        Parameters
        ----------
        frame
            The rows of the partition.
        statistics
            The name of each tree.
        compiler
            Has the values of the placeholders in the trees.
        """
        rows = frame if self.reference is None else frame.filter(self.reference)
        keys: pl.DataFrame | None = None
        columns: dict[Node, Node] = {}
        rounds = list(_rounds(statistics))
        for reductions in rounds:
            questions = _Reductions(self.partition, self.place, self.key, rows, columns, compiler)
            names = {node: f"\0r{len(columns) + place}" for place, node in enumerate(reductions)}
            answers = questions.ask(reductions, names)
            keys = answers if keys is None else _joined(keys, answers, self.key)
            columns |= {node: Column("column", (), (name,)) for node, name in names.items()}
            if reductions is rounds[-1]:
                break  # no later reduction reads these values in each row
            if self.key:
                single = [answers.select(*self.key, pl.col(name)) for name in names.values()]
                rows = join_statistics(rows, single, self.key)
            else:
                rows = rows.hstack([column.new_from_index(0, rows.height) for column in answers])
        return self._values(keys, statistics, compiler, columns)

    def _values(
        self,
        keys: pl.DataFrame | None,
        statistics: Mapping[Node, str],
        compiler: Compiler,
        columns: Mapping[Node, Node],
    ) -> dict[str, Value]:
        if keys is None:
            keys = pl.DataFrame({ONE: [1.0]})
        keys = keys.with_columns(pl.Series(ONE, np.ones(keys.height)))
        for name, value in self.earlier.items():
            if isinstance(value, pl.DataFrame) and value.columns[:-1] == list(self.key):
                keys = _joined(keys, value.rename({VALUE: name}), self.key)
        numbers = {name: value for name, value in self.earlier.items() if not isinstance(value, pl.DataFrame | list)}
        if numbers:  # at once, as each query costs as much as many numbers
            keys = keys.with_columns(pl.lit(value, pl.Float64).alias(name) for name, value in numbers.items())
        trees = dict(columns)
        computed = keys.select(
            _compiled(compiler, node, trees).cast(pl.Float64).alias(name) for node, name in statistics.items()
        )
        if not self.key:
            return {column.name: column[0] for column in computed}
        of_key = keys.select(self.key)
        return {column.name: of_key.hstack([column.alias(VALUE)]) for column in computed}


def _joined(keys: pl.DataFrame, values: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """Return frames with one row for each key side by side."""
    if not key:
        return keys.hstack(values)
    return keys.join(values, on=key, how="left", nulls_equal=True, maintain_order="left")


@dataclass(frozen=True)
class _Reductions:
    """Asks for reductions of the rows of a partition."""

    partition: Partition
    place: str
    key: tuple[str, ...]
    rows: pl.DataFrame
    columns: Mapping[Node, Node]
    """The columns of the rows that have the values of other reductions."""
    compiler: Compiler

    def ask(self, reductions: Sequence[Node], names: Mapping[Node, str]) -> pl.DataFrame:
        """Return the key, and a column for each reduction, under its name."""
        kinds: dict[Callable[[Sequence[Node]], pl.DataFrame], list[Node]] = {}
        for node in reductions:
            kinds.setdefault(self._question_of(node), []).append(node)
        frames = for_each(self.partition, kinds.items(), lambda kind: kind[0](kind[1]))
        answers: pl.DataFrame | None = None
        for nodes, frame in zip(kinds.values(), frames, strict=True):
            values = frame.rename({value_column(place): names[node] for place, node in enumerate(nodes)})
            answers = values if answers is None else _joined(answers, values, self.key)
        assert answers is not None
        return answers.select(*self.key, *(names[node] for node in reductions))

    def _question_of(self, node: Node) -> Callable[[Sequence[Node]], pl.DataFrame]:
        if is_sum_of_running_sums(node):
            return self._running_sums
        if node.kind in ("median", "quantile"):
            return self._quantiles
        return self._moments if node.kind in ("skew", "kurtosis") else self._merged

    def _merged(self, nodes: Sequence[Node]) -> pl.DataFrame:
        """Return reductions whose states merge in one question."""
        if unmergeable := [node for node in nodes if not is_mergeable(node)]:
            raise AssertionError(f"{to_text(unmergeable[0])} is refused before")
        merge = MergeReductions(tuple((node.kind, node.options) for node in nodes), self.key)
        trees = dict(self.columns)
        expressions = [_compiled(self.compiler, node.args[0], trees) for node in nodes]
        answer: pl.DataFrame = self.partition.ask(self._name(nodes), merge, lambda: merge.state(self.rows, expressions))
        return answer

    def _quantiles(self, nodes: Sequence[Node]) -> pl.DataFrame:
        """Return medians and quantiles."""
        keys, codes = self._keys(nodes)
        wanted = [
            Quantile(place, *(node.options if node.kind == "quantile" else (0.5,))) for place, node in enumerate(nodes)
        ]
        columns = [self._series(node.args[0]) for node in nodes]
        values = ask_quantiles(
            self.partition, self._name(nodes), wanted, columns, codes, 1 if codes is None else keys.height
        )
        return self._framed(keys, values)

    def _moments(self, nodes: Sequence[Node]) -> pl.DataFrame:
        """Return skewness and kurtosis."""
        keys, codes = self._keys(nodes)
        merge = MergeMomentsByCode(1 if codes is None else keys.height)

        def values(node: Node) -> pl.Series:
            x = self._series(node.args[0])
            name = f"{self.place}: moments of {to_text(node.args[0])}"
            states = self.partition.ask(name, merge, lambda: merge.state(x, codes))
            function = skewness if node.kind == "skew" else kurtosis
            return pl.Series([function(state) for state in states], dtype=pl.Float64)

        return self._framed(keys, for_each(self.partition, nodes, values))

    def _running_sums(self, nodes: Sequence[Node]) -> pl.DataFrame:
        """Return sums of the running sums of sorted values."""
        keys, codes = self._keys(nodes)

        def values(node: Node) -> pl.Series:
            x = self._series(node.args[0].args[0].args[0])
            sums = running_sums_within(self.partition, self._name([node]), x, codes)
            height = 1 if codes is None else keys.height
            return pl.Series((*sums, *[0.0] * (height - len(sums))), dtype=pl.Float64)

        return self._framed(keys, for_each(self.partition, nodes, values))

    def fit(self, number: int, node: Node) -> Value:
        """Return the numbers that a method learns from a column, over all rows or within the key."""
        keys, codes = self._keys(node.args)
        x, name = self._series(node.args[0]), f"{self._name(node.args)}, learned numbers {number}"
        _, size, learn = node.options

        def learned(code: int) -> list[float]:
            values = x if codes is None else x.filter(pl.Series(codes == code))
            column = PartitionColumn(self.partition, f"{name} of {code}", values.drop_nulls().to_numpy(writable=True))
            try:
                return list(map(float, learn(column)))
            except NoValues:
                return cast("list[float]", [None] * size)  # missing, as in memory

        if codes is None:
            return learned(0)
        numbers = for_each(self.partition, range(keys.height), learned)
        return keys.hstack([pl.Series(VALUE, numbers, dtype=pl.Array(pl.Float64, size))])

    def _keys(self, nodes: Sequence[Node]) -> tuple[pl.DataFrame, Codes | None]:
        """Return the keys of all rows, and the place of each row's key among them; None without a key."""
        if not self.key:
            return pl.DataFrame(), None
        keys = ask_keys(self.partition, self._name(nodes), self.rows.select(self.key))
        return keys, codes_of(self.rows.select(self.key), keys)

    def _series(self, node: Node) -> pl.Series:
        expression = _compiled(self.compiler, node, dict(self.columns)).cast(pl.Float64).alias(VALUE)
        return self.rows.select(expression).to_series()

    def _framed(self, keys: pl.DataFrame, values: Sequence[pl.Series]) -> pl.DataFrame:
        columns = [column.alias(value_column(place)) for place, column in enumerate(values)]
        return keys.hstack(columns) if self.key else pl.DataFrame(columns)

    def _name(self, nodes: Sequence[Node]) -> str:
        return f"{self.place}: {'; '.join(map(_text, nodes))}"


def _text(node: Node) -> str:
    """Return the text of a reduction with its options, which the text of a formula leaves out."""
    options: tuple[Any, ...] = node.options
    return f"{to_text(node)}{list(options) if options else ''}"


def _compiled(compiler: Compiler, root: Node, trees: dict[Node, Node]) -> pl.Expr:
    """Return the expression of a tree in which the values of reductions are columns.

    `trees` has the column of each reduction; the trees in which columns replace them are added.
    """
    for node in postorder([root], done=trees):
        args = tuple(trees[arg] for arg in node.args)
        # placeholders have values of their own, whatever stands below them
        trees[node] = node if node.is_placeholder or args == node.args else type(node)(node.kind, args, node.options)
    return compiler(trees[root])


def _rounds(roots: Mapping[Node, str]) -> Iterator[Sequence[Node]]:
    """Yield the reductions of trees: first those that need no other reduction, then those that need these."""
    depths: dict[Node, int] = {}
    placeholders = {node for node in postorder(roots) if node.is_placeholder}
    for node in postorder(roots, done=placeholders):
        depth = max((depths.get(arg, 0) for arg in node.args), default=0)
        if isinstance(node, Reduction):
            depth += 1
        depths[node] = depth
    for depth in range(1, max(depths.values(), default=0) + 1):
        yield [node for node in depths if isinstance(node, Reduction) and depths[node] == depth]
