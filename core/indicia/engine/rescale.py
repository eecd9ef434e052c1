"""Values that nodes get besides their scores: for components that are missing, and on another scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.engine.direction import check_rescaling
from indicia.engine.guard import asked, evaluated, expression, plugin_of
from indicia.engine.noise import without_noise
from indicia.engine.parents import with_parents
from indicia.engine.prepare import Change, check_group
from indicia.engine.profile import domain_error, profile
from indicia.engine.settle import Evaluated, Over, evaluate
from indicia.errors import DataError
from indicia.formulas import DRAW, column
from indicia.formulas.expression import within_groups

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.definition import Data, Node
    from indicia.engine.prepare import Prepared
    from indicia.engine.settle import Settled
    from indicia.formulas import Expression, Recorder
    from indicia.methods import Normalisation


def replaced(
    nodes: Sequence[Node], values: pl.DataFrame, prepared: Prepared, data: Data, over: Over, fitted: Settled | None
) -> tuple[Evaluated, dict[str, Change]]:
    """Return the components of nodes whose missing components count as something, with values in the gaps.

    Beside them stands what was done to the components of each node.
    """
    columns: list[pl.Series] = []
    settled: Settled = {}
    changes: dict[str, Change] = {}
    for node in nodes:
        names = [part.id for part in node.components]
        gaps = [name for name in names if values[name].null_count()]
        if not node.missing.replaces or (node.missing.value is not None and not gaps):
            continue
        whose: dict[str, pl.Series | None] = {}
        if node.missing.value is not None:
            filled = values.select(pl.col(gaps).fill_null(node.missing.value))
            why = f"value = {node.missing.value:g}"
        else:
            frame, within = _beside(node, values.select(names), prepared, data, over)
            found = evaluate(
                frame, {name: _Replacing(name, node.missing.policy) for name in names}, within, fitted
            )  # all: see impute
            filled = found.frame.select(gaps)
            settled |= found.settled
            why = f"{node.missing.policy}(within={node.missing.within})"
            if parents := within.parents:
                whose = {name: parents.whose(name, found.settled) for name in gaps}
        if gaps:
            columns += filled.get_columns()
            changes[node.id] = Change("missing", values.select(gaps), filled, dict.fromkeys(gaps, why), whose)
    return Evaluated(pl.DataFrame(columns), settled), changes


def rescaled(
    methods: Mapping[str, Normalisation],
    scores: pl.DataFrame,
    prepared: Prepared,
    over: Over,
    fitted: Settled | None = None,
) -> Evaluated:
    """Normalise the scores of nodes, of which larger is better."""
    columns = []
    for name, method in methods.items():
        values = scores[name]
        facts = profile(scores, [name])[name]
        if method.whole_column:
            values = without_noise(values)
        columns.append(values)
        if not facts.within(method.domain):
            units = prepared.outside(values, method.domain)
            raise domain_error(method.name, method.domain, f"the score of {name}", units, "choose another one there")
    formulas = {name: _Rescaling(method, name, over.key) for name, method in methods.items()}
    whole_column = any(method.whole_column for method in methods.values())
    frame = prepared.beside(pl.DataFrame(columns), over).hstack(prepared.names)
    found = evaluated(methods, frame, formulas, over, fitted, whole_column=whole_column)
    for name, facts in profile(found.frame, found.frame.columns).items():
        if not facts.finite or facts.missing > scores[name].null_count():
            what = f"{methods[name].name} has no finite value for the score of {name}"
            raise DataError(what, where=plugin_of(methods[name]), remedy="choose another normalisation of the score")
    if DRAW not in over.key:  # the run that is drawn anew was looked at
        check_rescaling(methods, scores, prepared, over, found.frame)
    return found


@dataclass(frozen=True)
class _Rescaling:
    """The formula by which the scores of a node are rescaled."""

    method: Normalisation
    name: str
    key: tuple[str, ...]

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        with asked(self.method, self.name, recorder):
            z = expression(self.method, self.name, self.method.benefit(x, recorder(self.name, x)))
        return within_groups(z, self.key) if self.method.whole_column else z


@dataclass(frozen=True)
class _Replacing:
    """The formula by which the missing scores of a component are replaced."""

    name: str
    policy: str

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        s = recorder(self.name, x)
        return x.fill_null(s.parent if self.policy == "parent" else s.mean)


def _beside(node: Node, values: pl.DataFrame, prepared: Prepared, data: Data, over: Over) -> tuple[pl.DataFrame, Over]:
    """Return values beside the groups, or the parents, that the policy of a node names."""
    group, what = str(node.missing.within), f"{node.missing.policy} of {node.id}"
    if node.missing.policy == "parent":
        return with_parents(prepared, values, data, over, group, what, raw=False)
    check_group(group, data, f"{what} names the groups")
    within = Over(tuple(dict.fromkeys([*over.key, group])), over.reference)
    prepared.check_groups(within.key, what)
    return prepared.beside(values, within), within
