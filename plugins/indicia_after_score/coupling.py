"""The analysis of coupling coordination."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from indicia.analyses import About, Analysis, Column, Kind, Part, Table, columns_of
from indicia.answers.needs import BestValue, Rows, Scores
from indicia.messages.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.analyses import Facts, Frames


@dataclass(frozen=True)
class Coupling(Analysis):
    """The degree in which the dimensions of each unit are high together: coupling, coordination, and both.

    `dimensions` with weights, `{ growth = 2, nature = 1 }`, weigh the coordination; a list weighs them equally.
    """

    name = "coupling"
    heading = "Do the dimensions rise together?"
    reference = (
        "Liao (1999), Tropical Geography 19(2); adjusted: Wang, Kong, Ren, Zhi & Dai (2021), "
        "Journal of Natural Resources 36(3)"
    )
    formula = r"D = \sqrt{C T}, \quad C = <adjusted>, \quad T = \sum_i a_i U_i"
    variants = {
        "adjusted": {
            False: r"k \frac{(\prod_i U_i)^{1/k}}{\sum_i U_i}",
            True: r"\sqrt{(1 - \overline{|U_i - U_j|}) (\prod_i \frac{U_i}{\max_j U_j})^{1/(k-1)}}",
        }
    }

    dimensions: Annotated[
        dict[str, float] | tuple[str, ...],
        Part,
        About("the parts, or their weights; by default the components of the index"),
    ] = ()
    best: Annotated[float | None, About("the best score of a part; by default that of the normalisation", gt=0)] = None
    adjusted: Annotated[bool, About("the coupling of Wang et al., which spreads over 0 to 1")] = False

    degrees = Table(
        "Coupling, coordination and degree",
        Column("unit", Kind.UNIT, "the unit"),
        *columns_of(
            Kind.FIGURE,
            coupling="C, the evenness of the parts, from 0 to 1",
            coordination="T, the weighted mean of the parts, from 0 to 1",
            degree="D, the degree of coupling coordination, from 0 to 1",
        ),
        order="The largest degree first; ties by the name of the unit.",
    )

    def compute(self, facts: Facts) -> Frames:
        """Compute the degrees of the period."""
        import polars as pl

        from indicia_statistics.analysis import coupling_coordination

        result, (_, rows) = facts[Scores()], facts[Rows()]
        best = facts[BestValue()] if self.best is None else self.best
        parts = self.dimensions or tuple(part.id for part in result.scored.tree.components)
        scores = result.scored.nodes.hstack(result.normalised.select(result.scored.tree.indicators))
        shares = scores.filter(rows).select(pl.col(name) / best for name in parts)
        units = result.scored.units.filter(rows).select(pl.col(result.unit).alias("unit"))
        degrees = coupling_coordination(units.hstack(shares), parts, adjusted=self.adjusted)
        ordered = degrees.sort("degree", "unit", descending=[True, False], nulls_last=True)
        return {self.degrees: self.degrees.select(ordered)}

    def sentences(self, frames: Frames) -> Iterator[Sentence]:
        """Name the unit with the largest and with the smallest degree."""
        known = frames[self.degrees].drop_nulls("degree")
        if len(known):
            first, last = (known.row(at, named=True) for at in (0, -1))
            yield Sentence(
                "{first} has the largest degree, {largest:.3f}, and {last} the smallest, {smallest:.3f}, of {units} "
                "units",
                first=first["unit"],
                largest=first["degree"],
                last=last["unit"],
                smallest=last["degree"],
                units=len(known),
            )
