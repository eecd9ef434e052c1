"""The meanings of the words of `[robustness]` and `[audit]`, which are options of these analyses too."""

from __future__ import annotations

from indicia.analyses.options import About
from indicia.defaults import EXAMPLE_CODES

DRAWS = About("number of Monte Carlo draws; by default 10,000")
SEED = About("seed of the random numbers; by default a new one, which is printed")
METHODS = About("methods; each draw takes one of them")
IMPUTATIONS = About("impute this number of times by random methods, and pool the scores, such as 20")
WEIGHTS = About(
    "draw weights: ±25% (each times 0.75 to 1.25), simplex, dirichlet(100), constraints such as 'health >= 2 income; "
    "air <= 30%', or from a table",
    metavar="TEXT",
)
LEAVE_OUT = About("each draw leaves out one of these parts or none: indicators or dimensions", metavar="PARTS")
NOISE = About(
    "redraw the values around what was observed, with errors of this share of the value (standard deviation). The "
    "ranks then show a spread, and no confidence set"
)
SE = About(
    'redraw the values by standard errors: "columns" for the columns of the indicators with _se added, "attributes" '
    "for those of the attributes of values; the index file may name a column for each indicator",
    metavar="TEXT",
)
SENSITIVITY = About("add Sobol' indices of the choices: rows of a sample, a power of two")
MORRIS = About("add elementary effects of each weight and choice: trajectories, such as 20")
LEVELS = About("with morris: the levels of a weight, an even number; by default 4")
DESIGN = About(
    "runs of your own: a row a run, a column a stage, a part left out, or the weight of a part", metavar="TABLE"
)
TOP = About("the k for which the probability of one of the first k ranks is reported", option="top_ranks")

PROFILE = About("the profile of thresholds and severities: jrc, strict, or the path of a TOML file; by default jrc")
DRAWS_OF_AUDIT = About("number of draws of the uncertainty analysis; by default that of the profile, 4000", ge=1)
SEED_OF_AUDIT = About("seed of the random numbers (default: 1)", ge=0)
FULL = About("add what takes long: Sobol' indices, each unit left out, frontiers without bounds")
FAIL_ON = About(
    "exit 1 on findings: error, warning (and errors), information (and both), never, or codes of checks, separated by "
    f"commas: {','.join(EXAMPLE_CODES)}",
    metavar="SEVERITY|CODE",
)
