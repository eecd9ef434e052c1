"""The settings of an analysis of stability."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from indicia.errors import DefinitionError
from indicia.robustness.steps import DEFAULT, read_steps

if TYPE_CHECKING:
    from indicia.robustness.step_tables import OtherWeights
    from indicia.robustness.steps import StepWords


@dataclass(frozen=True)
class StabilitySettings:
    """The distance of moves, the steps of values and weights, and the grid of weights."""

    units: int = 100
    """The number of best-ranked units that the tests leave out, change, move, and compare in pairs."""
    places: int = 1
    """The number of places that a unit moves up or down."""
    steps: StepWords = DEFAULT
    """The steps of values and weights: for all parts, or by part."""
    other_weights: OtherWeights = "proportional"
    """The rule by which the other weights of a node make room for one that changes."""
    node: str | None = None
    """The node whose weights the grid has; None for the index."""
    grid: float | None = None
    """The step of the weights of the grid; None for 0.05, or a larger step for many parts."""
    band: float | None = None
    """The width of the band around a mode; None for a tenth of the range of all scores."""

    def __post_init__(self) -> None:
        """Refuse settings outside their ranges."""
        for name, value, least in (("units", self.units, 0), ("places", self.places, 1)):
            if value < least:
                raise DefinitionError(f"{name} = {value}: the least is {least}", remedy=f"{name} = {least}, or more")
        for words in (self.steps,) if isinstance(self.steps, str) else self.steps.values():
            read_steps(words)
        if self.band is not None and not self.band > 0:
            raise DefinitionError(f"band = {self.band:g}: the width is above 0", remedy="a number above 0")

    @property
    def words(self) -> dict[str, Any]:
        """The settings that differ from their defaults, for the manifest, and the number of units."""
        default = asdict(StabilitySettings())
        given = asdict(self)
        return {name: value for name, value in given.items() if name == "units" or value != default[name]}
