"""The analysis of the importance of the parts of an index, beside their weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from indicia.analyses import IN_INDEX, About, Analysis, Column, Heading, Kind, Table, columns_of
from indicia.analyses.columns import BY_NODE, NODE, REASON, UNITS
from indicia_audit.examined import Examined
from indicia_statistics.measures import Measure  # noqa: TC001 - an option, which is read when it is checked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.analyses import Computed, Facts, Frames

_COMPONENT = Column("component", Kind.PART, "the component")
_LEVEL = Column("level", Kind.TEXT, '"component", or "indicator" for the indicators of an index with dimensions')
_WHAT = (
    Column("column", Kind.PART, "the score of the index or of a dimension, or the indicator before normalisation"),
    Column("kind", Kind.TEXT, '"score" or "indicator"'),
)
_GROUPS = Column("group", Kind.TEXT, "the column of groups")
_NO_GROUPS = "the index file states no groups in [data]"
_NO_NEIGHBOURS = "the index file states no neighbours in [outside]"


@dataclass(frozen=True)
class Importance(Analysis):
    """The importance of the parts beside their weights, the inequality of scores, and the similarity of neighbours.

    The rows are those of one period. A column that a statistic cannot bear has a `reason` in place of figures.
    """

    name = "importance"
    heading = "Does each part count as much as its weight says?"
    reference = "Paruolo, Saisana & Saltelli (2013), Journal of the Royal Statistical Society A 176(3)"

    measures: Annotated[
        tuple[Measure, ...] | None,
        About("main_effects: the measures, such as kernel or distance_correlation; by default all"),
    ] = None

    importance = Table(
        "Importance and weight of the parts",
        NODE,
        _LEVEL,
        _COMPONENT,
        Column("units", Kind.COUNT, "the number of units with the component and the score"),
        Column("weight", Kind.SHARE, "the weight; weights sum to 1, and are missing if they differ by group"),
        Column("effective_weight", Kind.SHARE, "the weight in the index"),
        Column("r2", Kind.FIGURE, "the squared correlation with the score"),
        Column("spline", Kind.FIGURE, "the main effect by a natural spline"),
        Column("p_linear", Kind.FIGURE, "the probability of the F test of a line"),
        Column("linear", Kind.YES, "true if this is 0.05 or more"),
        *columns_of(
            Kind.FIGURE,
            effect="the main effect: `r2` of a linear part, else `spline`",
            lower="the lower end of its 95 % interval",
            upper="the upper end",
        ),
        Column("variance_share", Kind.FIGURE, "Cov(w x, Y) / Var(Y)"),
        Column("share", Kind.SHARE, "the effect divided by the sum of effects"),
        Column("gap", Kind.FIGURE, "this share less the weight"),
        Column("gap_lower", Kind.FIGURE, "the lower end of its interval"),
        Column("gap_upper", Kind.FIGURE, "the upper end"),
        order=BY_NODE,
        brief=("node", "level", "component", "weight", "r2", "effect", "lower", "upper", "share", "gap"),
    )
    main_effects = Table(
        "Importance by other measures",
        NODE,
        _LEVEL,
        _COMPONENT,
        Column("units", Kind.COUNT, "the number of units with both", optional=True),
        Column("distinct", Kind.COUNT, "the number of distinct values", optional=True),
        Column("r", Kind.FIGURE, "the correlation with the score", optional=True),
        *(
            Column(name, Kind.FIGURE, meaning, optional=True)
            for name, meaning in (
                ("natural_spline", "the main effect by a natural spline"),
                ("local_linear", "by a local linear regression"),
                ("local_quadratic", "by a local quadratic regression"),
                ("smoothing_spline", "by a smoothing spline"),
                ("kernel_cross_validation", "by a kernel regression, its bandwidth by cross-validation"),
                ("kernel_plug_in", "by a kernel regression, its bandwidth by a plug-in rule"),
                ("kernel_lowest", "the lowest main effect over bandwidths"),
                ("kernel_highest", "the highest main effect over bandwidths"),
                ("kernel_p_linear", "the probability of the test that the regression is a line"),
                ("distance_correlation", "the distance correlation"),
                ("distance_correlation_corrected", "the distance correlation, corrected for its bias"),
            )
        ),
        order=BY_NODE,
    )
    weights_for_importance = Table(
        "Weights that would make importance equal to the weights",
        NODE,
        _COMPONENT,
        Column("weight", Kind.SHARE, "the weight, which importance is to equal"),
        Column("exact", Kind.FIGURE, "the weight of the one solution"),
        Column("exact_r2", Kind.FIGURE, "the squared correlation with the mean of these weights"),
        Column("attainable", Kind.YES, "true if all of these weights are 0 or more"),
        Column("closest", Kind.SHARE, "the closest weight of 0 or more"),
        Column("closest_r2", Kind.FIGURE, "the squared correlation with the mean of these weights"),
        Column("reason", Kind.TEXT, "the reason why there are none"),
        order=BY_NODE,
        brief=("node", "component", "weight", "exact", "closest"),
    )
    coefficients = Table(
        "Standardised coefficients of a regression of the index on its indicators",
        Column("indicator", Kind.PART, "the indicator"),
        Column("units", Kind.COUNT, "the number of units"),
        Column("beta", Kind.FIGURE, "the standardised coefficient"),
        Column("r", Kind.FIGURE, "the correlation with the index"),
        Column("share", Kind.FIGURE, "the product of both"),
        Column("reason", Kind.TEXT, "the reason why there is no regression"),
        order=IN_INDEX,
    )
    inequality = Table(
        "Inequality of the scores and the indicators",
        *_WHAT,
        UNITS,
        Column("gini", Kind.FIGURE, "the Gini coefficient"),
        Column("gini_sample", Kind.FIGURE, "the Gini coefficient times n / (n - 1)"),
        Column("half_cv2", Kind.FIGURE, "half the squared coefficient of variation"),
        Column("theil_t", Kind.FIGURE, "Theil's T"),
        Column("theil_l", Kind.FIGURE, "Theil's L"),
        *(
            Column(f"atkinson_{aversion}", Kind.FIGURE, f"Atkinson's measure with an aversion of {aversion}")
            for aversion in (0.5, 1, 2)
        ),
        REASON,
        order="The index, its dimensions, then its indicators.",
        brief=("column", "kind", "units", "gini", "half_cv2", "theil_t", "theil_l", "reason"),
    )
    inequality_by_group = Table(
        "Inequality within and between groups",
        _GROUPS,
        *_WHAT,
        UNITS,
        Column("groups", Kind.COUNT, "the number of groups"),
        *columns_of(
            Kind.FIGURE,
            theil_t="Theil's T",
            theil_within="its part within groups",
            theil_between="its part between groups",
            gini="the Gini coefficient; missing for more than 50 groups",
            gini_within="its part within groups",
            gini_between="its net part between groups",
            transvariation="its part by the overlap of groups",
        ),
        REASON,
        order="By column of groups; the index, its dimensions, then its indicators.",
        empty=_NO_GROUPS,
    )
    inequality_by_pair = Table(
        "Inequality between two groups",
        _GROUPS,
        *_WHAT,
        *columns_of(Kind.TEXT, richer="the group with the larger mean", poorer="the other group"),
        *columns_of(
            Kind.FIGURE,
            gini="the Gini coefficient between the two",
            distance="their economic distance, 1 for groups without overlap",
            excess="the mean excess of the richer over the poorer",
            reverse_excess="that of the poorer over the richer",
            between="the net part in the total",
            transvariation="the part by their overlap",
        ),
        order="As in `inequality_by_group`, then by group.",
        empty=f"{_NO_GROUPS}, or no column has such parts",
    )
    spatial = Table(
        "Similarity of neighbours",
        _WHAT[0],
        Column("units", Kind.COUNT, "the number of units with neighbours"),
        Column("moran", Kind.FIGURE, "Moran's I"),
        Column("expected", Kind.FIGURE, "its expected value without similarity", title="expected value", optional=True),
        *(
            Column(name, Kind.FIGURE, meaning, optional=True)
            for name, meaning in (
                ("variance_normality", "its variance if values are normal"),
                ("variance_randomisation", "its variance if values are permuted"),
                ("z_normality", "its z value if values are normal"),
                ("z_randomisation", "its z value if values are permuted"),
                ("p_greater", "the probability of a larger value"),
            )
        ),
        Column("geary", Kind.FIGURE, "Geary's C"),
        *(
            Column(f"geary_{name}", Kind.FIGURE, meaning, optional=True)
            for name, meaning in (
                ("variance_normality", "its variance if values are normal"),
                ("variance_randomisation", "its variance if values are permuted"),
                ("z_normality", "its z value if values are normal"),
                ("z_randomisation", "its z value if values are permuted"),
                ("p_greater", "the probability of more similar neighbours"),
            )
        ),
        order="The index, its dimensions, then its indicators.",
        brief=("column", "units", "moran", "expected", "z_randomisation", "p_greater", "geary"),
        empty=_NO_NEIGHBOURS,
    )
    local_spatial = Table(
        "Similarity of the neighbours of each unit",
        _WHAT[0],
        Column("unit", Kind.UNIT, "the unit"),
        Column("local", Kind.FIGURE, "the local Moran's I"),
        Column("quadrant", Kind.TEXT, 'its value, then that of its neighbours: "high-low"'),
        order="As in `spatial`, then by name.",
        empty=_NO_NEIGHBOURS,
    )

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for."""
        from indicia_audit.importance_tables import MEASURES, ImportanceTables

        tables = type(self).tables()
        found = ImportanceTables(facts[Examined()], tables, self.measures or MEASURES)
        return {table: partial(getattr, found, name) for name, table in tables.items()}

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Table]:
        """Yield importance and weights, then inequality and neighbours; other measures take long."""
        del facts  # all is read from the tables
        yield Heading(self.heading)
        yield from (self.importance, self.weights_for_importance)
        yield Heading("How unequal are the units?")
        yield self.inequality
        if len(frames[self.inequality_by_group]):
            yield self.inequality_by_group
        if len(frames[self.spatial]):
            yield Heading("Are neighbours alike?")
            yield self.spatial
