"""Trees of weighted power means: the parts of scores and of gaps, in closed form and for all units at once."""

from indicia.means.contributions import contributions
from indicia.means.differences import Differences
from indicia.means.places import Profiles
from indicia.means.tree import MeanTree, Pairs, Shares, tree_of
