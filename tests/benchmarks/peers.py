"""The same jobs in other libraries, on a matrix of benefits: what they compute, without what they print.

A library that is not installed is left out of the comparison.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    Job = Callable[[], object]


def peers(job: str, x: Any) -> dict[str, Job]:
    """Return a job for each library that has it and is installed, by the name of the library."""
    made = {name: make(job, x) for name, (package, make) in _PEERS.items() if find_spec(package)}
    return {name: work for name, work in made.items() if work is not None}


def _pymcdm(job: str, x: Any) -> Job | None:
    from pymcdm import methods, normalizations, weights

    types = np.ones(x.shape[1])
    equal = np.full(x.shape[1], 1 / x.shape[1])
    scale = normalizations.minmax_normalization

    def ranked(method: Any, weight: Any) -> object:
        return method.rank(method(x, weight, types))

    return {
        "entropy, arithmetic": lambda: ranked(methods.WSM(scale), weights.entropy_weights(x)),
        "topsis": lambda: ranked(methods.TOPSIS(normalizations.vector_normalization), equal),
        "vikor": lambda: ranked(methods.VIKOR(), equal),
        "critic": lambda: weights.critic_weights(x),
    }.get(job)


def _scikit_criteria(job: str, x: Any) -> Job | None:
    import skcriteria
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.agg.topsis import TOPSIS
    from skcriteria.agg.vikor import VIKOR
    from skcriteria.pipeline import mkpipe
    from skcriteria.preprocessing.scalers import MinMaxScaler, VectorScaler
    from skcriteria.preprocessing.weighters import CRITIC, EntropyWeighter

    matrix = skcriteria.mkdm(x, [max] * x.shape[1])
    made = {
        "entropy, arithmetic": lambda: mkpipe(EntropyWeighter(), MinMaxScaler("matrix"), WeightedSumModel()).evaluate(
            matrix
        ),
        "topsis": lambda: mkpipe(VectorScaler("matrix"), TOPSIS()).evaluate(matrix),
        "vikor": lambda: VIKOR().evaluate(matrix),
        "critic": lambda: CRITIC().transform(matrix),
    }
    return made.get(job)


def _pydecision(job: str, x: Any) -> Job | None:
    weights, types = [1 / x.shape[1]] * x.shape[1], ["max"] * x.shape[1]
    if job == "topsis":
        from pyDecision.algorithm.topsis import topsis_method

        return lambda: topsis_method(x, weights, types, graph=False, verbose=False)
    if job == "vikor":
        from pyDecision.algorithm.vikor import vikor_method

        return lambda: vikor_method(x, weights, types, graph=False, verbose=False)
    if job == "critic":
        from pyDecision.algorithm.critic import critic_method

        return lambda: critic_method(x, types)
    return None


def _pyrepo(job: str, x: Any) -> Job | None:
    from pyrepo_mcda.additions import rank_preferences
    from pyrepo_mcda.mcda_methods import TOPSIS, VIKOR
    from pyrepo_mcda.normalizations import vector_normalization
    from pyrepo_mcda.weighting_methods import critic_weighting

    equal, types = np.full(x.shape[1], 1 / x.shape[1]), np.ones(x.shape[1])
    topsis, vikor = TOPSIS(normalization_method=vector_normalization), VIKOR()
    made = {
        "topsis": lambda: rank_preferences(topsis(x, equal, types), reverse=True),
        "vikor": lambda: rank_preferences(vikor(x, equal, types), reverse=False),
        "critic": lambda: critic_weighting(x),
    }
    return made.get(job)


_PEERS: dict[str, tuple[str, Callable[[str, Any], Job | None]]] = {
    "pymcdm": ("pymcdm", _pymcdm),
    "scikit-criteria": ("skcriteria", _scikit_criteria),
    "pyDecision": ("pyDecision", _pydecision),
    "pyrepo-mcda": ("pyrepo_mcda", _pyrepo),
}
