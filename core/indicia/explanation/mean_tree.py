"""Trees of power means, for explanations: see `indicia.means`."""

from indicia.means import MeanTree as MeanTree
from indicia.means import obstacle_of as obstacle_of
