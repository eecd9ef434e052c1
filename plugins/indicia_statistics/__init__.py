"""Statistics of columns and tables: correlation, reliability, components, importance, inequality, clusters.

Functions of frames and arrays, which know no index. `indicia.analysis` offers them to users.
"""
