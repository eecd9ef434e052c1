"""The meanings of the words of `[audit]`, which are options of the analysis too; the section has their limits."""

from __future__ import annotations

from indicia.analyses.options import About
from indicia.defaults import EXAMPLE_CODES

PROFILE = About("the profile of thresholds and severities: jrc, strict, or the path of a TOML file; by default jrc")
DRAWS = About("number of draws of the uncertainty analysis; by default that of the profile, 4000", ge=1)
SEED = About("seed of the random numbers (default: 1)", ge=0)
FULL = About("add what takes long: Sobol' indices, each unit left out, frontiers without bounds")
FAIL_ON = About(
    "exit 1 on findings: error, warning (and errors), information (and both), never, or codes of checks, separated by "
    f"commas: {','.join(EXAMPLE_CODES)}",
    metavar="SEVERITY|CODE",
)
