"""Analyses after the score: stability, obstacles, coupling coordination, convergence, inequality, editions."""
