"""Answers of analyses: the facts that they need, the check of what they compute, and documents of their tables.

The modules are imported one by one, since `--help` reads the class of an analysis without its answer.
"""
