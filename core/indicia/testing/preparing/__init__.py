"""What imputations and treatments promise; looked at are the prepared values alone, before any normalisation."""

from indicia.testing.preparing import cells, edges, sameness
from indicia.testing.preparing.preparation import KINDS, Preparation, Prepared

__all__ = ["KINDS", "Preparation", "Prepared", "cells", "edges", "sameness"]
