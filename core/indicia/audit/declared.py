"""The tables of an audit, with those of coherence and of importance."""

from __future__ import annotations

from indicia.analyses import IN_INDEX, Column, Kind, Table, columns_of
from indicia.analyses.columns import REASON
from indicia.inspection.declared import InspectionTables
from indicia.robustness.declared import RobustTables

_NODE = Column("node", Kind.PART, "the node: the index, a dimension, or all indicators")
_OF_NODE = Column("node", Kind.PART, "the node of both; missing for a pair of indicators of different nodes")
_PAIR = tuple(columns_of(Kind.PART, a="the first component", b="the second component"))
_ITEM = Column("item", Kind.PART, "the component")
_COMPONENT = Column("component", Kind.PART, "the component")
_ITEMS = Column("items", Kind.COUNT, "the number of components")
_UNITS = Column("units", Kind.COUNT, "the number of units with all values")
_P = Column("p", Kind.FIGURE, "the probability of such a value without any correlation")
_R = (
    Column("r", Kind.FIGURE, "Pearson's correlation"),
    *columns_of(Kind.FIGURE, low="the lower end of its 95 % interval", high="the upper end"),
    _P,
)
_LEVEL = Column("level", Kind.TEXT, '"component", or "indicator" for the indicators of an index with dimensions')
_FACTOR = Column("factor", Kind.COUNT, "the number of the factor")
_LOADING = Column("loading", Kind.FIGURE, "the loading of the component")
_WHAT = (
    Column("column", Kind.PART, "the score of the index or of a dimension, or the indicator before normalisation"),
    Column("kind", Kind.TEXT, '"score" or "indicator"'),
)
_GROUPS = Column("group", Kind.TEXT, "the column of groups")
_LINKAGE = Column("linkage", Kind.TEXT, "the rule of linkage")
_BY_NODE = "By node, from the index down, in the order of the index file."


class DeclaredAudit:
    """The further tables of `Audit.frame` and `indicia audit --show`."""

    findings = InspectionTables.findings
    skipped = InspectionTables.skipped
    proposals = Table(
        "The changes that clear findings",
        _NODE,
        Column("change", Kind.TEXT, "the change in words"),
        Column("set", Kind.TEXT, "the options of the change"),
        *columns_of(Kind.COUNT, cleared="the number of findings that it clears", caused="the number that it causes"),
        Column("mean_shift", Kind.PLACES, "the mean number of places by which units move"),
        *columns_of(Kind.TEXT, cleared_findings="the findings that it clears", caused_findings="those that it causes"),
        order="The change that clears most first.",
    )
    intervals = Table(
        "Ranks, and their spread over the draws (from the 5 % to the 95 % quantile)",
        *RobustTables.units.columns.values(),
        by=RobustTables.units.by,
    )
    sensitivity = RobustTables.sensitivity


class DeclaredCoherence:
    """The tables of `CoherenceReport.frame`, also of an audit."""

    correlations = Table(
        "Correlations of pairs",
        _OF_NODE,
        *_PAIR,
        _UNITS,
        *_R,
        *columns_of(Kind.FIGURE, rho="Spearman's correlation of ranks", rho_p="the probability of such a value"),
        order=_BY_NODE,
    )
    rank_correlations = Table(
        "Correlations of ranks",
        _OF_NODE,
        *_PAIR,
        _UNITS,
        Column("tau", Kind.FIGURE, "Kendall's τ_b"),
        _P,
        order=_BY_NODE,
    )
    node_correlations = Table(
        "Correlation of each part with its node",
        _NODE,
        _ITEM,
        Column(
            "relation",
            Kind.TEXT,
            '"own"; "rest", the weighted sum of the other components of the node; "index"; or "other", another node',
        ),
        Column("with", Kind.PART, "the node with which it is correlated"),
        _UNITS,
        *_R,
        order=_BY_NODE,
    )
    partial = Table(
        "Partial correlations",
        _NODE,
        *_PAIR,
        Column("r", Kind.FIGURE, "Pearson's correlation"),
        Column("partial", Kind.FIGURE, "the correlation given the other components of the node"),
        _P,
        order=_BY_NODE,
    )
    reliability = Table(
        "Reliability of the nodes",
        _NODE,
        _ITEMS,
        _UNITS,
        *columns_of(
            Kind.FIGURE,
            alpha="Cronbach's alpha of standardised values",
            low="the lower end of its interval by resampling",
            high="the upper end",
        ),
        Column("alpha_of_values", Kind.FIGURE, "alpha of the values as they are"),
        *columns_of(Kind.FIGURE, average_r="the mean correlation of pairs", omega="McDonald's omega"),
        Column("reason", Kind.TEXT, "the reason why there is no alpha"),
        order=_BY_NODE,
        brief=("node", "items", "units", "alpha", "low", "high", "average_r", "omega"),
    )
    items = Table(
        "Reliability by part",
        _NODE,
        _ITEM,
        Column("item_rest", Kind.FIGURE, "the correlation with the sum of the others"),
        Column("item_total", Kind.FIGURE, "the correlation with the sum of all"),
        Column("alpha_without", Kind.FIGURE, "alpha without it"),
        Column("item_rest_of_values", Kind.FIGURE, "`item_rest` of the values as they are"),
        Column("item_total_of_values", Kind.FIGURE, "`item_total` of the values as they are"),
        Column("alpha_of_values_without", Kind.FIGURE, "`alpha_without` of the values as they are"),
        order=_BY_NODE,
        brief=("node", "item", "item_rest", "alpha_without"),
    )
    adequacy = Table(
        "Adequacy for components and factors",
        _NODE,
        _ITEMS,
        _UNITS,
        Column("incomplete", Kind.COUNT, "the number of units that lack a value"),
        Column("kmo", Kind.FIGURE, "the measure of Kaiser, Meyer and Olkin"),
        Column("chi_square", Kind.FIGURE, "Bartlett's test that the components are unrelated"),
        Column("free", Kind.COUNT, "its degrees of freedom"),
        _P,
        Column("log_determinant", Kind.FIGURE, "the logarithm of the determinant of the correlations"),
        Column("reason", Kind.TEXT, "the reason why there is no such test"),
        order=_BY_NODE,
        brief=("node", "items", "units", "kmo", "chi_square", "free", "p"),
    )
    adequacy_items = Table(
        "Adequacy by part",
        _NODE,
        _ITEM,
        *columns_of(
            Kind.FIGURE,
            kmo="the measure of Kaiser, Meyer and Olkin",
            vif="the variance inflation",
            communality="the share of the variance that the components with eigenvalues above 1 explain",
        ),
        order=_BY_NODE,
    )
    eigenvalues = Table(
        "Eigenvalues of the correlations inside the nodes",
        _NODE,
        Column("component", Kind.COUNT, "the number of the principal component"),
        Column("eigenvalue", Kind.FIGURE, "the eigenvalue"),
        Column("share", Kind.SHARE, "its share of the variance"),
        Column("cumulative", Kind.SHARE, "the share of this and the larger ones"),
        *columns_of(Kind.FIGURE, low="the lower end of its 90 % interval by resampling", high="the upper end"),
        Column("draws", Kind.COUNT, "the number of resampled tables, 1,000 up to 29 components"),
        Column("unrelated_mean", Kind.FIGURE, "the mean eigenvalue of unrelated components"),
        Column("unrelated_quantile", Kind.FIGURE, "the 95 % quantile of the eigenvalue of unrelated components"),
        order=_BY_NODE,
        brief=("node", "component", "eigenvalue", "share", "low", "high", "unrelated_quantile"),
    )
    loadings = Table(
        "Loadings of the principal components",
        _NODE,
        _ITEM,
        Column("component", Kind.COUNT, "the number of the principal component"),
        Column("loading", Kind.FIGURE, "the correlation of both"),
        order=_BY_NODE,
    )
    rotated = Table("Loadings after varimax", _NODE, _ITEM, _FACTOR, _LOADING, order=_BY_NODE)
    promax = Table("Loadings after promax", _NODE, _ITEM, _FACTOR, _LOADING, order=_BY_NODE)
    factor_correlations = Table(
        "Correlations of the factors after promax",
        _NODE,
        _FACTOR,
        Column("with", Kind.COUNT, "the other factor"),
        Column("r", Kind.FIGURE, "the correlation of both"),
        order=_BY_NODE,
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
        *columns_of(
            Kind.COUNT, first="the cluster before: a unit from 0, or the number of units and a step", second="the other"
        ),
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
        _UNITS,
        *(
            Column(f"skewness{form}", Kind.FIGURE, f"the skewness, form {form} of Joanes and Gill")
            for form in (1, 2, 3)
        ),
        *(Column(f"kurtosis{form}", Kind.FIGURE, f"the excess kurtosis, form {form}") for form in (1, 2, 3)),
        order="By stage, in the order of the index file.",
    )


class DeclaredImportance:
    """The tables of `ImportanceReport.frame`, also of an audit."""

    importance = Table(
        "Importance and weight of the parts",
        _NODE,
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
        order=_BY_NODE,
        brief=("node", "level", "component", "weight", "r2", "effect", "lower", "upper", "share", "gap"),
    )
    main_effects = Table(
        "Importance by other measures",
        _NODE,
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
        order=_BY_NODE,
    )
    weights_for_importance = Table(
        "Weights that would make importance equal to the weights",
        _NODE,
        _COMPONENT,
        Column("weight", Kind.SHARE, "the weight, which importance is to equal"),
        Column("exact", Kind.FIGURE, "the weight of the one solution"),
        Column("exact_r2", Kind.FIGURE, "the squared correlation with the mean of these weights"),
        Column("attainable", Kind.YES, "true if all of these weights are 0 or more"),
        Column("closest", Kind.SHARE, "the closest weight of 0 or more"),
        Column("closest_r2", Kind.FIGURE, "the squared correlation with the mean of these weights"),
        Column("reason", Kind.TEXT, "the reason why there are none"),
        order=_BY_NODE,
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
        _UNITS,
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
    )
    inequality_by_group = Table(
        "Inequality within and between groups",
        _GROUPS,
        *_WHAT,
        _UNITS,
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
    )
    spatial = Table(
        "Similarity of neighbours",
        _WHAT[0],
        Column("units", Kind.COUNT, "the number of units with neighbours"),
        Column("moran", Kind.FIGURE, "Moran's I"),
        *(
            Column(name, Kind.FIGURE, meaning, optional=True)
            for name, meaning in (
                ("expected", "its expected value without similarity"),
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
    )
    local_spatial = Table(
        "Similarity of the neighbours of each unit",
        _WHAT[0],
        Column("unit", Kind.UNIT, "the unit"),
        Column("local", Kind.FIGURE, "the local Moran's I"),
        Column("quadrant", Kind.TEXT, 'its value, then that of its neighbours: "high-low"'),
        order="As in `spatial`, then by name.",
    )
