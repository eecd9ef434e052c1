"""What a run returns: scores, ranks, weights, and how it all came about."""

from indicia.result.inputs import Inputs, as_json
from indicia.result.recovery import Recovery
from indicia.result.replay import Differences, compare_manifests, manifest_in, read_manifest
from indicia.result.result import Result
from indicia.result.trends import trends

__all__ = [
    "Differences",
    "Inputs",
    "Recovery",
    "Result",
    "as_json",
    "compare_manifests",
    "manifest_in",
    "read_manifest",
    "trends",
]
