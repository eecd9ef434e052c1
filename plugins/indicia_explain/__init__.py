"""Explanations: why a unit has its score, why it is ahead of another, and what would change its rank."""
