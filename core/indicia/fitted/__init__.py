"""Fitted indices: the statistics and weights of one run, which score other units or a new period."""

from indicia.fitted.fitted_index import FittedIndex
from indicia.fitted.fitting import KEPT_BY_DEFAULT, fit, fit_partitions
from indicia.fitted.reading import read

__all__ = ["KEPT_BY_DEFAULT", "FittedIndex", "fit", "fit_partitions", "read"]
