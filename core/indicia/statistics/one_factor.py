"""Maximum likelihood of one common factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from indicia.methods import Array

SMALLEST_UNIQUENESS = 0.005
"""The bound of uniquenesses, as in R's factanal."""
_ROUNDS = 500
_GRADIENT = 1e-10
_HALVINGS = 40


def fit_one_factor(correlation: Array) -> tuple[Array, Array]:
    """Return the loadings and the uniquenesses of k items, shapes (k,), by Newton's method on log uniquenesses.

    For fixed uniquenesses u the best loadings follow from the largest eigenvalue θ₁ and the eigenvector of
    R* = diag(u)^-½ R diag(u)^-½. The other eigenvalues make up the function to minimise, Σ (θ - ln θ - 1); it and its
    derivatives are in Jöreskog (1967) and Clarke (1970), British Journal of Mathematical and Statistical Psychology 23.
    """
    bound = np.log(SMALLEST_UNIQUENESS)
    x = np.clip(np.log(0.5 / np.diag(np.linalg.inv(correlation))), bound, 0.0)
    value, eigenvalues, vectors = _discrepancy(correlation, x)
    for _ in range(_ROUNDS):
        gradient, hessian = _derivatives(eigenvalues, vectors)
        is_free = (x > bound) | (gradient < 0)
        if not is_free.any() or np.abs(gradient[is_free]).max() < _GRADIENT:
            break
        step = np.zeros_like(x)
        step[is_free] = _descent(gradient[is_free], hessian[np.ix_(is_free, is_free)])
        for halving in range(_HALVINGS):
            trial = np.clip(x + step * 0.5**halving, bound, 0.0)
            trial_value, trial_eigenvalues, trial_vectors = _discrepancy(correlation, trial)
            if trial_value < value:
                break
        else:  # rounding errors are larger than the gain
            break
        x, value, eigenvalues, vectors = trial, trial_value, trial_eigenvalues, trial_vectors
    uniquenesses = np.exp(x)
    loadings = np.sqrt(uniquenesses) * vectors[:, -1] * np.sqrt(max(eigenvalues[-1] - 1, 0.0))
    return loadings * (1.0 if loadings.sum() >= 0 else -1.0), uniquenesses


def _discrepancy(correlation: Array, x: Array) -> tuple[float, Array, Array]:
    """Return the function to minimise, and the eigenvalues of R*, the largest last, with their vectors."""
    scale = np.exp(-x / 2)
    eigenvalues, vectors = np.linalg.eigh(correlation * np.outer(scale, scale))
    rest = eigenvalues[:-1]
    return float((rest - np.log(rest) - 1).sum()), eigenvalues, vectors


def _derivatives(eigenvalues: Array, vectors: Array) -> tuple[Array, Array]:
    """Return the gradient and the matrix of second derivatives by log uniquenesses."""
    first, rest = eigenvalues[-1], eigenvalues[:-1]
    main, others = vectors[:, -1], vectors[:, :-1]
    gradient = others**2 @ (1 - rest)
    projection, weighted = others @ others.T, (others * rest) @ others.T
    coupling = (others * ((1 - rest) * (rest + first) / (first - rest))) @ others.T
    return gradient, projection * weighted + np.outer(main, main) * coupling


def _descent(gradient: Array, hessian: Array) -> Array:
    """Return Newton's step; where the function is not convex, a step in which every curvature is positive."""
    curvatures, vectors = np.linalg.eigh(hessian)
    curvatures = np.maximum(np.abs(curvatures), 1e-6)
    return np.asarray(-vectors @ ((vectors.T @ gradient) / curvatures))
