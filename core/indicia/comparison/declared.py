"""The tables of a comparison of methodologies."""

from __future__ import annotations

from indicia.analyses import IN_DATA, Column, Kind, Table, columns_of
from indicia.analyses.columns import LABEL, REASON, UNIT

_UNITS = (UNIT, LABEL)
_NUMBER = Column("methodology", Kind.COUNT, "the number of the methodology")
_NAME = Column("methodology", Kind.KEY, "the methodology: its name, or its number")
_LABEL = Column("label", Kind.TEXT, "the choices of the methodology, or its name")
_CHOICE = Column("{choice}", Kind.TEXT, "the choice of the methodology, where methodologies differ")
_SHIFT = Column("mean_shift", Kind.PLACES, "the mean number of places by which units move")
_RANKS = Column("{methodology}", Kind.RANK, "the rank by this methodology")
_IN_ORDER = "In the order of the methodologies."
_BY_CHOICE = "The choice that matters most first."


class ComparisonTables:
    """The tables of `Comparison.frame` and `indicia compare --show`."""

    methodologies = Table("Methodologies", _NUMBER, _LABEL, _CHOICE, by=("methodology",))
    ranks = Table("ranks", *_UNITS, _RANKS, order=IN_DATA)
    scores = Table(
        "scores", *_UNITS, Column("{methodology}", Kind.SCORE, "the score by this methodology"), order=IN_DATA
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
        Column("label", Kind.TEXT, "its choices"),
        Column("other", Kind.KEY, "the other one"),
        Column("other_label", Kind.TEXT, "its choices"),
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
        "details",
        Column("{detail}", Kind.ANY, "what the consensus reports; `indicia methods NAME` explains it"),
        order="In the order of the consensus.",
    )
    iterated = Table(
        "Iterated",
        Column("round", Kind.COUNT, "the round, 0 for the comparison"),
        Column("agree", Kind.YES, "true if all methodologies rank all units alike in this round"),
        *_UNITS,
        _RANKS,
        by=("round",),
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
    left_out = Table("left out", _LABEL, REASON, order=_IN_ORDER)
