"""The analysis of several methodologies side by side: what stays, what moves, and what moves it."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - the annotation is read at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from indicia.analyses import IN_DATA, About, Analysis, Column, Heading, Items, Kind, Table, columns_of
from indicia.analyses.columns import LABEL, REASON, UNIT
from indicia.defaults import AGREEMENT, CONSENSUS
from indicia.notes import Count, Names, Note

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    import polars as pl

    from indicia.analyses import Computed, Facts, Frames
    from indicia.types import AgreementChoice
    from indicia_compare import Comparison

_NAMES = 12
"""The number of units that a sentence names."""
_MATRIX = 10
"""The largest number of methodologies whose agreement a document shows in pairs."""
_UNITS = (UNIT, LABEL)
_NUMBER = Column("methodology", Kind.COUNT, "the number of the methodology")
_NAME = Column("methodology", Kind.KEY, "the methodology: its name, or its number")
_LABEL = Column("label", Kind.KEY, "the choices of the methodology, or its name")
_CHOICE = Column("{choice}", Kind.KEY, "the choice of the methodology, where methodologies differ")
_SHIFT = Column("mean_shift", Kind.PLACES, "the mean number of places by which units move")
_RANKS = Column("{methodology}", Kind.RANK, "the rank by this methodology")
_IN_ORDER = "In the order of the methodologies."
_BY_CHOICE = "The choice that matters most first."


@dataclass(frozen=True)
class Compare(Analysis):
    """Compare methodologies: agreement of the rankings, units that move, effects of choices.

    Commas list methods, and every combination is scored: -n min_max,z_score -w equal,entropy. Without a list, the
    [variants] of the index file are compared, or several index files.

    A folder or pattern of files is read in partitions; -o names a folder for the ranks of all units.
    """

    name = "compare"
    heading = "Does another method give another ranking?"

    measure: Annotated[str, About("measure of agreement", option="agreement", metavar="NAME")] = AGREEMENT
    rule: Annotated[str, About("method that combines the rankings", option="consensus", metavar="NAME")] = CONSENSUS
    consensus_weights: Annotated[
        Mapping[str, float],
        About("weights of rankings in the consensus, by name or number: expert=2,3=0.5; by default 1 each"),
    ] = field(default_factory=dict)
    consensus_units: Annotated[
        Literal["common", "all"],
        About("units of the consensus: those that every methodology ranks (common), or all"),
    ] = "common"
    count: Annotated[
        Literal["distinct", "all"],
        About("count each distinct ranking once (distinct), or the ranking of every methodology (all)"),
    ] = "distinct"
    top: Annotated[
        int | None,
        About("number of first places, also in the table stability; by default 10, or a third of the units", ge=1),
    ] = None
    within: Annotated[float, About("a unit that moves no more places than this is stable", ge=0)] = 3
    tested: Annotated[
        int, About("stability: leave out, worsen and copy this number of first-ranked units in turn", ge=1)
    ] = 30
    of: Annotated[str | None, About("specification: the unit to follow", metavar="UNIT")] = None
    detail: Annotated[
        str | None,
        About("details: a table of the consensus, such as pairs; by default its first", option="table", metavar="NAME"),
    ] = None

    ranks = Table("Ranks by methodology", *_UNITS, _RANKS, order=IN_DATA)
    methodologies = Table("Methodologies", _NUMBER, _LABEL, _CHOICE, by=("methodology",))
    scores = Table(
        "Scores by methodology",
        *_UNITS,
        Column("{methodology}", Kind.SCORE, "the score by this methodology"),
        order=IN_DATA,
    )
    rankings = Table(
        "Rankings",
        Column("methodology", Kind.COUNT, "the number of the first methodology with this ranking"),
        _LABEL,
        Column("methodologies", Kind.COUNT, "the number of methodologies with this ranking"),
        Column("numbers", Kind.TEXT, "their numbers"),
        by=("-methodologies", "methodology"),
    )
    agreement = Table(
        "agreement of the methodologies",
        _NAME,
        Column("{methodology}", Kind.FIGURE, "the agreement with this methodology, of which that of the row is first"),
        order=_IN_ORDER,
    )
    agreement_by_choice = Table(
        "Agreement by choice",
        Column("choice", Kind.TEXT, "the choice in which alone the methodologies of a pair differ"),
        *columns_of(
            Kind.FIGURE,
            mean="the mean agreement of the pairs; missing without a pair",
            least="the least agreement; of a distance, the largest",
        ),
        Column("pairs", Kind.COUNT, "the number of pairs"),
        Column("methodology", Kind.KEY, "one of the two that agree least"),
        Column("label", Kind.KEY, "its choices"),
        Column("other", Kind.KEY, "the other one"),
        Column("other_label", Kind.KEY, "its choices"),
        order=_BY_CHOICE,
    )
    movers = Table(
        "Movers",
        *_UNITS,
        *columns_of(Kind.RANK, best="its best rank", median="its median rank", worst="its worst rank"),
        Column("spread", Kind.PLACES, "the number of places between the best and the worst"),
        *columns_of(
            Kind.KEY,
            best_in="the first methodology with the best rank",
            worst_in="the first methodology with the worst rank",
        ),
        by=("-spread", "median", "{unit}"),
        brief=("{unit}", "best", "median", "worst", "spread"),
    )
    band_changes = Table(
        "Band changes",
        _NUMBER,
        _LABEL,
        Column("bands", Kind.TEXT, "the classification"),
        Column("units", Kind.COUNT, "the number of units with a band by this methodology and by the first one"),
        Column("changed", Kind.COUNT, "the number of those in another band"),
        Column("share", Kind.SHARE, "their share"),
        Column("reason", Kind.TEXT, "the reason why scores have no bands"),
        order=_IN_ORDER,
    )
    effects = Table(
        "Effects",
        Column("choice", Kind.TEXT, "the choice in which alone the methodologies of a pair differ"),
        Column("mean_shift", Kind.PLACES, "the mean number of places that a unit moves; missing without a pair"),
        Column("pairs", Kind.COUNT, "the number of pairs of rankings"),
        by=("-mean_shift",),
    )
    specification = Table(
        "Specification",
        _NUMBER,
        Column("rank", Kind.RANK, "the rank of the unit that is asked for", optional=True),
        Column("score", Kind.SCORE, "its score", optional=True),
        Column(
            "mean_shift",
            Kind.PLACES,
            "the mean number of places between the ranks of all units and their median ranks; without a unit",
            optional=True,
        ),
        _LABEL,
        _CHOICE,
        by=("rank", "mean_shift", "methodology"),
    )
    consensus = Table(
        "Consensus",
        *_UNITS,
        Column("score", Kind.SCORE, "the score by the consensus"),
        Column("rank", Kind.RANK, "the rank by the consensus"),
        by=("rank", "{unit}"),
    )
    details = Table(
        "Further results of the consensus",
        Column("{detail}", Kind.ANY, "what the consensus reports; `indicia methods NAME` explains it"),
        order="In the order of the consensus.",
    )
    iterated = Table(
        "Iterated",
        Column("round", Kind.COUNT, "the round, 0 for the comparison"),
        Column("agree", Kind.YES, "true if all methodologies rank all units alike in this round"),
        *_UNITS,
        _RANKS,
        order="By round, in the order of the data.",
    )
    reproduction = Table(
        "Reproduction",
        _NUMBER,
        Column("recovered", Kind.COUNT, "the number of units of a published set that are first", optional=True),
        Column("agreement", Kind.FIGURE, "the agreement with the published ranking", optional=True),
        Column("mean_shift", Kind.PLACES, _SHIFT.meaning, optional=True),
        Column("equal_ranks", Kind.COUNT, "the number of equal ranks", optional=True),
        Column("of", Kind.COUNT, "the number of units in both"),
        Column("equal_scores", Kind.COUNT, "the number of equal scores", optional=True),
        _LABEL,
        _CHOICE,
        order="By agreement, the best first.",
    )
    stability = Table(
        "Stability",
        _NUMBER,
        _LABEL,
        Column("first", Kind.TEXT, "the first units"),
        Column("weight", Kind.PART, "the part whose weight changes least for another first unit"),
        Column("first_changes", Kind.FIGURE, "this relative change of its weight; -0.25: a quarter less"),
        Column("then_first", Kind.TEXT, "the unit that is then first"),
        Column("top", Kind.COUNT, "the number k of first units whose set is examined"),
        Column("top_weight", Kind.PART, "the part whose weight changes least for another set of the first k"),
        Column("top_changes", Kind.FIGURE, "this relative change"),
        Column("swap_weight", Kind.PART, "the part whose weight changes least until any two units change places"),
        Column("two_swap", Kind.FIGURE, "this relative change"),
        Column("moved", Kind.SHARE, "the share of the weight that must move between the parts for another first unit"),
        *columns_of(
            Kind.COUNT,
            parts="the number of dimensions and indicators that are left out in turn",
            parts_new_first="the number of those without which another unit is first",
            units="the number of units that are tested",
            leaves_new_first="the number of those without which another unit is first",
            leaves_reversed="the number of those without which other units change places",
            worse_new_first="the number of those with whose worst values another unit is first",
            worse_reversed="the number of those with whose worst values other units change places",
            copy_new_first="the number of those with whose copy another unit is first",
            copy_reversed="the number of those with whose copy other units change places",
            pairs="the number of pairs that are scored without the other units",
            pairs_reversed="the number of pairs in another order",
            circles="the number of triples of which each unit beats the next",
        ),
        Column("reason", Kind.TEXT, "the reason of empty cells"),
        order=_IN_ORDER,
    )
    audit = Table(
        "Audit",
        _NUMBER,
        _LABEL,
        *columns_of(
            Kind.COUNT,
            errors="the number of findings that are errors",
            warnings="the number of warnings",
            information="the number of findings that inform",
        ),
        *columns_of(Kind.TEXT, error_codes="the checks with errors", warning_codes="the checks with warnings"),
        Column("left_out", Kind.TEXT, "the reason why the methodology cannot be scored"),
        order=_IN_ORDER,
    )
    left_out = Table("Methodologies that cannot be scored", _LABEL, REASON, order=_IN_ORDER)

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for."""
        from indicia_audit.methodologies import audit_methodologies
        from indicia_compare.ranking_stability import stability_of_methodologies

        figures = self._figures(facts)
        voting: Any = {"weights": self.consensus_weights, "units": self.consensus_units}
        return {
            self.methodologies: figures.methodologies,
            self.ranks: figures.ranks,
            self.scores: figures.scores,
            self.rankings: lambda: figures.rankings,
            self.agreement: lambda: figures.agreement(_method(figures, "agreement", self.measure)),
            self.agreement_by_choice: lambda: figures.agreement_by_choice(_method(figures, "agreement", self.measure)),
            self.movers: lambda: figures.movers,
            self.band_changes: lambda: figures.band_changes,
            self.effects: lambda: figures.effects,
            self.specification: lambda: figures.specification(self.of),
            self.consensus: lambda: figures.consensus(_method(figures, "consensus", self.rule), **voting),
            self.details: lambda: figures.details(_method(figures, "consensus", self.rule), self.detail, **voting),
            self.iterated: lambda: figures.iterated(weights=self.consensus_weights),
            self.reproduction: lambda: figures.against(method=_method(figures, "agreement", self.measure)),
            self.stability: lambda: self.stability.frame(
                stability_of_methodologies(figures, self.top, self.tested, facts.progress)
            ),
            self.audit: lambda: self.audit.frame(audit_methodologies(figures)),
            self.left_out: figures.left_out,
        }

    def names_in_columns(self, facts: Facts) -> Mapping[str, Container[str]]:
        """Return the names of columns of units, of methodologies and of choices."""
        return self._figures(facts).names_in_columns

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Items | Table | Note | str]:
        """Yield the methodologies, and an answer to each question of a reader."""
        figures = self._figures(facts)
        several = len(figures.methods) > 1
        yield Heading(self.heading)
        yield self.methodologies
        if several:
            measure = _method(figures, "agreement", self.measure)
            yield Heading("Do the rankings agree?")
            yield Items([*on_distinct(figures), *on_agreement(figures, measure)])
            if 2 < len(figures.methods) <= _MATRIX:
                yield self.agreement
            together = on_consensus(figures, frames[self.consensus], self.rule, self.consensus_weights)
            first = self.top or max(1, min(10, len(figures.common_ranks) // 3))
            yield Heading("Who keeps its place?")
            yield Items([*on_units(figures, first, self.within), together])
            yield Heading("Who moves most?")
            yield Items(on_movers(figures))
            yield self.movers
            yield Heading("Which choice moves the ranks?")
            yield Items(on_effects(figures))
            if figures.effects["mean_shift"].count() > 1:
                yield self.effects
        if recovered := on_recovery(figures, _method(figures, "agreement", self.measure)):
            yield Heading("How close to the published ranking?")
            yield Items(recovered)
        if figures.notes:
            yield Heading("Notes")
            yield Items(figures.notes)

    def _figures(self, facts: Facts) -> Comparison:
        from indicia_compare.answer import Compared

        return facts[Compared(self.count)]


def _method(figures: Comparison, kind: str, name: str) -> Any:
    """Return a method of the catalogue of the index; one by default stays a name, whose tables are computed once."""
    return name if name in (AGREEMENT, CONSENSUS) else figures.catalogue.with_kind(kind).choose(kind, name)


def on_distinct(comparison: Comparison) -> list[Note]:
    """Return the number of distinct rankings and the rule for counting them, if methodologies share a ranking."""
    number, distinct = len(comparison.methods), len(comparison.distinct_methods)
    if distinct == number:
        return []
    if distinct == 1:
        return [Note("one_ranking", number=number)]
    kind = "rankings_count_all" if comparison.count == "all" else "rankings_count_once"
    return [Note(kind, number=number, distinct=distinct)]


def on_agreement(comparison: Comparison, method: AgreementChoice = AGREEMENT) -> list[Note]:
    """Return the average agreement of two rankings, and the two rankings with the least agreement."""
    import numpy as np  # here, since `--help` imports the class and computes nothing

    from indicia.methods import Agreement

    agreement = comparison.catalogue.with_kind("agreement").choose("agreement", method)
    assert isinstance(agreement, Agreement)
    methods = comparison.counted_methods
    if len(methods) < 2:
        return []
    is_kendall = str(agreement) == AGREEMENT
    table = comparison.agreement(AGREEMENT if is_kendall else agreement).drop("methodology").to_numpy()
    places = [methodology.number - 1 for methodology in methods]
    values = table[np.ix_(places, places)]
    others = ~np.eye(len(values), dtype=bool)  # without the agreement of a ranking with itself
    mean = float(values[others].mean())
    disagreement = np.where(others, values if agreement.distance else -values, -np.inf)
    first, second = (int(place) for place in np.unravel_index(int(disagreement.argmax()), values.shape))
    least = float(values[first, second])
    if is_kendall:
        kind = "pairs_of_two" if len(values) == 2 else "pairs_on_average"
        notes = [Note(kind, pairs=_pairs(mean), value=f"{mean:.2f}")]
    else:
        perfect = "0" if agreement.distance else "1"
        notes = [Note("average_agreement", measure=str(agreement), value=f"{mean:.2f}", same=perfect)]
    if len(values) > 2:
        labels = {"first": methods[first].label, "second": methods[second].label, "value": f"{least:.2f}"}
        pairs = {"pairs": _pairs(least)} if is_kendall else {}
        notes.append(Note("least_alike_pairs" if is_kendall else "least_alike", **labels, **pairs))
    return notes


def _pairs(tau: float) -> int:
    """Return the number of pairs, of 100, that are in the same order; approximate if there are ties.

    >>> _pairs(0.8)
    90
    """
    return round(50 * (1 + tau))


def on_units(comparison: Comparison, top: int, within: float) -> list[Note]:
    """Return the first unit, the units that every ranking has among the first, and the units with stable ranks."""
    number, units = len(comparison.counted_methods), len(comparison.common_ranks)
    (leader, count), *others = comparison.top(1).select(comparison.unit, "rankings").rows()
    if count == number:
        notes = [Note("first_everywhere", unit=Names.of([leader]))]
    else:
        noun = Note("noun_methodologies" if number == len(comparison.methods) else "noun_rankings")
        notes = [Note("first_often", unit=Names.of([leader]), times=count, number=number, noun=noun)]
    if others:
        others_first = (Note("unit_times", unit=Names.of([unit]), times=times) for unit, times in others)
        notes.append(Note("first_elsewhere", units=Names(tuple(others_first), _NAMES, " · ")))
    always_first = comparison.top(top).filter(share=1.0)[comparison.unit].to_list()
    stable = comparison.stable(within)
    return [
        *notes,
        _note_on_units("among_first", always_first, top=top),
        _note_on_units("stable", stable, all=units, within=f"{within:g}"),
    ]


def _note_on_units(kind: str, units: Sequence[str], **numbers: object) -> Note:
    if not units:
        return Note(f"none_{kind}", **numbers)
    return Note(kind, count=Count(len(units), "unit"), units=_names(units), **numbers)


def _names(units: Sequence[str]) -> Names:
    """Return names with another separator than a comma, since names of units contain commas."""
    return Names.of(units, _NAMES, " · ")


def on_movers(comparison: Comparison) -> list[Note]:
    """Return the best and the worst rank of the unit that moves most, with their methodologies."""
    row = comparison.movers.row(0, named=True)
    if not row["spread"]:
        return [Note("no_movers")]
    labels = dict(zip(comparison.method_names, (methodology.label for methodology in comparison.methods), strict=True))
    best, worst = (labels[row[side]] for side in ("best_in", "worst_in"))
    ranks = {"best": f"{row['best']:g}", "worst": f"{row['worst']:g}"}
    return [Note("largest_mover", unit=Names.of([row[comparison.unit]]), by_best=best, by_worst=worst, **ranks)]


def on_effects(comparison: Comparison) -> list[Note]:
    """Return the choice that moves ranks most."""
    effects = comparison.effects.drop_nulls("mean_shift")
    if effects.is_empty():
        return [Note("no_single_choice")]
    choice, shift = effects.row(0)[:2]
    return [Note("largest_effect", choice=choice, shift=f"{shift:.1f}") if shift else Note("no_effect")]


def on_consensus(comparison: Comparison, ranking: pl.DataFrame, method: str, weights: Mapping[str, float]) -> Note:
    """Return the first units of the consensus of all rankings."""
    rows = ranking.select(comparison.unit, "rank").head(10).rows()
    places = [Note("ranked_unit", rank=f"{rank:g}", unit=Names.of([unit])) for unit, rank in rows]
    more = ("…",) if len(ranking) > len(rows) else ()
    chosen = "; ".join([method, *(f"{name} × {weight:g}" for name, weight in weights.items())])
    return Note("consensus", method=chosen, units=Names((*places, *more), len(rows) + 1, " · "))


def on_recovery(comparison: Comparison, method: AgreementChoice = AGREEMENT) -> list[Note]:
    """Return the agreement of the best and of the worst methodology with a published ranking."""
    published = comparison.published
    if published is None:
        return []
    table = comparison.against(method=method)
    best, worst = table.row(0, named=True), table.row(-1, named=True)
    name = published.name
    if published.is_set:
        return _on_set(name, table)
    if best["agreement"] is None:
        return [Note("too_few_published", name=name)]
    if len(table) == 1:
        return [Note("published_agreement", name=name, agreement=_agreement_with(best))]
    return [
        Note("published_nearest", name=name, agreement=_agreement_with(best)),
        Note("published_furthest", agreement=_agreement_with(worst)),
    ]


def _on_set(name: str, table: pl.DataFrame) -> list[Note]:
    most, least, size = table["recovered"][0], table["recovered"][-1], table["of"][0]
    if most == least:
        return [Note("set_recovered", name=name, most=most, size=size)]
    best = Names.of(table.filter(recovered=most)["label"], 3)
    return [
        Note("set_recovered_range", name=name, least=least, most=most, size=size),
        Note("set_recovered_by", most=most, best=best, least=least, worst=table["label"][-1]),
    ]


def _agreement_with(row: Mapping[str, object]) -> Note:
    equal = (
        Note("equal_values", equal=row[f"equal_{word}"], all=row["of"], column=Note(f"equal_{word}"))
        for word in ("ranks", "scores")
        if f"equal_{word}" in row
    )
    values = {"value": f"{row['agreement']:.2f}", "shift": f"{row['mean_shift']:.1f}"}
    return Note("methodology_agreement", label=row["label"], equal=Names(tuple(equal), between="; "), **values)
