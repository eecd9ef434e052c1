"""The statistics and weights that the definition of a fitted index keeps, and the weighting that stands for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indicia.defaults import WEIGHTING
from indicia.errors import DefinitionError
from indicia.methods import Array, Indicators, Weighting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.definition.methodology_section import StageScopes
    from indicia.definition.origin import Origin
    from indicia.definition.tree import Node

FITTED_WEIGHTS = "fitted"
"""The name of the weighting of a fitted index, for which its file has the weights."""


@dataclass(frozen=True, eq=False)
class Frozen:
    """The statistics and weights of a fitted index, and the methods by which they were computed."""

    fitted: object
    """The statistics and weights, as `tables.fitted.Fitted`."""
    record: Mapping[str, Any]
    """The fingerprint of the statistics and weights, the data of the fit, and the works to cite."""
    tree: Node | None = None
    """The tree of the fit; None while the tree itself is built."""
    scopes: StageScopes | None = None
    """The rows of the fit from which statistics were computed; None while the tree is built."""
    lacks_weights_of: str | None = None
    """The variant whose weighting the file of the fitted index leaves out; None if the weights hold."""
    weight_sets: tuple[str, ...] = ()
    """The sets of weights that the file leaves out."""
    holding: dict[Any, Any] = field(default_factory=dict)
    """The statistics that hold for the trees of other methodologies, so that equal ones are one object."""


def check_weightings(tree: Node, origin: Origin) -> None:
    """Refuse a set of weights that the file of a fitted index leaves out."""
    for node in tree.nodes():
        if isinstance(node.weighting, LeftOutWeights):
            raise DefinitionError(
                f"the fitted index has no set of weights {node.weighting.set_name}: its file leaves out [weights]",
                where=origin.where(["methodology", "weighting"]),
                remedy="name the index file, or the weights of the fit: fitted",
            )


def check_weights_of_variant(tree: Node, frozen: Frozen | None) -> None:
    """Refuse to take the weights of the fit for a variant that states another weighting."""
    if frozen is None or frozen.lacks_weights_of is None:
        return
    for node in tree.nodes():
        if isinstance(node.weighting, FittedWeights) and len(node.components) > 1:
            raise DefinitionError(
                f"the fitted index has no weights of {node.id} for {frozen.lacks_weights_of}, "
                "since the weighting of the fit is another one",
                remedy="choose a weighting: --weighting, or fit this variant: indicia fit --variant",
            )


def check_stated_weights(tree: Node, frozen: Frozen | None, origin: Origin) -> None:
    """Refuse other weights in words than those of the fit, where the fitted weights would hold in silence."""
    if frozen is None or frozen.tree is None:
        return
    of_fit = {node.id: {part.id: part.weight for part in node.components} for node in frozen.tree.nodes()}
    for node in tree.nodes():
        if not isinstance(node.weighting, FittedWeights) or len(node.components) < 2:
            continue
        former = of_fit.get(node.id, {})
        for part in node.components:
            if part.weight != former.get(part.id, part.weight):
                table = "dimensions" if hasattr(part, "components") else "indicators"
                raise DefinitionError(
                    f"the fitted index has the weights of the fit in {node.id}, not the weight {part.weight} of "
                    f"{part.id}",
                    where=origin.where([table, part.id, "weight"]),
                    remedy=f"choose a weighting too: --set methodology.weighting={WEIGHTING} (in Python, weighting=), "
                    f"or leave {part.id} its weight of the fit",
                )


@dataclass(frozen=True)
class FittedWeights(Weighting):
    """Take the weights of the fitted index. Without some parts, the weights of the others are scaled to sum 1."""

    name = FITTED_WEIGHTS
    reference = ""
    formula = r"w_j = \text{weight}_j"

    def weigh(self, indicators: Indicators) -> Array:
        raise ValueError(f"the weights of {indicators.node} stand in a fitted index, which this run does not use")


@dataclass(frozen=True)
class LeftOutWeights(Weighting):
    """Stand for a set of weights that the file of a fitted index leaves out; no index with it can be planned."""

    name = "left_out"
    reference = ""
    formula = r"w_j = \text{weight}_j"

    set_name: str

    @property
    def brief(self) -> str:
        return self.set_name
