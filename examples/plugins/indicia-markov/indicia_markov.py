"""The Markov chain MC4 of Dwork and others, a consensus of rankings for Indicia."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from indicia.catalogue import hookimpl
from indicia.methods import Array, Consensus, WorkedExample

indicia_contract = 2


@dataclass(frozen=True)
class Markov(Consensus):
    """Take the share of time that a random walk spends at a unit, if it moves to units that most rankings prefer.

    Each step draws a unit; the walk goes there if more rankings prefer it to the present unit than the reverse.
    """

    name = "markov"
    reference = (
        "Dwork, Kumar, Naor & Sivakumar (2001), 10th International World Wide Web Conference,"
        " doi:10.1145/371920.372165, chain MC4"
    )
    formula = (
        r"\pi = (1 - a) \, \pi P + \frac{a}{n}, \quad P_{ij} = \frac{1}{n}"
        r" \text{ if more rankings prefer } j \text{ to } i \text{ than } i \text{ to } j \text{, else } 0,"
        r" \quad P_{ii} = 1 - \sum_{j \neq i} P_{ij}"
    )
    symbols = {"restart": "a"}
    worked_examples = (
        WorkedExample(
            table={
                "unit": ["A", "B", "C", "D", "E"],
                "one": [1, 2, 3, 4, 5],
                "two": [2, 1, 4, 3, 5],
                "three": [3, 1, 2, 5, 4],
            },
            expected={
                "scores": [0.19132653061224525, 0.625, 0.09276437847866426, 0.05476451259583793, 0.03614457831325304],
                "ranks": [2, 1, 3, 4, 5],
            },
            source="mc4 2.3.0, Python package",
        ),
        WorkedExample(
            table={"unit": ["A", "B"], "only": [1, 2]},
            expected={"scores": [1 / (1 + 0.5), 0.5 / (1 + 0.5)]},
            source="Dwork, Kumar, Naor & Sivakumar (2001); by hand: the second unit has a / (1 + a)",
            parameters={"restart": 0.5},
        ),
    )

    restart: Annotated[
        float, Field(gt=0, lt=1, description="probability that a step goes to any unit, whatever the rankings")
    ] = 0.15

    def combine(self, rankings: Array) -> Array:
        n = rankings.shape[1]
        margins = np.zeros((n, n))
        for ranks in rankings:
            margins += np.sign(ranks[:, None] - ranks)
        steps = np.where(margins > 0, 1 / n, 0.0)
        np.fill_diagonal(steps, 1 - steps.sum(axis=1))
        return np.linalg.solve(np.eye(n) - (1 - self.restart) * steps.T, np.full(n, self.restart / n))


@hookimpl
def indicia_consensuses() -> list[type[Consensus]]:
    """Offer the method."""
    return [Markov]
