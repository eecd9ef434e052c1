"""The analyses that the package offers; a module of its own, since `--help` imports an analysis without any hook."""

from indicia.catalogue import hookimpl


@hookimpl
def indicia_analyses() -> dict[str, str]:
    """Offer the analyses by name."""
    return {
        "audit": "indicia_after_score.audit:Audit",
        "coherence": "indicia_after_score.coherence:Coherence",
        "compare": "indicia_after_score.compare:Compare",
        "convergence": "indicia_after_score.convergence:Convergence",
        "coupling": "indicia_after_score.coupling:Coupling",
        "diff": "indicia_after_score.diff:Diff",
        "explain": "indicia_after_score.explain:Explain",
        "gap": "indicia_after_score.gap:Gap",
        "importance": "indicia_after_score.importance:Importance",
        "inequality": "indicia_after_score.inequality:Inequality",
        "move": "indicia_after_score.move:Move",
        "obstacles": "indicia_after_score.obstacles:Obstacles",
        "reach": "indicia_after_score.reach:Reach",
        "robustness": "indicia_after_score.robustness:Robustness",
        "stability": "indicia_after_score.stability:Stability",
    }
