"""The meanings of the words of `[robustness]`, which are options of the analysis too; the section has their limits."""

from __future__ import annotations

from indicia.analyses.options import About

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
