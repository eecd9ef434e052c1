"""Weights by how indicators go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from indicia.methods import Weighting, Weights, where

if TYPE_CHECKING:
    from indicia.methods import Array, Expression, Indicators, Statistics


@dataclass(frozen=True)
class Critic(Weighting):
    """Weigh an indicator by its contrast (deviation on a 0 to 1 scale) times its conflict with the others.

    The standard deviation is divided by the range, so that a linear normalisation other than min-max leads to the
    weights of the paper too.
    """

    name = "critic"
    reference = "Diakoulaki, Mavrotas & Papayannakis (1995), Computers & Operations Research 22(7)"
    formula = r"w_j = s_j \sum_k (1 - r_{jk})"

    def weigh(self, indicators: Indicators) -> Array:
        def contrast(x: Expression, s: Statistics) -> Expression:
            return where(s.max > s.min, s.std / (s.max - s.min), 0.0)

        conflict: Array = (1 - indicators.correlation()).sum(axis=-1)
        return indicators.each(contrast) * conflict


@dataclass(frozen=True)
class PrincipalComponent(Weighting):
    """Weigh an indicator by its loading on the first principal component of the correlation matrix."""

    name = "pca"
    reference = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6; Jolliffe (2002)"
    formula = r"R v = \lambda_1 v, \quad w_j = v_j"

    squared: Annotated[bool, Field(description="weigh by the squared loading, its share of the variance")] = False

    def weigh(self, indicators: Indicators) -> Weights:
        eigenvalues, vectors = np.linalg.eigh(indicators.correlation(rows="complete"))
        loadings = vectors[:, -1] if vectors[:, -1].sum() >= 0 else -vectors[:, -1]
        explained = float(eigenvalues[-1] / eigenvalues.sum())
        return Weights(loadings**2 if self.squared else loadings, {"variance explained": explained})
