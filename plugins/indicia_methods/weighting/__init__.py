"""Weightings, by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue import hookimpl
from indicia_methods.weighting.correlation import Critic, PrincipalComponent
from indicia_methods.weighting.judgement import Ahp
from indicia_methods.weighting.plain import Equal, Given
from indicia_methods.weighting.spread import Entropy, StandardDeviation

if TYPE_CHECKING:
    from indicia.methods import Weighting


@hookimpl
def indicia_weightings() -> list[type[Weighting]]:
    """Offer the weightings of this package."""
    return [Equal, Given, Entropy, StandardDeviation, Critic, PrincipalComponent, Ahp]
