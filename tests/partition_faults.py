"""Methods whose figures depend on the partition of the rows, each in a way that no error tells."""

EQUAL_IN_MEMORY = "a run over partitions gives the same figures as a run in memory"
DECLARED = "a method that needs all rows is refused by name before a run over partitions reads them"

PARTITION_FAULTS = {
    "a normalisation that counts its calls": (
        "Normalisation",
        EQUAL_IN_MEMORY,
        """
    def benefit(self, x, s):
        calls.append(1)
        return x + len(calls)


calls = []
""",
    ),
    "an imputation that counts its calls": (
        "Imputation",
        EQUAL_IN_MEMORY,
        """
    def fill(self, x, s):
        calls.append(1)
        return s.mean + len(calls)


calls = []
""",
    ),
    "a treatment that counts its calls": (
        "Treatment",
        EQUAL_IN_MEMORY,
        """
    def treat(self, x, s):
        calls.append(1)
        return x.clip(None, s.max - len(calls) / 100)


calls = []
""",
    ),
    "an aggregation that claims to look at each row alone": (
        "MatrixAggregation",
        EQUAL_IN_MEMORY,
        """
    row_by_row = True

    def score_units(self, values, weights, context):
        return np.nanmean(values / np.nanmax(values, axis=0, initial=0.0), axis=1)
""",
    ),
    "the maxima of partitions, which are added": (
        "Weighting",
        EQUAL_IN_MEMORY,
        """
    def weigh(self, indicators):
        return indicators.reduce(lambda x: x.max(axis=0, initial=0.0))
""",
    ),
    "sums of values that are scaled by the maxima of the partition": (
        "Weighting",
        EQUAL_IN_MEMORY,
        """
    def weigh(self, indicators):
        return indicators.reduce(lambda x: (x / x.max(axis=0, initial=0.25)).sum(axis=0))
""",
    ),
    "means of partitions, which are added": (
        "Weighting",
        EQUAL_IN_MEMORY,
        """
    def weigh(self, indicators):
        return indicators.reduce(lambda x: x.mean(axis=0) if len(x) else np.zeros(x.shape[1]))
""",
    ),
    "a weighting that counts its calls": (
        "Weighting",
        EQUAL_IN_MEMORY,
        """
    def weigh(self, indicators):
        calls.append(1)
        return indicators.each(lambda x, s: s.mean) + len(calls)


calls = []
""",
    ),
    "a weighting that looks at the rows that reduce passes": (
        "Weighting",
        EQUAL_IN_MEMORY,
        """
    def weigh(self, indicators):
        indicators.reduce(keep)
        return 1.0 + np.resize(rows[-1].max(axis=0, initial=0.0), len(indicators.names))


rows = []


def keep(x):
    rows.append(x)
    return x.sum(axis=0)
""",
    ),
    "a weighting that takes other weights where it gets no matrix": (
        "Weighting",
        DECLARED,
        """
    def weigh(self, indicators):
        try:
            return indicators.matrix().std(axis=0)
        except Exception:
            return np.ones(len(indicators.names))
""",
    ),
    "a weighting that asks one thing of many rows and another of few": (
        "Weighting",
        EQUAL_IN_MEMORY,
        """
    def weigh(self, indicators):
        rows = []
        indicators.reduce(lambda x: np.array([float(rows.append(len(x)) or len(x))]))
        return indicators.each((lambda x, s: s.max) if rows and rows[0] > 3 else (lambda x, s: s.mean))
""",
    ),
    "weights by the largest value of the matrix": (
        "Weighting",
        DECLARED,
        """
    def weigh(self, indicators):
        x = indicators.matrix()
        return 1.0 + np.nanmean(x / np.nanmax(x), axis=0)
""",
    ),
}
"""By title: the base class, a part of the message, and the body of the class."""

REFUSED_METHODS = {
    "a maximum of the column, without s": (
        "Normalisation",
        """
    def benefit(self, x, s):
        return x / x.max()
""",
    ),
    "the number of rows, without s": (
        "Normalisation",
        """
    def benefit(self, x, s):
        return x / x.len()
""",
    ),
    "a share of the number of rows": (
        "Aggregation",
        """
    def combine(self, components):
        return row_sum(c.w * c.z for c in components) / components[0].z.len()
""",
    ),
    "a share of the best score": (
        "Aggregation",
        """
    def combine(self, components):
        score = row_sum(c.w * c.z for c in components)
        return score / score.max()
""",
    ),
    "an imputation with a mean of the column, without s": (
        "Imputation",
        """
    def fill(self, x, s):
        return x.mean()
""",
    ),
    "a cap at the median of the column, without s": (
        "Treatment",
        """
    def treat(self, x, s):
        return x.clip(None, x.median())
""",
    ),
}
"""Methods with a number of the rows of a partition that the core sees, and refuses by name: the base class and body."""

SWALLOWS_ALL = """
    def weigh(self, indicators):
        try:
            return indicators.each(lambda x, s: s.std)
        except BaseException:
            return np.ones(len(indicators.names))
"""
"""A weighting that catches even the exception with which a run over partitions asks for a number of all rows."""
