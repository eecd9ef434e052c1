"""The results of an index together, as pages and files show them."""

from indicia_paper.dossier.dossier import Dossier, Trial, TriedMethod, compile_dossier
from indicia_paper.dossier.intervals import rank_intervals

__all__ = ["Dossier", "Trial", "TriedMethod", "compile_dossier", "rank_intervals"]
