"""The analysis of the uncertainty of ranks: the index is scored many times, each time with other choices."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - the annotations are read at run time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from indicia.analyses import IN_DATA, About, Analysis, Column, Heading, Kind, Part, Table, columns_of
from indicia.analyses import words_of_draws as words
from indicia.analyses.columns import OF_UNITS, UNIT
from indicia.messages.sentence import Sentence
from indicia_robustness import tables_of_draws as shared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.analyses import Computed, Facts, Frames
    from indicia.notes import Note
    from indicia.types import (
        AggregationChoice,
        ImputationChoice,
        NormalisationChoice,
        TableLike,
        TreatmentChoice,
        WeightDrawsLike,
        WeightingChoice,
    )
    from indicia_robustness.draws import Draws
else:  # `[robustness]` checks these values, since `--help` starts without polars
    AggregationChoice = ImputationChoice = NormalisationChoice = TreatmentChoice = WeightingChoice = Any
    TableLike = WeightDrawsLike = Any

Kinds: TypeAlias = Literal["indicators", "dimensions"]
if TYPE_CHECKING:  # a caller may pass any sequence
    SomeKinds: TypeAlias = Kinds | Sequence[Kinds]
    Numbers: TypeAlias = Sequence[int]
else:
    SomeKinds, Numbers = Kinds | tuple[Kinds, ...], tuple[int, ...]
_FIRST = Column("first", Kind.SHARE, "the share of draws in which the unit is first")
_OF_PROGRAM = ("engine", "scheduler", "workers")
"""The options that change no figure."""
_OF_TABLES = ("of", "node")
"""The options that choose what tables show of the same draws."""


@dataclass(frozen=True)
class Robustness(Analysis):
    """Vary every uncertain choice at random and print how far each rank can be trusted (uncertainty analysis).

    [robustness] of the index file, or the options below, list the choices that vary. Commas separate methods. With
    --given, the draws are those of a table.
    """

    name = "robustness"
    heading = "How sure is the ranking?"
    reference = (
        "Saisana, Saltelli & Tarantola (2005), Journal of the Royal Statistical Society A 168(2); Lahdelma & Salminen "
        "(2001), Operations Research 49(3)"
    )
    section = "robustness"
    varies_methods = True
    answer = "indicia_after_score.robust_answer:RobustAnswer"

    draws: Annotated[int | None, words.DRAWS] = None
    seed: Annotated[int | None, words.SEED] = None
    imputation: Annotated[ImputationChoice | Sequence[ImputationChoice] | None, words.METHODS] = None
    treatment: Annotated[TreatmentChoice | Sequence[TreatmentChoice] | None, words.METHODS] = None
    normalisation: Annotated[NormalisationChoice | Sequence[NormalisationChoice] | None, words.METHODS] = None
    weighting: Annotated[WeightingChoice | Sequence[WeightingChoice] | None, words.METHODS] = None
    aggregation: Annotated[AggregationChoice | Sequence[AggregationChoice] | None, words.METHODS] = None
    weights: Annotated[WeightDrawsLike | None, words.WEIGHTS] = None
    imputations: Annotated[int | None, words.IMPUTATIONS] = None
    leave_out: Annotated[SomeKinds | None, words.LEAVE_OUT] = None
    noise: Annotated[float | None, words.NOISE] = None
    se: Annotated[Literal["columns", "attributes"] | dict[str, str] | None, words.SE] = None
    sensitivity: Annotated[int | None, words.SENSITIVITY] = None
    morris: Annotated[int | None, words.MORRIS] = None
    levels: Annotated[int | None, words.LEVELS] = None
    design: Annotated[TableLike | None, words.DESIGN] = None
    top: Annotated[Numbers | None, words.TOP] = None
    of: Annotated[str | None, About("sobol_indices, elementary_effects: explain the rank of this unit")] = None
    node: Annotated[
        str | None, Part, About("exact_… and weight_…: the dimension whose weights vary; by default the index")
    ] = None
    engine: Annotated[
        Literal["memory", "partitions", "dask", "spark"],
        About("this process; partitions: processes on this machine; dask or spark: a cluster"),
    ] = "memory"
    scheduler: Annotated[
        str | None, About("the Dask scheduler (tcp://…) or Spark master (spark://…)", metavar="URL")
    ] = None
    workers: Annotated[int | None, About("workers on this machine; default: one for each core")] = None

    units = Table(
        shared.SPREAD,
        replace(UNIT, title="unit"),
        *shared.RANKS_OF_UNITS[1:],
        by=shared.BY_NOMINAL_RANK,
        brief=shared.BRIEF,
        interval=shared.ENDS,
        shown=shared.SHOWN,
    )
    acceptability = shared.ACCEPTABILITY
    rank_stability = shared.RANK_STABILITY
    entropies = shared.ENTROPIES
    fuzzy_ranks = shared.FUZZY_RANKS
    modes = Table(
        "The most likely score of each unit",
        UNIT,
        Column("mode", Kind.SCORE, "the most likely score over the draws"),
        *columns_of(
            Kind.FIGURE,
            single="the share of draws with a score near the mode",
            cross="the share of this unit in all scores near the mode",
            confidence="the mean of both",
        ),
        order=IN_DATA,
    )
    band_probabilities = Table(
        "The share of draws in which each unit is in each band",
        UNIT,
        Column("bands", Kind.TEXT, "the classification"),
        Column("band", Kind.TEXT, "the band"),
        Column("probability", Kind.SHARE, "the share of draws, in which the unit can also have no band"),
        order="By classification, then by nominal rank, unit and band.",
    )
    pairwise = shared.PAIRWISE
    sobol_indices = Table(shared.SENSITIVITY, *shared.SOBOL_INDICES, by=shared.BY_TOTAL)
    factors = Table(
        "The choices that vary",
        Column("factor", Kind.TEXT, "the choice"),
        Column("alternatives", Kind.COUNT, "the number of its alternatives"),
        Column("which", Kind.TEXT, "the alternatives in words"),
        order="In the order of the design.",
    )
    central_weights = Table(
        "The weights with which each unit is first",
        UNIT,
        _FIRST,
        Column("{indicator}", Kind.SHARE, "the mean of its effective weight in these draws"),
        by=("-first", "{unit}"),
    )
    exact_acceptability = Table(
        "The exact share of the weights of a node with which each unit has each rank",
        UNIT,
        shared.of_ranks("the share of all weights of the node with this rank"),
        order=IN_DATA,
        of_node=True,
    )
    exact_pairwise = Table(
        "The exact share of the weights of a node with which the unit of the row is ahead of that of the column",
        UNIT,
        Column("{member}", Kind.SHARE, "the share of all weights of the node; ties count half"),
        order=IN_DATA,
        of_node=True,
    )
    exact_central_weights = Table(
        "The exact weights of a node with which each unit is first",
        UNIT,
        Column("first", Kind.SHARE, "the share of all weights of the node with which the unit is first"),
        Column("mean", Kind.RANK, "the mean of its rank over all weights"),
        Column("{part}", Kind.SHARE, "the centroid of the weights with which the unit is first"),
        by=("-first", "{unit}"),
        of_node=True,
    )
    weight_bounds = Table(
        "The weights of a node between which each unit can be first",
        UNIT,
        Column("part", Kind.PART, "the component of the node"),
        *columns_of(
            Kind.SHARE,
            lower="the smallest weight with which the unit can be first; missing if it cannot",
            upper="the largest weight",
        ),
        order="Units that can be first, by name, then the others; components in the order of the index file.",
        of_node=True,
    )
    weight_orders = Table(
        "The orders of the weights of a node with which each unit can be first",
        UNIT,
        Column("order", Kind.TEXT, 'the components by weight, such as "a > b"'),
        Column("share", Kind.SHARE, "the share of the weights in this order with which the unit is first"),
        order="In the order of the data, the largest share of a unit first.",
        of_node=True,
    )
    cumulative_acceptability = Table(
        "The share of draws in which each unit has a rank or a better one",
        UNIT,
        shared.of_ranks("the share of draws with this rank or a better one"),
        order=IN_DATA,
    )
    holistic_acceptability = Table(
        "The shares of the ranks, each times the worth of the rank",
        UNIT,
        *columns_of(
            Kind.FIGURE,
            centroid="by the centroid worth",
            linear="by a worth that falls by the same amount from rank to rank",
            inverse="by the worth 1 / rank",
        ),
        by=("-centroid", "{unit}"),
    )
    confidence = Table(
        "The confidence in a first rank with central weights",
        UNIT,
        _FIRST,
        Column("confidence", Kind.SHARE, "the probability that the unit is first with its central weights"),
        Column("rival", Kind.UNIT, "the other unit that is most often first with these weights"),
        Column("rival_first", Kind.SHARE, "the probability that the rival is first"),
        by=("-first", "{unit}"),
    )
    cross_confidence = Table(
        "The probability that the unit of the row is first with the central weights of that of the column",
        UNIT,
        Column("{member}", Kind.SHARE, "the probability with the central weights of this unit"),
        order=IN_DATA,
    )
    pooled = Table(
        "The scores pooled over several imputations by Rubin's rules",
        *OF_UNITS,
        shared.RANK,
        Column("score", Kind.SCORE, "the score without any variation"),
        Column("pooled_score", Kind.SCORE, "the mean over the imputations"),
        Column("pooled_rank", Kind.RANK, "the rank of the pooled score"),
        *shared.INTERVAL,
        *columns_of(
            Kind.FIGURE,
            within="the squared standard error of the score within an imputation, due to the other choices that vary",
            between="the squared standard error between the imputations",
            total="the squared standard error of the pooled score",
        ),
        Column("share", Kind.SHARE, "the share of it that is due to missing values"),
        Column("freedom", Kind.FIGURE, "the degrees of freedom of its t distribution"),
        by=("pooled_rank", "{unit}"),
    )
    imputation_draws = Table(
        "The imputations",
        Column("imputation", Kind.COUNT, "its number, from 1"),
        Column("seed", Kind.COUNT, "the seed with which a run imputes the same"),
        Column("draws", Kind.COUNT, "the number of its free draws"),
        by=("imputation",),
    )
    failures = Table(
        "The combinations of choices that cannot be scored",
        Column("choices", Kind.TEXT, "the choices"),
        Column("reason", Kind.TEXT, "the reason"),
        Column("draws", Kind.COUNT, "the number of draws"),
        order="In the order of the draws.",
    )
    shifts = Table(
        shared.AVERAGE_SHIFT,
        Column("draw", Kind.COUNT, "the number of the draw among the free draws, from 1"),
        shared.SHIFT,
        by=("draw",),
    )
    elementary_effects = Table(
        "The elementary effects of choices and weights on the average shift",
        Column("input", Kind.TEXT, "the choice or the weight"),
        Column("effects", Kind.COUNT, "the number of its effects"),
        *columns_of(
            Kind.FIGURE,
            mu="their mean",
            mu_star="the mean of their absolute values",
            sigma="their standard deviation",
            lower="mu less two standard errors",
            upper="mu and two standard errors",
        ),
        by=("-mu_star",),
    )
    scores = Table(
        "The scores of all runs",
        Column("run", Kind.COUNT, "the number of the run, from 1"),
        Column("{member}", Kind.SCORE, "the score of this unit"),
        by=("run",),
    )
    ranks = Table(
        "The ranks of all runs",
        Column("run", Kind.COUNT, "the number of the run, from 1"),
        Column("{member}", Kind.RANK, "the rank of this unit"),
        by=("run",),
    )

    def __post_init__(self) -> None:
        """Refuse options that the engine does not have."""
        from indicia_engines.open import check_options

        check_options(self.engine, self.scheduler, self.workers)

    @property
    def drawn(self) -> Draws:
        """The draws that the answer needs."""
        from indicia_robustness.draw_engine import DrawEngine
        from indicia_robustness.draws import Draws

        others = (*_OF_PROGRAM, *_OF_TABLES, "period")
        given = {word: it for word, it in self.parameters.items() if word not in others and it is not None}
        return Draws(given, DrawEngine.of(self.engine, self.scheduler, self.workers))

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for."""
        robust = facts[self.drawn]
        at_node = robust if self.node is None else robust.at_node(self.node)
        figures = {name: partial(getattr, at_node, name) for name in type(self).tables()}
        return {
            table: {
                "sobol_indices": lambda: robust.sensitivity_of(self.of) if self.of else robust.sensitivity,
                "elementary_effects": lambda: (
                    robust.elementary_effects_on(self.of) if self.of else robust.elementary_effects
                ),
                "imputation_draws": lambda: robust.imputations,
                "factors": lambda: robust.table_of_factors,
                "failures": lambda: robust.table_of_failures,
                "scores": lambda: robust.table_of_scores,
                "ranks": lambda: robust.table_of_ranks,
            }.get(name, figures[name])
            for name, table in type(self).tables().items()
        }

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Table | Note | str]:
        """Yield notes, the spread of the ranks, and if there are runs for it the choices that move them."""
        robust = facts[self.drawn]
        yield Heading(self.heading)
        yield from robust.findings
        yield self.units
        subject = Sentence("the rank of {unit}", unit=self.of) if self.of else _AVERAGE_SHIFT
        if robust.sensitivity_runs or (self.of and not robust.trajectories):
            yield Heading("Which choice moves the ranks?")
            if frames[self.sobol_indices]["total"].null_count():
                yield Sentence("None: {subject} is the same in every run.", subject=subject)
            else:
                yield Sentence("How much of the variation of {subject} is due to each choice:", subject=subject)
                yield self.sobol_indices
        if robust.trajectories:
            yield Heading("Which input moves the ranks?")
            yield Sentence("Change of {subject} as one input moves (elementary effects):", subject=subject)
            yield self.elementary_effects


_AVERAGE_SHIFT = Sentence("the average rank shift")
