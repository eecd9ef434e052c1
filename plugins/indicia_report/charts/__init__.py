"""The charts of results, comparisons, rank intervals, explanations and differences."""
