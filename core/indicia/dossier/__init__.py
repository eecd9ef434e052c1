"""The results of an index together, as pages and files show them."""

from indicia.dossier.dossier import Dossier, compile_dossier
from indicia.dossier.intervals import rank_intervals

__all__ = ["Dossier", "compile_dossier", "rank_intervals"]
