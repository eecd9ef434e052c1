"""The analysis of the coherence of an index: do its parts belong together?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from indicia.analyses import Analysis, Column, Heading, Kind, Table, columns_of
from indicia.analyses.columns import BY_NODE, NODE, UNITS
from indicia.answers.needs import Asked
from indicia_audit.examined import Examined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.analyses import Computed, Facts, Frames

_OF_NODE = Column("node", Kind.PART, "the node of both; missing for a pair of indicators of different nodes")
_PAIR = tuple(columns_of(Kind.PART, a="the first component", b="the second component"))
_ITEM = Column("item", Kind.PART, "the component")
_ITEMS = Column("items", Kind.COUNT, "the number of components")
_P = Column("p", Kind.FIGURE, "the probability of such a value without any correlation")
_R = (
    Column("r", Kind.FIGURE, "Pearson's correlation"),
    *columns_of(Kind.FIGURE, low="the lower end of its 95 % interval", high="the upper end"),
    _P,
)
_FACTOR = Column("factor", Kind.COUNT, "the number of the factor")
_LOADING = Column("loading", Kind.FIGURE, "the loading of the component")
_FEW = "no node has two or more components to rotate"
_LINKAGE = Column("linkage", Kind.TEXT, "the rule of linkage")


@dataclass(frozen=True)
class Coherence(Analysis):
    """The coherence of the parts: correlations, reliability, adequacy, components, clusters, moments.

    A statistic of several items is over the units that have every item. A node whose items do not allow a statistic
    has no rows in its table; `reliability` and `adequacy` give the reasons. Clusters need scipy: pip install
    'indicia[audit]'.
    """

    name = "coherence"
    heading = "Do the parts belong together?"
    reference = "OECD & JRC (2008), Handbook on Constructing Composite Indicators, chapter 4"

    correlations = Table(
        "Correlations of pairs",
        _OF_NODE,
        *_PAIR,
        UNITS,
        *_R,
        *columns_of(Kind.FIGURE, rho="Spearman's correlation of ranks", rho_p="the probability of such a value"),
        order=BY_NODE,
    )
    rank_correlations = Table(
        "Correlations of ranks",
        _OF_NODE,
        *_PAIR,
        UNITS,
        Column("tau", Kind.FIGURE, "Kendall's τ_b"),
        _P,
        order=BY_NODE,
    )
    node_correlations = Table(
        "Correlation of each part with its node",
        NODE,
        _ITEM,
        Column(
            "relation",
            Kind.TEXT,
            '"own"; "rest", the weighted sum of the other components of the node; "index"; or "other", another node',
        ),
        Column("with", Kind.PART, "the node with which it is correlated"),
        UNITS,
        *_R,
        order=BY_NODE,
    )
    partial = Table(
        "Partial correlations",
        NODE,
        *_PAIR,
        Column("r", Kind.FIGURE, "Pearson's correlation"),
        Column("partial", Kind.FIGURE, "the correlation given the other components of the node"),
        _P,
        order=BY_NODE,
    )
    reliability = Table(
        "Reliability of the nodes",
        NODE,
        _ITEMS,
        UNITS,
        *columns_of(
            Kind.FIGURE,
            alpha="Cronbach's alpha of standardised values",
            low="the lower end of its interval by resampling",
            high="the upper end",
        ),
        Column("alpha_of_values", Kind.FIGURE, "alpha of the values as they are"),
        *columns_of(Kind.FIGURE, average_r="the mean correlation of pairs", omega="McDonald's omega"),
        Column("reason", Kind.TEXT, "the reason why there is no alpha"),
        order=BY_NODE,
        brief=("node", "items", "units", "alpha", "low", "high", "average_r", "omega"),
    )
    items = Table(
        "Reliability by part",
        NODE,
        _ITEM,
        Column("item_rest", Kind.FIGURE, "the correlation with the sum of the others"),
        Column("item_total", Kind.FIGURE, "the correlation with the sum of all"),
        Column("alpha_without", Kind.FIGURE, "alpha without it"),
        Column("item_rest_of_values", Kind.FIGURE, "`item_rest` of the values as they are"),
        Column("item_total_of_values", Kind.FIGURE, "`item_total` of the values as they are"),
        Column("alpha_of_values_without", Kind.FIGURE, "`alpha_without` of the values as they are"),
        order=BY_NODE,
        brief=("node", "item", "item_rest", "alpha_without"),
    )
    adequacy = Table(
        "Adequacy for components and factors",
        NODE,
        _ITEMS,
        UNITS,
        Column("incomplete", Kind.COUNT, "the number of units that lack a value"),
        Column("kmo", Kind.FIGURE, "the measure of Kaiser, Meyer and Olkin"),
        Column("chi_square", Kind.FIGURE, "Bartlett's test that the components are unrelated"),
        Column("free", Kind.COUNT, "its degrees of freedom"),
        _P,
        Column("log_determinant", Kind.FIGURE, "the logarithm of the determinant of the correlations"),
        Column("reason", Kind.TEXT, "the reason why there is no such test"),
        order=BY_NODE,
        brief=("node", "items", "units", "kmo", "chi_square", "free", "p"),
    )
    adequacy_items = Table(
        "Adequacy by part",
        NODE,
        _ITEM,
        *columns_of(
            Kind.FIGURE,
            kmo="the measure of Kaiser, Meyer and Olkin",
            vif="the variance inflation",
            communality="the share of the variance that the components with eigenvalues above 1 explain",
        ),
        order=BY_NODE,
    )
    eigenvalues = Table(
        "Eigenvalues of the correlations inside the nodes",
        NODE,
        Column("component", Kind.COUNT, "the number of the principal component"),
        Column("eigenvalue", Kind.FIGURE, "the eigenvalue"),
        Column("share", Kind.SHARE, "its share of the variance"),
        Column("cumulative", Kind.SHARE, "the share of this and the larger ones"),
        *columns_of(Kind.FIGURE, low="the lower end of its 90 % interval by resampling", high="the upper end"),
        Column("draws", Kind.COUNT, "the number of resampled tables, 1,000 up to 29 components"),
        Column("unrelated_mean", Kind.FIGURE, "the mean eigenvalue of unrelated components"),
        Column("unrelated_quantile", Kind.FIGURE, "the 95 % quantile of the eigenvalue of unrelated components"),
        order=BY_NODE,
        brief=("node", "component", "eigenvalue", "share", "low", "high", "unrelated_quantile"),
    )
    loadings = Table(
        "Loadings of the principal components",
        NODE,
        _ITEM,
        Column("component", Kind.COUNT, "the number of the principal component"),
        Column("loading", Kind.FIGURE, "the correlation of both"),
        order=BY_NODE,
    )
    rotated = Table("Loadings after varimax", NODE, _ITEM, _FACTOR, _LOADING, order=BY_NODE, empty=_FEW)
    promax = Table("Loadings after promax", NODE, _ITEM, _FACTOR, _LOADING, order=BY_NODE, empty=_FEW)
    factor_correlations = Table(
        "Correlations of the factors after promax",
        NODE,
        _FACTOR,
        Column("with", Kind.COUNT, "the other factor"),
        Column("r", Kind.FIGURE, "the correlation of both"),
        order=BY_NODE,
        empty=_FEW,
    )
    clusters = Table(
        "The clusters of the units",
        _LINKAGE,
        Column("unit", Kind.UNIT, "the unit"),
        Column("clusters_{number}", Kind.COUNT, "its cluster of this number of clusters"),
        order="By rule of linkage, then by name.",
    )
    merges = Table(
        "The steps in which clusters merge",
        _LINKAGE,
        Column("step", Kind.COUNT, "the step"),
        Column("first", Kind.COUNT, "a unit from 0, or the number of units and a step", title="cluster"),
        Column("second", Kind.COUNT, "the other", title="other cluster"),
        Column("height", Kind.FIGURE, "the distance at which they merge"),
        Column("size", Kind.COUNT, "the number of units of the merged cluster"),
        order="By rule of linkage, then by step.",
    )
    cophenetic = Table(
        "The fit of the clusters",
        _LINKAGE,
        Column("cophenetic", Kind.FIGURE, "the correlation of distances with the heights at which units merge"),
        order="By rule of linkage.",
    )
    moments = Table(
        "Skewness and excess kurtosis",
        Column("stage", Kind.TEXT, '"raw", "treated" or "normalised" values'),
        Column("item", Kind.PART, "the indicator"),
        UNITS,
        *(
            Column(f"skewness{form}", Kind.FIGURE, f"the skewness, form {form} of Joanes and Gill")
            for form in (1, 2, 3)
        ),
        *(Column(f"kurtosis{form}", Kind.FIGURE, f"the excess kurtosis, form {form}") for form in (1, 2, 3)),
        order="By stage, in the order of the index file.",
    )

    def compute(self, facts: Facts) -> Computed:
        """Compute each table when it is asked for."""
        from indicia_audit.coherence_tables import CoherenceTables

        tables = type(self).tables()
        found = CoherenceTables(facts[Examined()], tables, facts[Asked()].index.definition.audit.factors)
        return {table: partial(getattr, found, name) for name, table in tables.items()}

    def document(self, facts: Facts, frames: Frames) -> Iterator[Heading | Table]:
        """Yield the tables of each node; `--show` has those of pairs and of units."""
        del facts, frames  # the tables are read later
        yield Heading(self.heading)
        yield from (self.node_correlations, self.reliability, self.adequacy, self.eigenvalues)
