"""Analyses that break one promise each, for the tests of planted faults."""

_DECLARED = """
    heading = "How far is each unit from the best?"
    gaps = Table("Gaps", Column("unit", Kind.UNIT, "the unit"), Column("gap", Kind.CHANGE, "the gap"), order="By unit.")

    def compute(self, facts):
        result, (_, rows) = facts[Scores()], facts[Rows()]
        scores = result.scores.filter(rows).drop_nulls("score").select(unit=result.unit, score="score").sort("unit")
        gap = GAP
        return {self.gaps: self.gaps.select(scores.with_columns(gap=gap))}
"""


def _with(gap: str, more: str = "") -> str:
    return _DECLARED.replace("GAP", gap) + more


_SCORE = 'pl.col("score") * 1.0'
ANALYSIS_FAULTS = {
    "an analysis without an answer": (
        "check_analysis_answers",
        "no sample has an answer: planted: the stars are not right",
        _with(_SCORE).replace("result, (_", 'raise ValueError("the stars are not right")\n        result, (_'),
    ),
    "an analysis that divides by the number of other units": (
        "check_analysis_on_small_tables",
        "raises only errors that name the problem",
        _with("pl.lit(1.0 / (len(scores) - 1))"),
    ),
    "an analysis with a random number": (
        "check_analysis_again",
        "the same answer again",
        _with("pl.lit(np.random.default_rng().random())"),
    ),
    "an analysis that compares with the first row": (
        "check_analysis_ignores_order_of_rows",
        "the order of rows changes nothing",
        _with('pl.col("score") - result.scores["score"].drop_nulls()[0]'),
    ),
    "an analysis that numbers the units": (
        "check_analysis_names_units_and_parts",
        "gaps has 'number 1' in unit",
        _with(_SCORE).replace("with_columns(gap=gap)", 'with_columns(gap=gap, unit=pl.lit("number 1"))'),
    ),
    "an analysis with a formula that is no LaTeX": (
        "check_analysis_is_written",
        "raises only errors that name the problem",
        _with(_SCORE, '    formula = "a_b_c"\n'),
    ),
    "an analysis that shows raw values": (
        "check_analysis_withholds_raw_values",
        "raw values are not published",
        _with("pl.lit(float(result.scored.raw.values[next(iter(result.definition.indicators))].max()))"),
    ),
    "an analysis with an infinite figure": (
        "check_analysis_as_json",
        "raises only errors that name the problem",
        _with("pl.lit(math.inf)"),
    ),
}
"""By title: the check, a part of the message, and the body of the class."""
