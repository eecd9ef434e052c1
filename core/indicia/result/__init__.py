"""The result of a run: scores, ranks and weights, with the stages that led to them."""

from indicia.result.inputs import Inputs, as_json
from indicia.result.manifests import Differences, Reproduction, compare_manifests, manifest_in, read_manifest
from indicia.result.result import Result
from indicia.result.run_citations import read_citations
from indicia.result.statistics import clear_trends, trends

__all__ = [
    "Differences",
    "Inputs",
    "Reproduction",
    "Result",
    "as_json",
    "clear_trends",
    "compare_manifests",
    "manifest_in",
    "read_citations",
    "read_manifest",
    "trends",
]
