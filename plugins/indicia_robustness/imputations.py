"""Several imputations of one table: the run of each, with its seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.defaults import RANDOM_IMPUTATION
from indicia.definition import STAGES, Definition, Node, Robustness
from indicia.errors import DefinitionError
from indicia.methods.numbers import seed_of_imputation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia_robustness.baseline import Plan

IMPUTATIONS = "imputations"
"""The name of the choice, whose alternatives are numbered imputations."""


@dataclass(frozen=True)
class PlanOfImputations:
    """A plan of an index that knows the number of the imputation beside the choices by stage."""

    plan: Plan
    seed: int
    """The seed of the analysis, from which those of the imputations follow."""

    def __call__(self, stages: Mapping[str, Any]) -> tuple[Definition, Node]:
        """Return the definition and the tree of the index with these choices."""
        number = stages.get(IMPUTATIONS)
        definition, tree = self.plan({stage: choice for stage, choice in stages.items() if stage != IMPUTATIONS})
        if number is None:
            return definition, tree
        seed = {"seed": seed_of_imputation(self.seed, number + 1)}
        methodology = definition.methodology.model_copy(update=seed)
        return definition.model_copy(update={"methodology": methodology}), tree


def check_imputations(varied: Robustness, tree: Node, plan: Plan) -> None:
    """Refuse several imputations of an index if none is random, or if there are too few draws to pool them."""
    count = varied.imputations
    if count is None:
        return
    trees = [tree, *(plan({"imputation": choice})[1] for choice in varied.imputation if choice is not None)]
    if not any(leaf.imputation and leaf.imputation.is_random for planned in trees for leaf in planned.leaves()):
        raise DefinitionError(
            f"imputations = {count} fills the gaps {count} times, and no imputation of the index is random",
            remedy=f'imputation = "{RANDOM_IMPUTATION}" in [methodology], or another random one: indicia methods '
            "--kind imputation",
        )
    others = (*STAGES, "weights", "leave_out", "data")
    if varied.draws < 2 * count and any(getattr(varied, word) for word in others):
        raise DefinitionError(
            f"{varied.draws} draws are too few for {count} imputations, each of which needs two or more",
            remedy=f"draws = {50 * count}, or more",
        )
