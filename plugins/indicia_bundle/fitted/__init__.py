"""Fitted indices: the statistics and weights of one run, which score other units or a new period."""

from indicia_bundle.fitted.fitted_index import FittedIndex
from indicia_bundle.fitted.fitting import KEPT_BY_DEFAULT, fit, fit_partitions
from indicia_bundle.fitted.reading import read

__all__ = ["KEPT_BY_DEFAULT", "FittedIndex", "fit", "fit_partitions", "read"]
