"""The shared parts of explanations: their document, the columns of several of them, and the draws of two."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from indicia.analyses import About, Analysis, Column, Heading, Items, Kind, words_of_draws
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl

    from indicia.analyses import Grid, Table
    from indicia.notes import Note
    from indicia.types import WeightDrawsLike
    from indicia_editions.drawn_move import DrawnMove
    from indicia_explain.gap_draws import DrawnGap
    from indicia_robustness.draws import VariedChoices
else:  # the design of the draws checks the weights, since `--help` starts without polars
    WeightDrawsLike = Any

OF_PERIOD = Column("period", Kind.PERIOD, "the period of a panel", optional=True)
RULE = Column("rule", Kind.TEXT, "the rule by which the score is divided")
ORDERS = Column("orders", Kind.COUNT, "the number of sampled orders of a sampled rule; missing for exact parts")


def page(
    heading: str, findings: Sequence[Note], tables: Iterable[Table | Grid], notes: Sequence[Note]
) -> Iterator[Heading | Items | Table | Grid | Note]:
    """Yield the document of an explanation: the headline, tables, the other sentences, and notes."""
    yield Heading(heading)
    yield from findings[:1]
    yield from tables
    if findings[1:]:
        yield Items(findings[1:])
    if notes:
        yield from (Heading("Notes"), Items(notes))


@dataclass(frozen=True)
class Drawn(Analysis):
    """An explanation with draws, which show how sure it is."""

    weights: Annotated[WeightDrawsLike | None, words_of_draws.WEIGHTS] = field(default=None, kw_only=True)
    draws: Annotated[int | None, About("number of draws; by default that of [robustness], else 1000", ge=1)] = field(
        default=None, kw_only=True
    )
    seed: Annotated[int | None, About("seed of the random numbers (default: 1)", ge=0)] = field(
        default=None, kw_only=True
    )

    @property
    def varied(self) -> VariedChoices:
        """The choices that vary in the draws."""
        from indicia_robustness.draws import VariedChoices

        return VariedChoices(self.weights, self.draws, self.seed)


def table_of_draws(drawn: DrawnGap | DrawnMove | None) -> pl.DataFrame:
    """Return the table `drawn`; without draws it is refused."""
    if drawn is None:
        raise DefinitionError(
            "nothing is drawn, so that there is no table drawn",
            remedy='--weights ±25% varies the weights (in Python weights="±25%"), or [robustness] in the index file '
            "says what varies",
        )
    return drawn.table
