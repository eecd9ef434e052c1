"""Editions of an index: the move of a unit between two of them, and the difference of two editions."""
