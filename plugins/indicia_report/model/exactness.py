"""The dimensions whose scores the script of the page can compute, and the reasons for the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.definition import Leaf, Node

if TYPE_CHECKING:
    from indicia.run import Scored
    from indicia_report.model.units import UnitRows

MEANS = frozenset({"arithmetic", "geometric", "harmonic", "generalised", "min", "max"})
"""The aggregations that the script computes."""
_OF_ANY_SUM = MEANS - {"harmonic", "generalised"}
"""The aggregations that the script computes with weights that are not scaled to sum 1."""


@dataclass(frozen=True)
class Exactness:
    """Finds the reason why the script of the page cannot compute the scores of a dimension.

    A reason is the end of a key of the messages of the page.
    """

    scored: Scored
    units: UnitRows

    def reason(self, node: Node) -> str | None:
        """Return the reason; None if the script computes the scores as the engine does."""
        return self._of_method(node) or self._of_components(node) or self._of_missing(node)

    def _of_method(self, node: Node) -> str | None:
        method = node.aggregation.name
        if method not in MEANS:
            return "aggregation"
        if node.rescaling is not None:
            return "rescaling"
        if self.scored.node_weights[node.id].keys is not None:
            return "weights_by_group"
        return "unscaled" if node.sum_of_weights is not None and method not in _OF_ANY_SUM else None

    @staticmethod
    def _of_components(node: Node) -> str | None:
        nodes = [part for part in node.components if isinstance(part, Node)]
        if any(part.as_component is not None for part in nodes):
            return "as_component"
        if any(part.turned for part in nodes):
            return "turned"
        leaves = (part for part in node.components if isinstance(part, Leaf))
        return "costs" if any(not leaf.oriented and leaf.spec.direction == "cost" for leaf in leaves) else None

    def _of_missing(self, node: Node) -> str | None:
        missing = node.missing
        if missing.policy == "parent":
            return "parent"
        if missing.policy != "group_mean":
            return None
        if self.scored.fitted_by is not None:
            return "fitted"
        scope, period = self.scored.scopes.aggregation, self.scored.definition.data.period
        is_by_period = scope.reference is None and scope.key == ((period,) if period else ())
        return None if is_by_period and self.units.has_lasting_groups(str(missing.within)) else "groups_by_row"
